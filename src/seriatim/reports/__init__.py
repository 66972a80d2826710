"""How does a page become something to open, print or send? One format a file, pages in, text or bytes out."""
