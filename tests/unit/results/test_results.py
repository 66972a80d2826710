"""Can results be looked up, and do they come back from their files as they were?"""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.results.results import Results, join, read_results, write_results
from seriatim.results.row import ResultRow


def row(name: str, value: float | None = 0.18, **columns: object) -> ResultRow:
    named = {"result_id": name, "comparison_id": "c", "value": value}
    about = {"analysis": "incidence", "endpoint": "sepsis", "statistic": "risk"}
    return ResultRow(**named | about | columns)


RESULTS = Results(
    (
        row("first", group="first", lower=0.124, upper=0.25, numerator=28, denominator=155, exploratory=False),
        row("last", 0.04, group="last"),
        row("odds", 12.5, statistic="odds_ratio", lower=0.93, upper=float("inf")),
        row("none", None, statistic="p_score", reason="a group has no patients"),
        row("zero", 0.0, statistic="verdict_depends"),
    )
)


def test_rows_keep_the_order_in_which_they_came():
    assert [found.result_id for found in RESULTS] == ["first", "last", "odds", "none", "zero"]
    assert len(RESULTS) == 5


def test_rows_are_found_by_what_their_columns_say():
    assert [found.result_id for found in RESULTS.where(statistic="risk")] == ["first", "last"]
    assert [found.result_id for found in RESULTS.where(group="last")] == ["last"]
    assert RESULTS.where(statistic="risk", group="middle") == []
    assert RESULTS.where(statistic="never computed") == []


def test_one_row_is_asked_for_where_there_can_only_be_one():
    assert RESULTS.one(statistic="risk", group="last") is RESULTS.rows[1]
    assert RESULTS.one(statistic="never computed") is None
    with pytest.raises(ValueError, match="2 result rows have"):
        RESULTS.one(statistic="risk")


def test_two_rows_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two result rows are called first"):
        Results((RESULTS.rows[0], RESULTS.rows[0]))


def test_rows_of_several_analyses_become_one_set():
    assert [found.result_id for found in join([RESULTS.rows[:1], RESULTS.rows[2:3]])] == ["first", "odds"]


def test_results_come_back_from_parquet_as_they_were_written(tmp_path):
    write_results(RESULTS, tmp_path)
    assert read_results(tmp_path / "results.parquet") == RESULTS


def test_json_is_plain_rows_with_an_upper_bound_without_end_as_a_word(tmp_path):
    bound = row("low", -1.0, statistic="shift", lower=float("-inf"), upper=0.0)
    write_results(Results((*RESULTS.rows, bound)), tmp_path)
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert document["schema"] == "seriatim.results/1"
    first, *_, nothing, zero, low = document["rows"]
    assert (first["value"], first["exploratory"]) == (0.18, False)
    assert "warning" not in first
    assert document["rows"][2]["upper"] == "Infinity"
    assert low["lower"] == "-Infinity"
    assert ("value" in nothing, nothing["reason"]) == (False, "a group has no patients")
    assert zero["value"] == 0.0


def test_empty_results_are_written_and_read(tmp_path):
    write_results(Results(()), tmp_path)
    assert read_results(tmp_path / "results.parquet") == Results(())


def test_file_that_is_no_parquet_is_an_unreadable_source(tmp_path):
    path = tmp_path / "results.parquet"
    with pytest.raises(UnreadableSource, match="cannot be read as Parquet"):
        read_results(path)
    path.write_bytes(b"no parquet")
    with pytest.raises(UnreadableSource, match="cannot be read as Parquet"):
        read_results(path)


def test_file_of_another_version_or_with_other_columns_is_refused(tmp_path):
    path = tmp_path / "results.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    with pytest.raises(InvalidDocument, match=r"found version None, expected 'seriatim\.results/1'"):
        read_results(path)
    pl.DataFrame({"a": [1]}).write_parquet(path, metadata={"schema": "seriatim.results/1"})
    with pytest.raises(InvalidDocument, match=r"columns .*'a'.* differ from seriatim\.results/1"):
        read_results(path)


def test_results_are_equal_when_their_rows_are():
    assert Results(RESULTS.rows) == RESULTS
    assert Results((replace(RESULTS.rows[0], value=0.2), *RESULTS.rows[1:])) != RESULTS
