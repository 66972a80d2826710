"""Which pictures does the review draw? One question a file, plain values in, a figure with its words out."""
