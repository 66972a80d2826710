"""What does `series.json` say about the tables beside it?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from seriatim.errors import UnreadableSource
from seriatim.findings import Finding, Receipt, Severity, TableReceipt
from seriatim.series.schema import TABLES
from seriatim.series.series import Provenance

SCHEMA = "seriatim.series/1"
FORMATS = ("parquet", "csv")
NAME = "series.json"


@dataclass(frozen=True, slots=True)
class StoredTable:
    """How many rows a stored table has, and the hash over their content."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SeriesDocument:
    """Everything about a stored series that is not in its tables."""

    format: str
    tables: Mapping[str, StoredTable]
    provenance: Provenance
    receipt: Receipt
    findings: tuple[Finding, ...]


def as_json(document: SeriesDocument) -> str:
    """The document as text, keys in a fixed order, so that the same series gives the same bytes."""
    cut = document.provenance.data_cut
    content = {
        "schema": SCHEMA,
        "format": document.format,
        "tables": {name: asdict(table) for name, table in document.tables.items()},
        "provenance": {**asdict(document.provenance), "data_cut": cut.isoformat() if cut else None},
        "receipt": [asdict(line) for line in document.receipt.tables],
        "findings": [asdict(finding) for finding in document.findings],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read_document(folder: Path) -> SeriesDocument:
    """The document of a folder, refused with the reason where it is not one that this version writes."""
    path = folder / NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnreadableSource(f"{folder}: found no {NAME}, expected the folder of a stored series") from None
    except (ValueError, RecursionError, OSError) as problem:
        raise UnreadableSource(f"{path}: found text that is not JSON, expected {SCHEMA} ({problem})") from problem
    _check_schema(path, content)
    try:
        return _document(content)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise UnreadableSource(f"{path}: found a damaged document ({problem!r}), expected {SCHEMA}") from problem


def _check_schema(path: Path, content: Any) -> None:
    found = content.get("schema") if isinstance(content, dict) else None
    if found != SCHEMA:
        raise UnreadableSource(
            f'{path}: found schema "{found}", expected {SCHEMA}; read it with the version of seriatim that wrote it'
        )
    unknown = sorted(set(content.get("tables", {})) - set(TABLES))
    if unknown:
        raise UnreadableSource(f"{path}: found unknown table {', '.join(unknown)}, expected {', '.join(TABLES)}")
    if content.get("format") not in FORMATS:
        raise UnreadableSource(f'{path}: found format "{content.get("format")}", expected {" or ".join(FORMATS)}')


def _document(content: Mapping[str, Any]) -> SeriesDocument:
    provenance = dict(content["provenance"])
    cut = provenance["data_cut"]
    provenance["data_cut"] = datetime.fromisoformat(cut) if cut else None
    return SeriesDocument(
        content["format"],
        {name: StoredTable(int(table["rows"]), str(table["sha256"])) for name, table in content["tables"].items()},
        Provenance(**provenance),
        Receipt(tuple(TableReceipt(**line) for line in content["receipt"])),
        tuple(Finding(**{**item, "severity": Severity(item["severity"])}) for item in content["findings"]),
    )
