"""Is a SAS transport file whole, and what does it say? Laid out here, decoded by pyreadstat in a limited child process.

The layout is read first (SAS Technical Support document TS-140 for version 5, and its successor for version 8),
because only it tells how many records there should be: the library takes a file that was cut short as it comes. It
also sees nothing that the layout refuses, and what it gives must have as many records as the layout has.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from seriatim.errors import UnreadableSource
from seriatim.findings import Finding
from seriatim.readers import _xport_child as child
from seriatim.readers._findings import note, warning
from seriatim.readers._limits import Limits, Stopped, run_limited
from seriatim.readers._snapshot import Snapshot
from seriatim.readers._text_table import TextTable, check_header, of_records

CARD = 80  # a transport file is a row of 80-byte cards
FALLBACK = "windows-1252"
MOST_VARIABLES = 32_767
# What a file adds to the limits, with slack: measured, 10 MB and more are decoded a second, and a byte of texts of two
# letters each, the worst, takes 36 bytes of memory.
LIMITS = Limits()
BYTES_A_SECOND = 1_000_000
SWELLING = 60

Bytes = npt.NDArray[np.uint8]

_KINDS = {(1,), (2,)}  # number, text
_EPOCH_DAYS = -3653  # 1960-01-01 counted from 1970-01-01
_DAY = 86_400
# The first and the last day that SAS prints, 1582-01-01 and 9999-12-31, counted from 1960-01-01.
_CALENDAR = (-138_061, 2_936_547)
_INSTANTS = re.compile(r"(DATETIME|DATEAMPM|MDYAMPM|DT[A-Z]|[EB]8601D[TZNX]|IS8601DT|NLDATM)")
_DATES = re.compile(
    r"(DATE|DDMMYY|MMDDYY|YYMMDD|[EB]8601DA|IS8601DA|WORDDAT|WEEKDAT|MONYY|MMYY|YYMM|YYMON|JULIAN|NLDATE|MINGUO)"
)
_TIMES = re.compile(r"(TIME|HHMM|TOD|[EB]8601T|IS8601TM)")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable: where it lies in a record, and how SAS shows it."""

    name: str
    is_number: bool
    start: int
    length: int
    form: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the observations of the only member begin, how long one is, what is in it, how many are promised."""

    start: int
    record: int
    variables: tuple[Variable, ...]
    promised: int | None


def read_xport(snapshot: Snapshot, encoding: str | None = None) -> TextTable:
    """One member as text; a file that is cut short, empty or holds two members is refused, not read in part."""
    layout = layout_of(snapshot)
    rows = _observations(snapshot, layout)
    used, strange = _encoding(rows, layout, snapshot.name, encoding)
    decoded = _decoded(snapshot, used, layout, len(rows))
    shown = [_as_shown(variable, column) for variable, column in zip(layout.variables, decoded, strict=True)]
    special = sum(_special_missing_values(rows, variable) for variable in layout.variables if variable.is_number)
    marks = [_special_missing(snapshot.name, special)] if special else []
    return of_records(pl.DataFrame(shown), snapshot.name, [*strange, *marks])


def layout_of(snapshot: Snapshot) -> Layout:
    """Read the headers, and refuse a file whose length they do not allow."""
    content, name = snapshot.content, snapshot.name
    if not content.strip(b"\0 "):
        raise UnreadableSource(f"{name}: is empty; export it again")
    if not content.startswith(b"HEADER RECORD*******LIB"):
        raise UnreadableSource(f"{name}: is no SAS transport file; its first bytes are not those of one")
    if len(content) % CARD:
        raise UnreadableSource(_cut(name, f"its {len(content)} bytes are no whole number of {CARD}-byte cards"))
    described = _card(content, b"HEADER RECORD*******NAM", name)
    observed = _card(content, b"HEADER RECORD*******OBS", name)
    variables = _variables(content, described, observed, name)
    start = observed + CARD
    _refuse_second_member(content, start, name)
    layout = Layout(start, sum(variable.length for variable in variables), variables, _promised(content, observed))
    _check_tail(content, layout, name)
    return layout


def _card(content: bytes, begins: bytes, name: str) -> int:
    place = content.find(begins)
    if place < 0 or place % CARD:
        raise UnreadableSource(_cut(name, "a header that every transport file has is not there"))
    return place


def _promised(content: bytes, observed: int) -> int | None:
    """Version 8 tells the number of observations; version 5 does not."""
    count = content[observed + 48 : observed + 63].strip()
    return int(count) if b"OBSV8" in content[observed : observed + 30] and count.isdigit() else None


def _variables(content: bytes, described: int, observed: int, name: str) -> tuple[Variable, ...]:
    digits = content[described + 48 : described + 58]
    member = content.find(b"HEADER RECORD*******MEM")
    size = 136 if content[member + 74 : member + 78] == b"0136" else 140  # 136: files of VAX machines
    count = int(digits) if digits.isdigit() else 0
    begin = described + CARD
    if not 0 < count <= MOST_VARIABLES or begin + count * size > observed:
        raise UnreadableSource(f"{name}: its list of variables cannot be read; export it again")
    long_names = b"NAMSTV8" in content[described : described + 30]
    described_one_by_one = [content[begin + place * size :][:size] for place in range(count)]
    if any(struct.unpack_from(">h", one) not in _KINDS for one in described_one_by_one):
        raise UnreadableSource(f"{name}: has a variable that is neither number nor text; export it again")
    found = tuple(_variable(one, long_names) for one in described_one_by_one)
    check_header([variable.name for variable in found], name, 1)
    places = sorted((variable.start, variable.start + variable.length) for variable in found)
    ends = [0, *(end for _, end in places)]
    if any(start != end for (start, _), end in zip(places, ends, strict=False)) or min(v.length for v in found) <= 0:
        raise UnreadableSource(f"{name}: its variables do not lie side by side; export it again")
    return found


def _variable(described: bytes, long_names: bool) -> Variable:
    """One NAMESTR: kind, length, short name, format, place and, in version 8, the long name."""
    kind, _, length = struct.unpack_from(">hhh", described)
    (start,) = struct.unpack_from(">i", described, 84)
    name = described[88:120] if long_names else described[8:16]
    form = described[56:64]
    return Variable(
        name=name.decode("latin-1").strip(" \0") or described[8:16].decode("latin-1").strip(" \0"),
        is_number=kind == 1,
        start=start,
        length=length,
        form=form.decode("latin-1").strip(" \0").upper(),
    )


def _refuse_second_member(content: bytes, start: int, name: str) -> None:
    second = content.find(b"HEADER RECORD*******MEM", start)
    if second >= 0 and (second - start) % CARD == 0:
        raise UnreadableSource(f"{name}: holds more than one data set; write each to a file of its own")


def _check_tail(content: bytes, layout: Layout, name: str) -> None:
    # Observations run on across cards; after the last one only blanks fill the card that it ends in.
    size = len(content) - layout.start
    whole, rest = divmod(size, layout.record)
    if rest >= CARD or content[len(content) - rest :].strip(b" "):
        raise UnreadableSource(_cut(name, f"after {whole} whole records it ends inside a record"))
    last = content[layout.start + (whole - 1) * layout.record :][: layout.record] if whole else b""
    # A text is filled with blanks, so zero bytes alone were never written; numbers alone may well be all nought.
    has_text = any(not variable.is_number for variable in layout.variables)
    if has_text and last and not last.strip(b"\0"):
        raise UnreadableSource(_cut(name, "its last record is all zero bytes, as an interrupted copy leaves them"))


def _observations(snapshot: Snapshot, layout: Layout) -> Bytes:
    """One row of bytes a record; blank records that only fill the last card are no records."""
    size = len(snapshot.content) - layout.start
    whole = size // layout.record
    used = np.frombuffer(snapshot.content, np.uint8, whole * layout.record, layout.start)
    rows = used.reshape(whole, layout.record)
    if layout.promised is None:
        fits = whole
        while fits and (fits - 1) * layout.record > size - CARD and not rows[fits - 1].tobytes().strip(b" "):
            fits -= 1
        return rows[:fits]
    if layout.promised > whole or rows[layout.promised :].tobytes().strip(b" "):
        why = f"its header promises {layout.promised} records and it has room for {whole}"
        raise UnreadableSource(_cut(snapshot.name, why))
    return rows[: layout.promised]


def _encoding(rows: Bytes, layout: Layout, name: str, stated: str | None) -> tuple[str, list[Finding]]:
    """UTF-8 where every text is; else what is stated, else the code page of SAS on Windows, with a finding."""
    if stated is not None:
        _first_strange(rows, layout, stated, name, refuse=True)
        return stated, []
    strange = _first_strange(rows, layout, "utf-8", name)
    if strange is None:
        return "utf-8", []
    _first_strange(rows, layout, FALLBACK, name, refuse=True)
    return FALLBACK, [_was_not_unicode(name, *strange)]


def _first_strange(
    rows: Bytes, layout: Layout, encoding: str, name: str, *, refuse: bool = False
) -> tuple[int, str] | None:
    """The first row and variable whose text is not in this encoding."""
    for variable in layout.variables:
        if variable.is_number:
            continue
        cells = rows[:, variable.start : variable.start + variable.length]
        for row in np.flatnonzero((cells >= 128).any(axis=1)):
            text = cells[row].tobytes()
            try:
                text.decode(encoding)
            except UnicodeDecodeError:
                if refuse:
                    raise UnreadableSource(
                        f"{name} row {row + 1}, {variable.name}: bytes that are no {encoding};"
                        " state the encoding in the mapping under conventions: encoding:"
                    ) from None
                return int(row) + 1, variable.name
    return None


def _decoded(snapshot: Snapshot, encoding: str, layout: Layout, records: int) -> list[pl.Series]:
    """The columns in the order of the layout: the library may rename one whose name is not text of this encoding."""
    numeric = [variable.is_number for variable in layout.variables]
    answer = _answer(snapshot, {"encoding": encoding.upper(), "numeric": numeric})
    line, _, numbers = answer.partition(b"\n")
    texts = json.loads(line)
    if "refused" in texts:
        raise UnreadableSource(f"{snapshot.name}: cannot be read ({texts['refused']}); export it again")
    packed = iter(np.frombuffer(numbers, "<f8").reshape(max(sum(numeric), 1), -1))
    columns = [
        pl.Series(next(packed)) if text is None else pl.Series(text, dtype=pl.String) for text in texts["columns"]
    ]
    if (read := min(map(len, columns))) < records:
        raise UnreadableSource(_cut(snapshot.name, f"of {records} records {read} could be read"))
    return [column.head(records) for column in columns]  # blank records that fill the last card are no records


def _answer(snapshot: Snapshot, request: dict[str, Any]) -> bytes:
    """What the library says in a process of its own, with limits that grow with the file."""
    size = len(snapshot.content)
    limits = replace(LIMITS, seconds=LIMITS.seconds + size // BYTES_A_SECOND, memory=LIMITS.memory + size * SWELLING)
    try:
        return run_limited(child, request, snapshot.content, limits)
    except Stopped as stopped:
        raise UnreadableSource(f"{snapshot.name}: its parser was stopped {stopped}; export it again") from None


def _special_missing_values(rows: Bytes, variable: Variable) -> int:
    """How many cells are .A to .Z or ._: a letter and nothing after it. The library says only that they are missing."""
    cells = rows[:, variable.start : variable.start + variable.length]
    marks = (cells[:, 0] == ord("_")) | ((cells[:, 0] >= ord("A")) & (cells[:, 0] <= ord("Z")))
    return int((marks & ~cells[:, 1:].any(axis=1)).sum())


def _as_shown(variable: Variable, series: pl.Series) -> pl.Series:
    """Dates, instants and times of day where the format says so and the calendar has them all; else as decoded."""
    series = series.alias(variable.name)
    if not variable.is_number:
        return series.cast(pl.String).str.strip_chars_end(" \0")
    numbers = series.cast(pl.Float64).fill_nan(None)
    given = numbers.drop_nulls().to_numpy()
    if _TIMES.match(variable.form) and np.all((given >= 0) & (given < _DAY)):
        return (numbers * 1e9).round().cast(pl.Int64).cast(pl.Time)
    if _INSTANTS.match(variable.form) and _in_calendar(given / _DAY):
        return (numbers * 1e6).round().cast(pl.Int64).cast(pl.Datetime("us")).dt.offset_by(f"{_EPOCH_DAYS}d")
    if _DATES.match(variable.form) and _in_calendar(given) and np.all(given == np.floor(given)):
        return (numbers.cast(pl.Int32) + _EPOCH_DAYS).cast(pl.Date)
    return numbers


def _in_calendar(days: npt.NDArray[np.float64]) -> bool:
    return bool(np.all((days >= _CALENDAR[0]) & (days <= _CALENDAR[1])))


def _was_not_unicode(name: str, row: int, column: str) -> Finding:
    return warning(
        "file.encoding",
        name,
        row=row,
        column=column,
        found="letters that are not UTF-8",
        expected="UTF-8",
        next_move=f"it was read as {FALLBACK}; look at words with accents and signs, or state encoding: in the mapping",
    )


def _special_missing(name: str, values: int) -> Finding:
    return note(
        "value.special_missing",
        name,
        found="special missing values of SAS (.A to .Z)",
        expected="a number or nothing",
        next_move="they are taken as nothing written; if they mean something, put it into a column of its own",
        rows=values,
    )


def _cut(name: str, why: str) -> str:
    return f"{name}: is cut short: {why}; copy or export it again"
