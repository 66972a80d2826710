"""How does a CDISC data set become a series table? By lists of the variables that may fill each column, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType

import polars as pl

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.findings import Finding
from seriatim.readers._datasets import datasets_in, read_dataset
from seriatim.readers._findings import note, value_set_aside, warning
from seriatim.readers._folder import named_files, not_read_at_all
from seriatim.readers._mapping import SourceMapping, TableMapping, did_you_mean
from seriatim.readers._shape import Shaped, finish, joined
from seriatim.readers._snapshot import content_hash, take_snapshot
from seriatim.readers._stops import all_or_every_fault
from seriatim.readers._supplements import ALL_DOMAINS, with_supplements
from seriatim.readers._text_table import TextTable
from seriatim.series.raw import RawSource, RawTable

Prepare = Callable[[TextTable, Mapping[str, TextTable], TableMapping], TextTable]


def as_it_is(source: TextTable, _: Mapping[str, TextTable], __: TableMapping) -> TextTable:
    """Nothing to prepare."""
    return source


@dataclass(frozen=True, slots=True)
class Domain:
    """One series table: the data sets it may come from, and for each column the variables that may fill it.

    The first variable with any value is taken for the whole table; for the columns `by_row`, the first that has a
    value in that row. `prepare` filters records or makes variables, each step with a finding; it sees the other data
    sets by name. Data sets `with_it` are read into the same table, but are not enough for it. A table that is
    `absent_if_empty` is not there when no record is left for it: records of intervals do not say that nobody was given
    a dose.
    """

    datasets: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    prepare: Prepare = as_it_is
    constants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    by_row: tuple[str, ...] = ()
    with_it: tuple[str, ...] = ()
    absent_if_empty: bool = False


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
        zip(
            snapshots,
            all_or_every_fault([partial(read_dataset, s, mapping.conventions.encoding) for s in snapshots.values()]),
            strict=True,
        )
    )
    texts, supplements = with_supplements(texts, _qualifiers(domains, beside, mapping))
    chosen = {name: domain for name, choices in domains.items() if (domain := _chosen(choices, texts)) is not None}
    steps = [partial(_table, name, domain, texts, mapping) for name, domain in chosen.items()]
    made = all_or_every_fault(steps)
    there = [shaped.table for shaped in made if not _is_absent(shaped, chosen)]
    if not any(table.name == "patient" for table in there):
        wanted = " or ".join(name for domain in domains["patient"] for name in domain.datasets)
        raise UnreadableSource(f"{path.name}: has no {wanted}, without which nobody is a patient")
    strays = not_read_at_all(path, files.values(), mapping.ignore)
    return RawSource(
        source=path.name,
        reader=reader,
        tables=tuple(there),
        content_hash=content_hash(snapshots.values()),
        findings=(*(found for shaped in made for found in _told(shaped, there)), *supplements, *strays),
        conventions=mapping.stated_conventions(),
    )


def _told(shaped: Shaped, there: Sequence[RawTable]) -> tuple[Finding, ...]:
    """Of a table that is absent it is not said that it has no rows."""
    if shaped.table in there:
        return shaped.findings
    return tuple(found for found in shaped.findings if found.rule != "table.no_rows")


def _is_absent(shaped: Shaped, chosen: Mapping[str, Domain]) -> bool:
    return shaped.table.frame.is_empty() and chosen[shaped.table.name].absent_if_empty


def _qualifiers(
    domains: Mapping[str, Sequence[Domain]], beside: Sequence[str], mapping: SourceMapping
) -> dict[str, set[str]]:
    """By data set, the variables that fill a column of a series: those of the lists, and those that the mapping names.

    A data set that is only looked up may be named under any table.
    """
    said = {table: set(mapping.table(table).columns.values()) for table in domains}
    wanted = {name: set().union(*said.values()) for name in beside}
    for table, choices in domains.items():
        for domain in choices:
            listed = {variable for names in domain.columns.values() for variable in names}
            for name in (*domain.datasets, *domain.with_it):
                wanted.setdefault(name, set()).update(listed, said[table])
    return wanted


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


def rows_of(texts: Mapping[str, TextTable], name: str) -> pl.DataFrame | None:
    """The records of a data set, all its parts together; None where it is not there."""
    parts = [text.frame for key, text in texts.items() if key.split("#")[0] == name]
    return pl.concat(parts, how="diagonal") if parts else None


def with_frame(source: TextTable, frame: pl.DataFrame, findings: Sequence[Finding] = ()) -> TextTable:
    """The same data set with other rows or columns, and what was found while doing so."""
    return TextTable(source.name, frame, source.rows_lost, (*source.findings, *findings))


def kept(source: TextTable, keep: pl.Expr, what: str, why: str) -> TextTable:
    """The records that a series counts; the others are named in a finding and count as read by another table."""
    frame = source.frame.filter(keep.fill_null(value=False))
    return with_frame(source, frame, left_out(source, source.frame.height - frame.height, what, why))


def first_of(frame: pl.DataFrame, names: Sequence[str]) -> str | None:
    """The first of these variables in which anything is written, else the first that the data set has at all.

    >>> first_of(pl.DataFrame({"RFXSTDTC": [None], "RFSTDTC": ["1988-03-01"]}), ("RFXSTDTC", "RFSTDTC"))
    'RFSTDTC'
    """
    there = [name for name in names if name in frame.columns]
    return next((name for name in there if frame[name].null_count() < frame.height), there[0] if there else None)


def without(source: TextTable, variable: str, words: Sequence[str], what: str, why: str) -> TextTable:
    """The records in which a variable, where there is one, has none of these words."""
    if variable not in source.frame.columns:
        return source
    return kept(source, ~pl.col(variable).is_in(words).fill_null(value=False), what, why)


def is_one_dose(frame: pl.DataFrame, start: str, end: str) -> pl.Expr:
    """Is an exposure record one administration?

    By its frequency (ONCE); or, where no record of the data set spans several days, within one day and not several
    times a day. Where intervals are recorded, one of a single day is an interval as well.
    """
    rate = pl.col("EXDOSFRQ") if "EXDOSFRQ" in frame.columns else pl.lit(None, pl.String)
    once = (rate == "ONCE").fill_null(value=False)
    first = pl.col(start).str.head(10) if start in frame.columns else pl.lit(None, pl.String)
    last = pl.col(end).str.head(10) if end in frame.columns else pl.lit(None, pl.String)
    if not frame.filter(first != last).is_empty():
        return once
    # An open end of a daily drug is an interval that goes on; of a drug without a frequency it is one dose.
    daily = (rate == "QD") & last.is_not_null()
    return once | (rate.is_null() | daily).fill_null(value=False)


def occurred(frame: pl.DataFrame) -> pl.Expr:
    """Was it done? Yes, unless EXOCCUR says that it was not."""
    return (pl.col("EXOCCUR") != "N").fill_null(value=True) if "EXOCCUR" in frame.columns else pl.lit(value=True)


def in_years(source: TextTable) -> TextTable:
    """Ages that are in years; those in other units are set aside, not taken for years."""
    if not {"AGE", "AGEU"} <= set(source.frame.columns):
        return source
    other = pl.col("AGE").is_not_null() & (pl.col("AGEU") != "YEARS").fill_null(value=True)
    rows = source.frame.filter(other)["source_row"].to_list()
    frame = source.frame.with_columns(pl.when(~other).then("AGE").alias("AGE"))
    return with_frame(source, frame, [_not_in_years(source.name, row) for row in rows])


def _not_in_years(name: str, row: int) -> Finding:
    return value_set_aside(
        "age.unit",
        name,
        row=row,
        column="AGE",
        found="an age that AGEU does not give in years",
        expected="YEARS",
        next_move="give the age in years",
    )


def arms(source: TextTable, actual: str, planned: str, said: TableMapping) -> TextTable:
    """Say whose arm is the planned one because no other is recorded, and how many were treated in another than planned.

    A mapping of the arm decides for itself.
    """
    frame = source.frame
    given, meant = (pl.col(name) if name in frame.columns else pl.lit(None, pl.String) for name in (actual, planned))
    only_planned = frame.filter(given.is_null() & meant.is_not_null()).height if "arm" not in said.columns else 0
    differ = frame.filter(given != meant).height
    told = [_only_planned(source.name, actual, only_planned)] if only_planned else []
    told += [_arms_differ(source.name, actual, planned, differ)] if differ else []
    return with_frame(source, frame, told)


def _only_planned(name: str, actual: str, rows: int) -> Finding:
    return warning(
        "arm.planned",
        name,
        column=actual,
        found="patients without an actual arm",
        expected="the arm that each was treated in",
        next_move="the planned arm was taken; complete the actual one if they may differ",
        rows=rows,
    )


def _arms_differ(name: str, actual: str, planned: str, rows: int) -> Finding:
    return note(
        "arm.differs",
        name,
        column=actual,
        found=f"patients whose {actual} is not their {planned}",
        expected="the arm that was planned",
        next_move=f"they are counted in the arm of {actual}, unless the mapping says arm: {planned} under columns:",
        rows=rows,
    )


def severity_is_no_grade(source: TextTable, grades: Sequence[str], severity: str) -> TextTable:
    """Say it where a data set has severity in words and no grade: mild is not grade 1."""
    graded = first_of(source.frame, grades)
    if severity not in source.frame.columns or (graded and source.frame[graded].null_count() < source.frame.height):
        return source
    words = note(
        "grade.only_severity",
        source.name,
        column=severity,
        found="severity in words and no grade",
        expected=f"grades in {grades[0]}",
        next_move="grades stay empty: MILD, MODERATE and SEVERE are no CTCAE grades; only a mapping can say what they"
        f" are, under columns: grade: {severity} and codes: grade:",
    )
    return with_frame(source, source.frame, (words,))


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
    tables = [domain for choices in domains.values() for domain in choices]
    known = {name for domain in tables for name in (*domain.datasets, *domain.with_it)} | set(beside)
    chosen = {}
    for name, file in found.items():
        if (whole := _whole(name, known)) is not None:
            chosen[name if name == whole else f"{whole}#{name}"] = file
    for table, choices in domains.items():
        if named := mapping.table(table).file:
            (dataset, *_) = choices[0].datasets
            chosen = {key: file for key, file in chosen.items() if key.split("#")[0] != dataset}
            for place, file in enumerate(named_files(path, named, table)):
                chosen[dataset if place == 0 else f"{dataset}#{place}"] = file
    return chosen


def _whole(name: str, known: set[str]) -> str | None:
    """The data set that a file belongs to: SDTM allows a domain in parts, LBCH and LBHE (SDTMIG 3.3, 4.1.7)."""
    begin = "SUPP" if name.startswith("SUPP") else ""
    domain = name.removeprefix("SUPP")
    if domain in known or name == ALL_DOMAINS:
        return name
    part_of = domain[:2]
    return begin + part_of if part_of in known and len(domain) in (3, 4) else None


def _chosen(choices: Sequence[Domain], texts: Mapping[str, TextTable]) -> Domain | None:
    """The first choice of which a data set is there."""
    there = {key.split("#")[0] for key in texts}
    return next((domain for domain in choices if there.intersection(domain.datasets)), None)


def _table(name: str, domain: Domain, texts: Mapping[str, TextTable], mapping: SourceMapping) -> Shaped:
    said = mapping.table(name)
    names = (*domain.datasets, *domain.with_it)
    sources = [text for key, text in texts.items() if key.split("#")[0] in names]
    ready = [domain.prepare(source, texts, said) for source in sources]
    _refuse_invented(name, ready, said)
    return joined([_shaped(name, domain, source, said) for source in ready])


def _shaped(name: str, domain: Domain, ready: TextTable, said: TableMapping) -> Shaped:
    """One data set under the columns of the series; a variable of the mapping that only another has is left to that."""
    named = {column: (variable,) for column, variable in said.columns.items() if variable in ready.frame.columns}
    wanted = {**domain.columns, **named}
    filling = {column: _filling(ready.frame, names, column in domain.by_row) for column, names in wanted.items()}
    chosen = {column: variables for column, variables in filling.items() if variables}
    columns = [pl.coalesce(variables).alias(column) for column, variables in chosen.items()]
    fixed = [pl.lit(value, pl.String).alias(key) for key, value in domain.constants.items() if key not in chosen]
    frame = ready.frame.select(*columns, *fixed, "source_row")
    firsts = {column: variables[0] for column, variables in chosen.items()}
    return finish(name, with_frame(ready, frame), said, firsts)


def _filling(frame: pl.DataFrame, variables: tuple[str, ...], by_row: bool) -> tuple[str, ...]:
    """The variables that fill a column, in the order in which they are asked in each row."""
    if by_row:
        return tuple(variable for variable in variables if variable in frame.columns)
    first = first_of(frame, variables)
    return (first,) if first is not None else ()


def _refuse_invented(name: str, sources: Sequence[TextTable], said: TableMapping) -> None:
    there = [variable for source in sources for variable in source.frame.columns]
    absent = [variable for variable in said.columns.values() if variable not in there]
    if absent:
        named = ", ".join(f'"{variable}"{did_you_mean(variable.upper(), there)}' for variable in absent)
        where = " and ".join(source.name for source in sources)
        raise InvalidDocument(f"{where}: the mapping of {name} names variables that it does not have: {named}")
