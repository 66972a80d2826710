"""`seriatim template`: an empty workbook and folder to fill in."""

from __future__ import annotations

import typer

from seriatim.cli.options import Out


def template(out: Out) -> None:
    """Write a template workbook, a template folder and an example mapping file into the folder --out.

    Example: seriatim template --out my_series
    """
    from seriatim.readers import write_template

    write_template(out)
    typer.echo(f"The templates are in {out.resolve()}: fill in template.xlsx, or the CSV files in template/, then run")
    typer.echo(f"  seriatim check {out / 'template.xlsx'}")
