"""Is a stored series refused where it is not what was written, and does it appear complete or not at all?"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from seriatim.engines.choose import collect
from seriatim.errors import Misuse, UnreadableSource
from seriatim.series import stored
from seriatim.series.content_hash import content_hash
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.series.series import TreatmentSeries
from seriatim.series.stored import read_series, write_series


def _series() -> TreatmentSeries:
    patient = pl.DataFrame({
        "source_row": [2, 3, 4], "patient_id": ["002", "001", "003"], "accrual": ["1985-01-10", "1985-01-09", ""],
        "histology": ["clear cell", None, "x"],
    })  # fmt: skip
    event = pl.DataFrame({
        "source_row": [2, 3], "patient_id": ["002", "001"], "term": ["fever, high", 'so-called "rigors"'],
        "grade": ["3", "IV"], "onset": ["1985-01-11T08:00:00.123456", "1985"],
    })  # fmt: skip
    tables = (RawTable("patient", "p.csv", patient), RawTable("adverse_event", "a.csv", event))
    return take_in(RawSource("ward", "by hand", tables, "abc"))


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_series_is_read_back_with_receipt_findings_and_provenance(tmp_path: Path, form: str) -> None:
    series = _series()
    write_series(series, tmp_path / "new" / "series", form)
    again = read_series(tmp_path / "new" / "series", verify="hash")
    assert (again.receipt, again.findings, again.provenance) == (series.receipt, series.findings, series.provenance)
    for name in series.tables:
        assert collect(again.tables[name], "source_row").equals(collect(series.tables[name], "source_row"))


def test_the_recorded_hash_is_that_of_the_receipt(tmp_path: Path) -> None:
    series = _series()
    write_series(series, tmp_path / "series")
    document = json.loads((tmp_path / "series" / "series.json").read_text(encoding="utf-8"))
    for name, table in document["tables"].items():
        line = series.receipt.table(name)
        assert line is not None
        assert (table["sha256"], table["rows"]) == (line.content_hash, line.rows_used)


def test_the_same_series_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        write_series(_series(), tmp_path / folder)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["adverse_event.parquet", "patient.parquet", "series.json"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_parquet_is_only_scanned_when_asked(tmp_path: Path) -> None:
    write_series(_series(), tmp_path / "series")
    series = read_series(tmp_path / "series")
    (tmp_path / "series" / "adverse_event.parquet").unlink()
    assert collect(series.tables["patient"], "case_number").height == 2
    with pytest.raises(FileNotFoundError):
        collect(series.tables["adverse_event"], "source_row")


def test_a_folder_that_holds_something_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "series").mkdir()
    write_series(_series(), tmp_path / "series")
    with pytest.raises(Misuse, match="nothing is overwritten"):
        write_series(_series(), tmp_path / "series")


def test_an_interrupted_writing_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, calls = stored.write_table, []

    def interrupted(path: Path, *others: object) -> object:
        calls.append(path)
        if len(calls) == 2:
            raise OSError("no space left on device")
        return whole(path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(stored, "write_table", interrupted)
    with pytest.raises(OSError, match="no space left"):
        write_series(_series(), tmp_path / "series")
    assert list(tmp_path.iterdir()) == []


def test_a_format_or_a_verification_that_does_not_exist_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="format"):
        write_series(_series(), tmp_path / "series", "xlsx")
    write_series(_series(), tmp_path / "series")
    with pytest.raises(Misuse, match="verify"):
        read_series(tmp_path / "series", verify="trust")


def _change(folder: Path, **changes: object) -> None:
    path = folder / "series.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": "seriatim.series/2"}, 'found schema "seriatim.series/2", expected seriatim.series/1'),
        ({"tables": {"tumour": {"rows": 1, "sha256": ""}}}, "unknown table tumour"),
        ({"format": "../parquet"}, "found format"),
        ({"tables": {"patient": {"rows": "many"}}}, "damaged document"),
        ({"provenance": {"data_cut": None, "who": "?"}}, "damaged document"),
        ({"findings": [{"severity": "dreadful"}]}, "damaged document"),
        ({"tables": {"patient": {"rows": 2, "sha256": ""}}}, "differ from series.json in adverse_event.parquet"),
    ],
)
def test_a_document_that_is_not_ours_is_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    write_series(_series(), tmp_path / "series")
    _change(tmp_path / "series", **changes)
    with pytest.raises(UnreadableSource, match=message):
        read_series(tmp_path / "series")


@pytest.mark.parametrize("text", ["", "{", "[]", '"seriatim.series/1"', "[" * 100_000])
def test_a_document_that_is_no_document_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "series.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableSource):
        read_series(tmp_path)


def test_a_folder_without_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"no series\.json"):
        read_series(tmp_path / "nowhere")


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_table_with_fewer_rows_than_recorded_is_refused(tmp_path: Path, form: str) -> None:
    write_series(_series(), tmp_path / "series", form)
    path = tmp_path / "series" / f"patient.{form}"
    frame = pl.read_parquet(path) if form == "parquet" else pl.read_csv(path, infer_schema=False)
    frame.head(1).write_parquet(path) if form == "parquet" else frame.head(1).write_csv(path)
    with pytest.raises(UnreadableSource, match="found 1 rows, expected 2 as recorded"):
        read_series(tmp_path / "series")


def test_a_changed_grade_is_found_by_its_hash_and_not_by_counts(tmp_path: Path) -> None:
    write_series(_series(), tmp_path / "series")
    path = tmp_path / "series" / "adverse_event.parquet"
    pl.read_parquet(path).with_columns(grade=pl.lit(2, pl.Int64)).write_parquet(path)
    assert read_series(tmp_path / "series").has("adverse_event")
    with pytest.raises(UnreadableSource, match="other content in adverse_event"):
        read_series(tmp_path / "series", verify="hash")


def test_a_missing_column_another_type_and_a_cut_file_are_refused(tmp_path: Path) -> None:
    write_series(_series(), tmp_path / "series")
    path = tmp_path / "series" / "adverse_event.parquet"
    whole, frame = path.read_bytes(), pl.read_parquet(path)
    frame.drop("grade").write_parquet(path)
    with pytest.raises(UnreadableSource, match="found columns"):
        read_series(tmp_path / "series")
    frame.with_columns(pl.col("grade").cast(pl.Float64)).write_parquet(path)
    with pytest.raises(UnreadableSource, match="grade Float64"):
        read_series(tmp_path / "series")
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableSource, match="cannot be read"):
        read_series(tmp_path / "series")


def test_fields_that_run_into_each_other_have_different_hashes() -> None:
    one = pl.DataFrame({"term": ["ab"], "scale": ["c"], "source_row": [2]})
    other = pl.DataFrame({"term": ["a"], "scale": ["bc"], "source_row": [2]})
    empty = pl.DataFrame({"term": ["-"], "scale": [None], "source_row": [2]}, schema_overrides={"scale": pl.String})
    nothing = pl.DataFrame({"term": [None], "scale": ["-"], "source_row": [2]}, schema_overrides={"term": pl.String})
    assert len({content_hash(frame) for frame in (one, other, empty, nothing)}) == 4


def test_the_row_of_the_source_is_no_part_of_the_content() -> None:
    frame = pl.DataFrame({"term": ["fever"], "source_row": [2]})
    assert content_hash(frame) == content_hash(frame.with_columns(source_row=pl.lit(7, pl.Int64)))
