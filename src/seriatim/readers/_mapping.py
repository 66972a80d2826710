"""How does a source say its own words for ours? The mapping document, `schema: seriatim.mapping/1`."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from seriatim.documents import Document, load_document, read_document
from seriatim.errors import InvalidDocument
from seriatim.series.raw import Conventions
from seriatim.series.schema import TABLES, Kind, Table

SCHEMA = "seriatim.mapping/1"

Words = Annotated[str, StringConstraints(min_length=1)]


def _whole_number_as_text(value: object) -> object:
    """`IV: 4` is allowed without quotes: our own words never begin with a zero that could be lost."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


OurWord = Annotated[str, BeforeValidator(_whole_number_as_text)]


class SourceConventions(Document):
    """How the whole source writes dates, decimals, local time and, for text files, letters and columns."""

    date_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    decimal: Literal[".", ","] = "."
    zone: str = "UTC"
    encoding: str | None = None
    delimiter: Literal[",", ";", "tab", "|"] | None = None

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        try:
            return ZoneInfo(zone).key
        except (OSError, ValueError, KeyError):
            known = available_timezones()
        raise ValueError(f"an IANA time zone such as Europe/London{did_you_mean(zone, known)}")

    @field_validator("encoding")
    @classmethod
    def _is_an_encoding(cls, encoding: str | None) -> str | None:
        try:
            return encoding and codecs.lookup(encoding).name
        except LookupError:
            raise ValueError("a text encoding such as utf-8 or windows-1252") from None


class TableMapping(Document):
    """Where one series table is in the source, and under which names.

    `file` and `sheet` say where; `header_row` is the row of the column names, as a person counts; `parameter` is the
    PARAMCD that a CDISC analysis table is taken from. `columns`, `codes` and `constants` are keyed by series column.
    `none_occurred` says that a table without a row is one of which there were none, and not one that nobody kept.
    """

    file: Annotated[tuple[Words, ...], BeforeValidator(_one_or_many)] = ()
    sheet: Words | None = None
    header_row: Annotated[int, Field(ge=1, le=1000)] = 1
    parameter: Words | None = None
    columns: Mapping[str, Words] = {}
    codes: Mapping[str, Mapping[str, OurWord]] = {}
    constants: Mapping[str, Words] = {}
    none_occurred: bool = False


class SourceMapping(Document):
    """The mapping of one source. What it does not mention is found by its own name."""

    reader: Words | None = None
    conventions: SourceConventions = SourceConventions()
    tables: Mapping[str, TableMapping] = {}
    ignore: tuple[Words, ...] = ()

    @field_validator("tables")
    @classmethod
    def _name_only_what_a_series_has(cls, tables: Mapping[str, TableMapping]) -> Mapping[str, TableMapping]:
        faults = [fault for name, table in tables.items() for fault in _strange_names(name, table)]
        if faults:
            raise ValidationError.from_exception_data("tables", faults)
        return tables

    def table(self, name: str) -> TableMapping:
        """What is said about one table; nothing said is an empty mapping."""
        return self.tables.get(name, TableMapping())

    @property
    def delimiter(self) -> str | None:
        """The stated delimiter as one character."""
        stated = self.conventions.delimiter
        return "\t" if stated == "tab" else stated

    def stated_conventions(self) -> Conventions:
        """The part that the typing of values needs."""
        stated = self.conventions
        return Conventions(date_order=stated.date_order, decimal=stated.decimal, zone=stated.zone)


def read_mapping(path: Path) -> SourceMapping:
    """Read a mapping file, or raise `InvalidDocument` with every fault and its line."""
    return read_document(path, SourceMapping, schema=SCHEMA)


def load_mapping(text: str, name: str = "mapping.yaml") -> SourceMapping:
    """Read a mapping from text.

    >>> mapping = load_mapping('''
    ... schema: seriatim.mapping/1
    ... conventions: {date_order: dmy}
    ... tables:
    ...   adverse_event:
    ...     file: toxicity.csv
    ...     columns: {patient_id: MRN, grade: Worst grade}
    ...     codes: {grade: {III: 3, IV: 4}}
    ...     constants: {scale: NCI CTC 1.0}
    ... ''')
    >>> mapping.table("adverse_event").columns["grade"]
    'Worst grade'
    """
    return load_document(text, SourceMapping, schema=SCHEMA, name=name)


def refuse_idle_keys(mapping: SourceMapping, reader: str, idle: Iterable[str]) -> None:
    """Refuse keys that this reader would not look at: what a mapping says must have an effect."""
    written = [
        f"tables.{name}.{key}"
        for name, table in mapping.tables.items()
        for key in idle
        if key in table.model_fields_set
    ]
    if written:
        raise InvalidDocument(f"mapping: {', '.join(written)} mean nothing to the reader {reader}; remove them")


def targets(table: Table) -> tuple[str, ...]:
    """The columns that a source can fill: those of the schema, and the unit of each measured value.

    >>> targets(TABLES["vital"])
    ('patient_id', 'test', 'value', 'value_unit', 'measured_at', 'recorded')
    """
    names: list[str] = []
    for column in table.columns:
        names.append(column.name)
        if column.kind is Kind.MEASURED:
            names.append(f"{column.name}_unit")
    return tuple(names)


def did_you_mean(word: str, known: Any) -> str:
    """A hint for a word that is nearly another.

    >>> did_you_mean("garde", ["grade", "onset"])
    '; did you mean "grade"?'
    """
    near = get_close_matches(word.casefold(), list(known), n=1, cutoff=0.6)
    return f'; did you mean "{near[0]}"?' if near else ""


def _strange_names(name: str, table: TableMapping) -> Iterator[InitErrorDetails]:
    if name not in TABLES:
        yield _fault((name,), name, f"a table of a series{did_you_mean(name, TABLES)}")
        return
    known = targets(TABLES[name])
    for part in ("columns", "codes", "constants"):
        for column in getattr(table, part):
            if column not in known and not _is_plain_extra(column, TABLES[name]):
                expected = f"a column of {name}{did_you_mean(column, known)}"
                yield _fault((name, part, column), column, expected)
    for column in sorted(set(table.columns) & set(table.constants)):
        yield _fault((name, "constants", column), column, "a column of the source or a constant, not both")


def _is_plain_extra(column: str, table: Table) -> bool:
    """A patient may have further columns, but a slip of a known name is taken for a slip."""
    return table.extras_allowed and not get_close_matches(column.casefold(), list(targets(table)), n=1, cutoff=0.8)


def _fault(location: tuple[str, ...], found: str, expected: str) -> InitErrorDetails:
    # Braces would be taken for placeholders of the message template.
    message = expected.replace("{", "(").replace("}", ")")
    return InitErrorDetails(type=PydanticCustomError("name", "{m}", {"m": message}), loc=location, input=found)
