"""Can a damaged transport file ever crash a reading, or pass with fewer rows where the format lets it be seen?"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import polars as pl
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seriatim.errors import UnreadableSource
from seriatim.readers._snapshot import Snapshot
from seriatim.readers._xport import layout_of, read_xport

PATIENTS = pl.DataFrame(
    {
        "USUBJID": [f"01-{number:03}" for number in range(40)],
        "AGE": [40.0 + number / 8 for number in range(40)],
        "TERM": ["hypotension", "chills"] * 20,
    }
)


def transport(frame: pl.DataFrame, version: int = 5) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ae.xpt"
        pyreadstat.write_xport(frame, str(path), file_format_version=version)
        return path.read_bytes()


WHOLE = {version: transport(PATIENTS, version) for version in (5, 8)}


def read(content: bytes) -> pl.DataFrame:
    return read_xport(Snapshot("ae.xpt", content)).frame


@pytest.mark.parametrize("version", [5, 8])
@given(data=st.data())
def test_any_bytes_are_a_table_or_a_refusal(version: int, data: st.DataObject) -> None:
    content = bytearray(WHOLE[version])
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from(["change", "insert", "delete", "cut"]))
        if kind == "change":
            content[place] = data.draw(st.integers(0, 255))
        elif kind == "insert":
            content[place:place] = data.draw(st.binary(min_size=1, max_size=100))
        elif kind == "delete":
            del content[max(place, 200) : max(place, 200) + data.draw(st.integers(1, 100))]
        else:
            del content[max(place, 200) :]
    with contextlib.suppress(UnreadableSource):
        assert read(bytes(content)).width > 1


@given(end=st.integers(1, len(WHOLE[8]) - 1))
def test_no_cut_of_version_8_passes(end: int) -> None:
    with pytest.raises(UnreadableSource):
        read(WHOLE[8][:end])


@given(end=st.integers(1, len(WHOLE[5]) - 1))
def test_a_cut_of_version_5_passes_only_between_two_records(end: int) -> None:
    layout = layout_of(Snapshot("ae.xpt", WHOLE[5]))
    try:
        rows = read(WHOLE[5][:end]).height
    except UnreadableSource:
        return
    assert (end - layout.start) == rows * layout.record


@given(st.lists(st.decimals(min_value=-1_000_000, max_value=1_000_000, places=8).map(float), min_size=1, max_size=30))
def test_numbers_come_back_as_they_were_written(values: list[float]) -> None:
    back = read(transport(pl.DataFrame({"X": values})))["X"]
    assert [float(text) for text in back] == values


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8), min_size=1, max_size=20))
def test_texts_come_back_as_they_were_written(values: list[str]) -> None:
    marked = [f"x{value}x" for value in values]
    assert read(transport(pl.DataFrame({"X": marked})))["X"].to_list() == marked


@pytest.mark.parametrize(("letter", "special"), [(b".", 0), (b"A", 1), (b"Z", 1), (b"_", 1)])
def test_special_missing_values_are_nothing_written_and_told(letter: bytes, special: int) -> None:
    whole = transport(pl.DataFrame({"ID": ["a", "b"], "AGE": [1.0, 2.0]}))
    one = b"\x41\x10" + b"\x00" * 6  # 1 in the format of IBM mainframes
    table = read_xport(Snapshot("dm.xpt", whole.replace(one, letter + b"\x00" * 7)))
    assert table.frame["AGE"].to_list() == [None, "2"]
    assert [finding.rows for finding in table.findings if finding.rule == "value.special_missing"] == [1] * special


def test_dates_instants_and_times_come_by_their_formats() -> None:
    frame = pl.DataFrame(
        {
            "DAY": ["1988-03-01", None],
            "INSTANT": ["1988-03-01 08:30:00", None],
            "CLOCK": ["08:30:00", None],
        }
    ).with_columns(
        pl.col("DAY").str.to_date(), pl.col("INSTANT").str.to_datetime(), pl.col("CLOCK").str.to_time("%H:%M:%S")
    )
    first, second = read(transport(frame)).drop("source_row").rows()
    assert first == ("1988-03-01", "1988-03-01T08:30:00", "08:30:00")
    assert second == (None, None, None)


def test_blank_last_records_that_fill_the_last_card_are_no_patients() -> None:
    one = pl.DataFrame({"ID": ["a", "b", "c"]})
    assert read(transport(one))["ID"].to_list() == ["a", "b", "c"]


def test_a_file_of_two_data_sets_is_refused() -> None:
    member = WHOLE[5][WHOLE[5].index(b"HEADER RECORD*******MEM") :]
    with pytest.raises(UnreadableSource, match="more than one data set"):
        read(WHOLE[5] + member)
