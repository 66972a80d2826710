"""How is a number computed? One published method a file: counts and arrays in, values out, no domain words."""
