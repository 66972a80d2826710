"""Which laws hold for every source, however dirty?"""

from __future__ import annotations

import random
import runpy
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from seriatim.engines.choose import collect
from seriatim.findings import Severity
from seriatim.series.intake import take_in
from seriatim.series.measured import type_measured
from seriatim.series.partial_dates import type_when
from seriatim.series.raw import Conventions, RawSource, RawTable
from seriatim.series.stored import read_series, write_series

REFERENCE = Path(__file__).parents[1] / "reference"
DATES = runpy.run_path(str(REFERENCE / "dates.py"))
MEASURED = runpy.run_path(str(REFERENCE / "measured.py"))
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia")

TWO = st.integers(0, 61).map("{:02}".format)
ISO_DATES = st.builds(
    "{}-{}-{}".format, st.integers(1895, 2105), st.integers(0, 13).map("{:02}".format), TWO.filter(lambda d: d < "33")
)
PARTS = st.builds(lambda text, length: text[:length], ISO_DATES, st.sampled_from((4, 7, 10)))
TIMES = st.builds(
    lambda h, m, s, f, parts: [f"T{h}", f"T{h}:{m}", f" {h}:{m}:{s}", f"T{h}:{m}:{s}.{f}"][parts],
    st.integers(0, 25).map("{:02}".format), TWO, TWO, st.integers(0, 10**9 - 1), st.integers(0, 3),
)  # fmt: skip
OFFSETS = st.sampled_from(("", "", "", "Z", "+01:00", "-0500", "+15:00", "+05", "-03:60"))
WHENS = st.one_of(PARTS, st.builds("{}{}{}".format, ISO_DATES, TIMES, OFFSETS))
# The changes of the clock in these zones, where local time is hardest.
CLOCK_CHANGES = st.builds(
    lambda day, minutes: (datetime.fromisoformat(day) + timedelta(minutes=minutes)).isoformat(timespec="minutes"),
    st.sampled_from(("2020-03-29", "2020-10-25", "2020-03-08", "2020-11-01", "2018-11-04", "2018-02-18", "2011-12-30",
                     "2020-04-05", "2020-10-04")),
    st.integers(-180, 1620),
)  # fmt: skip

NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9).map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.from_regex(r"\A(<|<=|>|>=|≤|≥)? ?[+-]?[0-9]{0,20}\.?[0-9]{0,9}(e[+-]?[0-9]{1,3})?\Z"),
    st.text("0123456789.,<>eE+- ", max_size=12),
    st.floats().map(repr),
)


@given(st.lists(st.one_of(WHENS, CLOCK_CHANGES), min_size=1, max_size=30), st.sampled_from(ZONES))
@settings(max_examples=150, deadline=None)
@example(["2011-12-30", "2011-12-30T12:00"], "Pacific/Apia")
@example(["2018-11-04", "2018-11-04T00:30", "2018-11"], "America/Sao_Paulo")
def test_a_date_means_what_plain_python_says_it_means(texts: list[str], zone: str) -> None:
    typed = type_when(pl.Series(texts), Conventions(zone=zone))
    for text, earliest, latest in typed.select("text", "earliest", "latest").iter_rows():
        expected = DATES["instants"](text, zone)
        assert (earliest, latest) == (expected or (None, None)), text


@given(st.lists(st.one_of(WHENS, CLOCK_CHANGES, st.text(max_size=20)), min_size=1), st.sampled_from(ZONES))
@settings(max_examples=100, deadline=None)
def test_the_earliest_reading_of_a_date_is_never_after_the_latest(texts: list[str], zone: str) -> None:
    for convention in ("ymd", "dmy", "mdy"):
        typed = type_when(pl.Series(texts), Conventions(date_order=convention, zone=zone))
        assert typed.filter(pl.col("earliest") > pl.col("latest")).is_empty()
        assert typed.filter(pl.col("earliest").is_null() != pl.col("latest").is_null()).is_empty()


