"""`seriatim template`: an empty workbook and folder to fill in."""

from __future__ import annotations

import typer

from seriatim.cli.options import AsJson, Out
from seriatim.cli.told import tell_json


def template(out: Out, as_json: AsJson = False) -> None:
    """Write a template workbook, a template folder and an example mapping file into the folder --out.

    Example: seriatim template --out my_series
    """
    from seriatim.readers import write_template

    write_template(out)
    if as_json:
        tell_json(
            {
                "workbook": str(out / "template.xlsx"),
                "folder": str(out / "template"),
                "mapping": str(out / "mapping.yaml"),
            }
        )
        return
    typer.echo(f"The templates are in {out.resolve()}: fill in template.xlsx, or the CSV files in template/, then run")
    typer.echo(f"  seriatim check {out / 'template.xlsx'}")
