"""What does the treatment protocol say: may this patient be treated, with how much, and is the next dose given?"""
