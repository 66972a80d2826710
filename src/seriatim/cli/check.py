"""`seriatim check`: what is wrong with a source, before anything is counted."""

from __future__ import annotations

import typer

from seriatim.cli.options import AsJson, Mapping, Source
from seriatim.cli.progress import progress
from seriatim.cli.told import findings_document, tell_findings, tell_json, tell_receipt


def check(source: Source, mapping: Mapping = None, as_json: AsJson = False) -> None:
    """Check a source: every problem at once, each with table, row, column and what to do next, and a receipt.

    A YAML or CSV file of published counts is checked for figures that contradict each other.

    Example: seriatim check my_series/ --mapping mapping.yaml
    """
    from seriatim.reviews.check import check_source

    with progress() as step:
        step("reading and checking")
        checked = check_source(source, mapping=mapping)
    if as_json:
        tell_json(findings_document(checked.findings, checked.receipt))
    else:
        tell_findings(checked.findings)
        tell_receipt(checked.receipt)
        typer.echo(checked.summary)
    if checked.needs_mending:
        raise typer.Exit(3)
