"""Do both engines open, bound, order and fence in the same tables?"""

from __future__ import annotations

from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import polars as pl
import pytest

from seriatim.engines.batches import in_batches
from seriatim.engines.choose import LARGE_TABLE_ROWS, choose_engine, collect, distinct, open_frames
from seriatim.errors import Misuse

GRADES = pl.DataFrame({"patient_id": ["003", "002", None, "001"], "grade": [1, 4, 2, 4]})


@pytest.mark.parametrize(
    ("engine", "memory", "rows", "chosen"),
    [
        ("auto", None, 1241, "polars"),
        ("auto", None, LARGE_TABLE_ROWS, "polars"),
        ("auto", None, LARGE_TABLE_ROWS + 1, "duckdb"),
        ("auto", "2GB", 1, "duckdb"),
        ("duckdb", None, 1, "duckdb"),
        ("polars", None, LARGE_TABLE_ROWS + 1, "polars"),
    ],
)
def test_duckdb_is_chosen_for_bounded_memory_or_large_tables(
    engine: str, memory: str | None, rows: int, chosen: str
) -> None:
    assert choose_engine(engine, memory, rows) == chosen


@pytest.mark.parametrize(("engine", "memory"), [("spark", None), ("polars", "2GB")])
def test_an_engine_that_cannot_do_it_is_misuse(engine: str, memory: str | None) -> None:
    with pytest.raises(Misuse):
        choose_engine(engine, memory, 1)


def test_an_amount_of_memory_that_is_none_is_misuse() -> None:
    with pytest.raises(Misuse, match='found "lots"'):
        open_frames({"grades": GRADES}, "duckdb", "lots")


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize("stored", [False, True])
def test_tables_opened_together_are_joined_and_sorted_alike(engine: str, stored: bool, tmp_path: Path) -> None:
    path = tmp_path / "it's here.parquet"
    GRADES.write_parquet(path)
    frames = open_frames({"one": path if stored else GRADES, "other": GRADES}, engine)
    joined = frames["one"].join(frames["other"].select("patient_id", again="grade"), on="patient_id")
    assert collect(joined, "patient_id").rows() == [("001", 4, 4), ("002", 4, 4), ("003", 1, 1)]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_rows_that_the_sort_does_not_tell_apart_have_one_order_all_the_same(engine: str) -> None:
    frame = open_frames({"grades": GRADES}, engine)["grades"].select("grade", "patient_id")
    assert collect(frame, "grade").rows() == [(1, "003"), (2, None), (4, "001"), (4, "002")]


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_parts_follow_each_other_in_order_with_nothing_last(engine: str) -> None:
    frame = open_frames({"grades": GRADES}, engine)["grades"]
    parts = list(in_batches(frame, ["patient_id"], rows_at_a_time=3))
    assert pl.concat(parts)["patient_id"].to_list() == ["001", "002", "003", None]


def test_duckdb_reads_the_folder_of_its_tables_and_no_other(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        GRADES.write_parquet(folder / "grades.parquet")
    relation = open_frames({"grades": inside / "grades.parquet"}, "duckdb")["grades"].to_native()
    with pytest.raises(duckdb.PermissionException):
        relation.query("grades", f"SELECT * FROM read_parquet('{outside / 'grades.parquet'}')").fetchall()  # noqa: S608
    with pytest.raises(duckdb.Error, match="locked"):
        relation.query("grades", "SET enable_external_access = true")


def test_two_sources_can_be_open_at_once_on_duckdb(tmp_path: Path) -> None:
    opened = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        GRADES.write_parquet(tmp_path / name / "grades.parquet")
        opened.append(open_frames({"grades": tmp_path / name / "grades.parquet"}, "duckdb", "500MB")["grades"])
    assert [collect(frame, "patient_id").height for frame in opened] == [4, 4]


def test_a_bounded_duckdb_sorts_more_than_its_memory_by_spilling() -> None:
    rows = 3_000_000
    frame = pl.select(case=pl.int_range(rows, dtype=pl.Int64)).with_columns(
        text=pl.format("a text so long that it needs memory {}", (pl.col("case") * 7919) % rows)
    )
    wide = open_frames({"wide": frame}, "duckdb", "150MB")["wide"]
    first = next(in_batches(wide.with_columns(other=nw.col("text")), ["text", "case"]))
    assert first["text"].head(1).to_list() == frame["text"].sort().head(1).to_list()


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_each_combination_is_told_once_a_missing_one_among_them(engine: str) -> None:
    twice = pl.concat([GRADES, GRADES])
    frame = open_frames({"grades": twice}, engine)["grades"]
    assert collect(distinct(frame, "grade"), "grade").rows() == [(1,), (2,), (4,)]
    assert collect(distinct(frame, "patient_id"), "patient_id").rows() == [("001",), ("002",), ("003",), (None,)]
