"""Which grade is this value, on which scale, by which rule, or why is it not graded? Criteria are data."""