@given(st.lists(st.text(max_size=20), min_size=1))
@settings(max_examples=100, deadline=None)
def test_a_written_date_without_instants_always_has_a_fault(texts: list[str]) -> None:
    typed = type_when(pl.Series(texts), Conventions())
    assert typed.filter(
        pl.col("text").is_not_null() & pl.col("earliest").is_null() & pl.col("fault").is_null()
    ).is_empty()


@given(st.lists(NUMBERS, min_size=1, max_size=40), st.sampled_from((".", ",")))
@settings(max_examples=200, deadline=None)
@example(["9223372036854.775807", "9223372036854.775808", "-9223372036854.775808", "1e-7", "0e999999999999"], ".")
def test_a_measured_text_has_the_millionths_that_plain_python_finds(texts: list[str], decimal: str) -> None:
    typed = type_measured(pl.Series(texts), None, decimal)
    for text, micro, censored in zip(texts, typed["micro"], typed["censored"], strict=True):
        assert (micro, censored) == MEASURED["micro"](text, decimal), text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_a_decimal_of_six_places_is_stored_exactly(value: Decimal) -> None:
    micro = type_measured(pl.Series([f"{value:f}"]), None)["micro"].item()
    assert Decimal(micro).scaleb(-6) == value


@given(st.lists(st.one_of(NUMBERS, st.text(max_size=10)), min_size=1))
@settings(max_examples=100, deadline=None)
def test_a_measured_text_is_a_number_or_has_a_fault(texts: list[str]) -> None:
    typed = type_measured(pl.Series(texts), None)
    for text, micro, fault in zip(texts, typed["micro"], typed["fault"], strict=True):
        assert (micro is None) == (not text.strip() or fault is not None), text


DIRT = st.sampled_from(
    ("", "NA", "IV", "3.0", "1", "2", "0", "5", "6", "given", "held", "Y", "no", "12/11/1990", "nan")
)
IDENTIFIERS = st.sampled_from(("001", "002", "003", "A-01", "a 01", "", " 001 ", "1.2E+11", "\x00"))
SOME_DATES = st.one_of(st.sampled_from(("1990-01-01", "1990-01", "1990-01-01T08:00", "2090", "", "1990-02-31")), DIRT)
COLUMNS = {
    "patient": {"patient_id": IDENTIFIERS, "accrual": SOME_DATES, "case_number": DIRT, "age": DIRT, "histology": DIRT},
    "dose": {"patient_id": IDENTIFIERS, "cycle": DIRT, "status": DIRT, "started": SOME_DATES, "amount": DIRT},
    "adverse_event": {"patient_id": IDENTIFIERS, "term": DIRT, "grade": DIRT, "onset": SOME_DATES, "end": SOME_DATES},
    "lab_result": {"patient_id": IDENTIFIERS, "test": DIRT, "value": DIRT, "value_unit": DIRT, "collected": SOME_DATES},
    "follow_up": {"patient_id": IDENTIFIERS, "died": DIRT, "death": SOME_DATES, "last_contact": SOME_DATES},
}


@st.composite
def raw_tables(draw: st.DrawFn, name: str) -> RawTable:
    height = draw(st.integers(0, 30))
    required = ("patient_id", "accrual") if name == "patient" else ()
    kept = [column for column in COLUMNS[name] if column in required or draw(st.integers(0, 9))]
    columns = {column: draw(st.lists(COLUMNS[name][column], min_size=height, max_size=height)) for column in kept}
    frame = pl.DataFrame({"source_row": range(2, height + 2), **columns},
                         schema={"source_row": pl.Int64, **dict.fromkeys(kept, pl.String)})  # fmt: skip
    return RawTable(name, f"{name}.csv", frame, rows_lost=0)


@st.composite
def raw_sources(draw: st.DrawFn) -> RawSource:
    names = ["patient", *(name for name in COLUMNS if name != "patient" and draw(st.booleans()))]
    return RawSource("ward", "generated", tuple(draw(raw_tables(name)) for name in names), "0" * 64)


