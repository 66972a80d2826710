"""Which words and units are allowed? Controlled terms with their CDISC names, as data."""
