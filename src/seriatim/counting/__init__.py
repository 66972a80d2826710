"""How do cases become tallies? Collect what the analyses need, call each derivation once, count."""
