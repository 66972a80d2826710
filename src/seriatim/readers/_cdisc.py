"""How does a CDISC data set become a series table? By lists of the variables that may fill each column, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType

import polars as pl

from seriatim.errors import UnreadableSource
from seriatim.findings import Finding
from seriatim.readers._datasets import datasets_in, read_dataset
from seriatim.readers._findings import note
from seriatim.readers._folder import named_files, not_read
from seriatim.readers._mapping import SourceMapping, TableMapping
from seriatim.readers._shape import Shaped, finish, joined, rename
from seriatim.readers._snapshot import content_hash, take_snapshot
from seriatim.readers._stops import all_or_every_fault
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawSource

Prepare = Callable[[TextTable, Mapping[str, TextTable], TableMapping], TextTable]


def as_it_is(source: TextTable, _: Mapping[str, TextTable], __: TableMapping) -> TextTable:
    """Nothing to prepare."""
    return source


@dataclass(frozen=True, slots=True)
class Domain:
    """One series table: the data sets it may come from, and for each column the variables that may fill it.

    The first variable that the data set has is taken. `prepare` filters records or makes variables, each step with a
    finding; it sees the other data sets by name.
    """

    datasets: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    prepare: Prepare = as_it_is
    constants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


# CDISC test codes -> the words by which a series, a plan and a grading scale know the test.
TEST_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "CREAT": "creatinine", "BILI": "bilirubin", "PLAT": "platelets", "ALB": "albumin", "ALT": "ALT", "AST": "AST",
        "ALP": "ALP", "HGB": "haemoglobin", "WBC": "leucocytes", "WEIGHT": "weight", "HEIGHT": "height",
        "TEMP": "temperature", "SYSBP": "systolic blood pressure", "DIABP": "diastolic blood pressure",
        "PULSE": "pulse", "NEUT": "neutrophils", "LYM": "lymphocytes",
    }
)  # fmt: skip


def read_domains(
    path: Path,
    mapping: SourceMapping,
    reader: str,
    domains: Mapping[str, Sequence[Domain]],
    beside: Sequence[str] = (),
) -> RawSource:
    """Every series table that the folder's data sets can fill, as text.

    `beside` names data sets that fill no table of their own but are looked up while others are prepared.
    """
    files = _chosen_files(path, mapping, domains, beside)
    snapshots = {name: take_snapshot(file) for name, file in files.items()}
    texts = dict(
        zip(snapshots, all_or_every_fault([partial(read_dataset, s) for s in snapshots.values()]), strict=True)
    )
    steps = [partial(_table, name, choices, texts, mapping) for name, choices in domains.items()]
    made = [shaped for shaped in all_or_every_fault(steps) if shaped is not None]
    if not any(shaped.table.name == "patient" for shaped in made):
        wanted = " or ".join(name for domain in domains["patient"] for name in domain.datasets)
        raise UnreadableSource(f"{path.name}: has no {wanted}, without which nobody is a patient")
    strays = not_read(path, files.values(), mapping.ignore, list(files))
    return RawSource(
        source=path.name,
        reader=reader,
        tables=tuple(shaped.table for shaped in made),
        content_hash=content_hash(snapshots.values()),
        findings=(*(finding for shaped in made for finding in shaped.findings), *strays),
        conventions=mapping.stated_conventions(),
    )


def left_out(source: TextTable, rows: int, what: str, why: str) -> tuple[Finding, ...]:
    """The finding for records that are left out on purpose; none for no records."""
    if not rows:
        return ()
    return (
        note(
            "record.left_out",
            source.name,
            found=what,
            expected="records that a series counts",
            next_move=why,
            rows=rows,
        ),
    )


def with_frame(source: TextTable, frame: pl.DataFrame, findings: Sequence[Finding] = ()) -> TextTable:
    """The same data set with other rows or columns, and what was found while doing so."""
    return TextTable(source.name, frame, source.rows_lost, (*source.findings, *findings))


def kept(source: TextTable, keep: pl.Expr, what: str, why: str) -> TextTable:
    """The records that a series counts; the others are named in a finding and count as read by another table."""
    frame = source.frame.filter(keep.fill_null(value=False))
    return with_frame(source, frame, left_out(source, source.frame.height - frame.height, what, why))


def first_of(frame: pl.DataFrame, names: Sequence[str]) -> str | None:
    """The first of these variables that the data set has."""
    return next((name for name in names if name in frame.columns), None)


def in_words(source: TextTable, variable: str) -> TextTable:
    """Test codes as our words; codes that have none stay as they are, in lower case."""
    codes = pl.col(variable)
    worded = codes.replace_strict(dict(TEST_WORDS), default=codes.str.to_lowercase(), return_dtype=pl.String)
    return with_frame(source, source.frame.with_columns(worded))


def _chosen_files(
    path: Path, mapping: SourceMapping, domains: Mapping[str, Sequence[Domain]], beside: Sequence[str]
) -> dict[str, Path]:
    """Data set name -> file; a file that the mapping names for a table stands for that table's first data set."""
    found = {name: file for name, file in datasets_in(path).items() if file.name not in mapping.ignore}
    known = {name for choices in domains.values() for domain in choices for name in domain.datasets} | set(beside)
    supplements = {f"SUPP{name}" for name in known}
    chosen = {name: file for name, file in found.items() if name in known | supplements}
    for table, choices in domains.items():
        if named := mapping.table(table).file:
            (dataset, *_) = choices[0].datasets
            for place, file in enumerate(named_files(path, named, table)):
                chosen[dataset if place == 0 else f"{dataset}#{place}"] = file
    return chosen


def _table(
    name: str, choices: Sequence[Domain], texts: Mapping[str, TextTable], mapping: SourceMapping
) -> Shaped | None:
    said = mapping.table(name)
    for domain in choices:
        sources = [key for key in texts if key.split("#")[0] in domain.datasets]
        if sources:
            return joined([_shaped(name, domain, texts[key], texts, said) for key in sources])
    return None


def _shaped(name: str, domain: Domain, source: TextTable, texts: Mapping[str, TextTable], said: TableMapping) -> Shaped:
    ready = domain.prepare(source, texts, said)
    frame = ready.frame
    chosen = {}
    for column, variables in domain.columns.items():
        wanted = (said.columns[column],) if column in said.columns else variables
        if (variable := first_of(frame, wanted)) is not None:
            chosen[column] = variable
    further = {column: variable for column, variable in said.columns.items() if column not in domain.columns}
    absent = [variable for variable in {**said.columns}.values() if variable not in frame.columns]
    if absent:
        raise UnreadableSource(f"{source.name}: the mapping of {name} names variables it does not have: {absent}")
    renamed = rename(frame, {**chosen, **further})
    constants = {key: value for key, value in domain.constants.items() if key not in renamed.columns}
    rest = [column for column in renamed.columns if column != "source_row"]
    fixed = [pl.lit(value, pl.String).alias(key) for key, value in constants.items()]
    return finish(name, with_frame(ready, renamed.select(*rest, *fixed, "source_row")), said, chosen)
