"""Algorithms that several methods share, one a file, imported by name."""
