"""Which version of a protocol counts, how does it differ from another, who changed it, and who has signed it?"""
