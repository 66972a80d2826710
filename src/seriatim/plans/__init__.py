"""What does a review ask? Declared before the data are read; all else is exploratory."""
