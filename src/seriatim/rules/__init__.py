"""One predicate language: text to one tree, and from it an answer per patient, an expression over frames, and words."""
