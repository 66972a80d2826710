"""When a dose, a cycle or a course may be: clock, grid, windows, rest."""
