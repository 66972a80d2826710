"""One decision: what was known by then, what follows from the rules, why, and what is kept of it."""
