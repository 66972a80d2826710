"""Which options do several commands share?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Source = Annotated[Path, typer.Argument(help="a folder of tables, a workbook, SDTM or ADaM files, or a stored series")]
Mapping = Annotated[Path | None, typer.Option("--mapping", help="YAML file from the source's names to Seriatim's")]
Out = Annotated[Path, typer.Option("--out", help="folder to write into; made if it is not there")]
Engine = Annotated[str, typer.Option("--engine", help="auto, polars or duckdb; never changes a result")]
Memory = Annotated[str | None, typer.Option("--memory", help='bound for DuckDB, e.g. "2GB"')]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document for machines instead of sentences")]