@given(raw_sources())
@settings(max_examples=60, deadline=None)
def test_the_receipt_of_dirty_input_adds_up_with_its_findings(raw: RawSource) -> None:
    series = take_in(raw)
    for table in raw.tables:
        line = series.receipt.table(table.name)
        told = [finding for finding in series.findings if finding.table == table.name]
        assert line is not None
        assert line.rows_read == table.frame.height
        assert line.rows_set_aside == sum(f.rows for f in told if f.severity is Severity.ROW_SET_ASIDE)
        assert line.values_set_aside == sum(f.rows for f in told if f.severity is Severity.VALUE_SET_ASIDE)
        used = collect(series.tables[table.name], "source_row").height if series.has(table.name) else 0
        assert line.rows_used == used


@given(raw_sources())
@settings(max_examples=40, deadline=None)
def test_the_patients_of_dirty_input_are_numbered_from_1_without_gaps(raw: RawSource) -> None:
    patients = collect(take_in(raw).tables["patient"], "case_number")
    assert patients["case_number"].to_list() == list(range(1, patients.height + 1))
    assert not patients["patient_id"].is_duplicated().any()


@given(raw_sources(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_never_changes_what_is_stored(raw: RawSource, order: random.Random) -> None:
    shuffled = replace(raw, tables=tuple(_shuffled(table, order) for table in raw.tables))
    one, other = take_in(raw), take_in(shuffled)
    assert one.receipt == other.receipt
    assert one.findings == other.findings
    for name in one.tables:
        assert collect(one.tables[name], "source_row").equals(collect(other.tables[name], "source_row"))


def _shuffled(table: RawTable, order: random.Random) -> RawTable:
    rows = list(range(table.frame.height))
    order.shuffle(rows)
    return replace(table, frame=table.frame[rows])


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@given(raw=raw_sources())
@settings(max_examples=12, deadline=None)
def test_what_is_read_back_is_what_was_written(form: str, engine: str, raw: RawSource) -> None:
    series = take_in(raw, engine=engine)
    with tempfile.TemporaryDirectory() as folder:
        write_series(series, Path(folder) / "series", form)
        again = read_series(Path(folder) / "series", engine, verify="hash")
        assert (again.receipt, again.findings, again.provenance) == (series.receipt, series.findings, series.provenance)
        for name in series.tables:
            before, after = collect(series.tables[name], "source_row"), collect(again.tables[name], "source_row")
            assert before.equals(after)
            assert before.schema == after.schema


@given(raw_sources())
@settings(max_examples=15, deadline=None)
def test_polars_and_duckdb_take_in_the_same_series(raw: RawSource) -> None:
    one, other = take_in(raw, engine="polars"), take_in(raw, engine="duckdb", memory="1GB")
    assert (one.receipt, one.findings, one.provenance) == (other.receipt, other.findings, other.provenance)
    for name in one.tables:
        assert collect(one.tables[name], "source_row").equals(collect(other.tables[name], "source_row"))


@given(st.lists(st.text(), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_free_text_survives_writing_and_reading(texts: list[str]) -> None:
    patient = pl.DataFrame({
        "source_row": range(2, len(texts) + 2), "patient_id": [f"{case:03}" for case in range(len(texts))],
        "accrual": ["1990-01-01"] * len(texts), "diagnosis": texts,
    })  # fmt: skip
    series = take_in(RawSource("ward", "generated", (RawTable("patient", "p", patient),), ""))
    for form in ("parquet", "csv"):
        with tempfile.TemporaryDirectory() as folder:
            write_series(series, Path(folder) / "series", form)
            again = read_series(Path(folder) / "series", verify="hash")
            assert collect(again.tables["patient"], "source_row").equals(
                collect(series.tables["patient"], "source_row")
            )
