"""What would a protocol have said before every dose of a series?"""
