"""`python -m seriatim` is the same as `seriatim`."""

from seriatim.cli.main import run

run()
