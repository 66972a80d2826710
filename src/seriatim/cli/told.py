"""How is an answer told on the terminal? Sentences for people, one JSON document for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import typer

from seriatim.findings import Finding, Receipt, worst_first

MOST_LINES = 50


def tell_json(document: dict[str, Any]) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))


def tell_findings(findings: Sequence[Finding]) -> None:
    """The findings, worst first; a very long list is cut and says so."""
    ordered = worst_first(findings)
    for finding in ordered[:MOST_LINES]:
        typer.echo(str(finding))
    if len(ordered) > MOST_LINES:
        typer.echo(f"... and {len(ordered) - MOST_LINES} more findings; --json lists them all")


def tell_receipt(receipt: Receipt) -> None:
    """The receipt: read = used + set aside, a line a table."""
    for line in receipt.tables:
        typer.echo(
            f"{line.table}: {line.rows_read:,} rows read = {line.rows_used:,} used"
            f" + {line.rows_set_aside:,} set aside; {line.values_set_aside:,} values set aside"
        )


def findings_document(findings: Sequence[Finding], receipt: Receipt) -> dict[str, Any]:
    """Findings and receipt as plain values."""
    return {"findings": [asdict(finding) for finding in findings], "receipt": asdict(receipt)["tables"]}
