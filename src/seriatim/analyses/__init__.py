"""One question of the review a file: tallies in, result rows out. A shelf; `_contract` says what a module has."""
