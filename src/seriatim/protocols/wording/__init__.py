"""A protocol in the words of the ward, units spelt out."""
