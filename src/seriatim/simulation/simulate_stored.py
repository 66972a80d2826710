"""How is a series of millions of patients simulated in bounded memory? Some thousand cases at a time, straight to disk."""  # noqa: E501

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import Generator

from seriatim.errors import Misuse
from seriatim.findings import Finding, Receipt, Severity, TableReceipt
from seriatim.series.content_hash import in_canonical_order
from seriatim.series.data_cut import data_cut
from seriatim.series.schema import TABLES, table_columns
from seriatim.series.series import Provenance
from seriatim.series.series_document import NAME, SeriesDocument, StoredTable, as_json
from seriatim.series.table_files import hash_table
from seriatim.series.typed_table import DTYPES
from seriatim.simulation.draw import draw_cases
from seriatim.simulation.scenario import Scenario
from seriatim.simulation.scenarios import check_length, scenario_named
from seriatim.simulation.stored_form import as_stored
from seriatim.simulation.tables import practice_changes, series_tables

CASES_AT_A_TIME = 2_500
_ROWS_AT_A_TIME = 100_000
_NOT_CHECKED = Finding(
    "simulation.not_checked", Severity.NOTE, "patient", None, None, "a series written without being taken in",
    "the checks of an intake", "nothing to do; read and check the series where its findings are wanted",
)  # fmt: skip


def simulate_stored(
    folder: Path | str,
    *,
    patients: int,
    generator: Generator,
    name: str = "il2-1998",
    events_per_patient: float = 15,
    labs_per_patient: float = 100,
) -> None:
    """Write the stored form of a simulated series into a new or empty folder.

    A million patients (some 160 million rows) stay under 2 GB of memory and of disk. The number of doses follows
    from the scenario: some 25 planned and 21 given a patient in il2-1998. Errors: `Misuse` where the folder holds
    something, for an unknown scenario or no patients.
    """
    folder, scenario = Path(folder), scenario_named(name)
    check_length(patients)
    if folder.exists() and any(folder.iterdir()):
        raise Misuse(f"{folder}: found something there, expected a new or an empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        writing = _Writing(folder, stack)
        for frames in _chunks(scenario, patients, generator, events_per_patient, labs_per_patient):
            writing.write(frames)
        writing.write({"practice_change": as_stored("practice_change", practice_changes(scenario), scenario.zone)})
    (folder / NAME).write_text(as_json(_document(folder, writing, scenario, patients)), encoding="utf-8")


@dataclass(slots=True)
class _Writing:
    """Open Parquet files, one a table, and what was seen on the way."""

    folder: Path
    stack: ExitStack
    writers: dict[str, pq.ParquetWriter] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    cut: datetime | None = None

    def write(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Append the next rows of each table, in canonical order because cases come in the order of their numbers."""
        for name, frame in frames.items():
            done = self.rows.get(name, 0)
            # A header would be row 1 of the source.
            numbered = in_canonical_order(frame.with_columns(source_row=pl.int_range(pl.len(), dtype=pl.Int64)))
            numbered = numbered.with_columns(source_row=pl.int_range(pl.len(), dtype=pl.Int64) + done + 2)
            self._writer(name).write_table(numbered.to_arrow().cast(_arrow_schema(name)))
            self.rows[name] = done + frame.height
        seen = data_cut(dict(frames))
        self.cut = max((cut for cut in (self.cut, seen) if cut is not None), default=None)

    def _writer(self, name: str) -> pq.ParquetWriter:
        if name not in self.writers:
            writer = pq.ParquetWriter(self.folder / f"{name}.parquet", _arrow_schema(name), compression="zstd")
            self.writers[name] = self.stack.enter_context(writer)
        return self.writers[name]


def _chunks(
    scenario: Scenario, patients: int, generator: Generator, events_per_patient: float, labs_per_patient: float
) -> Iterator[dict[str, pl.DataFrame]]:
    """The tables of some thousand cases after another; candidates who were not treated come last of all."""
    firsts = range(1, patients + 1, CASES_AT_A_TIME)
    excluded: list[pl.DataFrame] = []
    for first, own in zip(firsts, generator.spawn(len(firsts)), strict=True):
        last = min(first + CASES_AT_A_TIME - 1, patients)
        cases = draw_cases(
            scenario,
            first,
            last,
            patients,
            events_per_patient=events_per_patient,
            labs_per_patient=labs_per_patient,
            generator=own,
        )
        frames: dict[str, pl.DataFrame] = {}
        for part in series_tables(cases, own):
            stored = as_stored(part.name, part.table, scenario.zone)
            frames[part.name] = pl.concat([frames[part.name], stored]) if part.name in frames else stored
        # In canonical order S0001 stands after every number.
        excluded.append(frames["screening"].filter(pl.col("treated") == "no"))
        frames["screening"] = frames["screening"].filter(pl.col("treated") == "yes")
        yield frames
    yield {"screening": pl.concat(excluded)}


def _arrow_schema(name: str) -> pa.Schema:
    empty = pl.DataFrame(schema={column: DTYPES[kind] for column, kind in table_columns(TABLES[name])})
    schema: pa.Schema = empty.to_arrow().schema
    return schema


def _document(folder: Path, writing: _Writing, scenario: Scenario, patients: int) -> SeriesDocument:
    names = [name for name in TABLES if name in writing.rows]
    # Two tables at a time: hashing leaves Python to the other thread, and two fit into memory.
    with ThreadPoolExecutor(max_workers=2) as pool:
        hashes = pool.map(hash_table, [folder / f"{name}.parquet" for name in names])
    tables = {name: StoredTable(writing.rows[name], sha256) for name, sha256 in zip(names, hashes, strict=True)}
    lines = (
        TableReceipt(name, f"simulated {name}", table.rows, table.rows, 0, 0, table.sha256)
        for name, table in tables.items()
    )
    content = hashlib.sha256("".join(table.sha256 for table in tables.values()).encode()).hexdigest()
    source = f"simulated: {scenario.name}, {patients} patients"
    provenance = Provenance(source, "simulation", content, writing.cut, scenario.zone)
    return SeriesDocument("parquet", tables, provenance, Receipt(tuple(lines)), (_NOT_CHECKED,))
