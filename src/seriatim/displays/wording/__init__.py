"""Which words may be printed? Numbers as readers expect them, and every sentence template, a file a section."""
