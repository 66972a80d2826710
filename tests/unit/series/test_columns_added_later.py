"""Is a series that was stored before a column was added still read, and is nothing put into that column?"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.series.series import TreatmentSeries
from seriatim.series.stored import read_series, write_series

DOSE = {"source_row": [2], "patient_id": ["001"], "course": ["1"], "cycle": ["1"], "dose": ["1"], "status": ["held"]}


def _series(**more: list[str]) -> TreatmentSeries:
    patient = pl.DataFrame({"source_row": [2], "patient_id": ["001"], "accrual": ["1998-08-15"]})
    tables = (RawTable("patient", "p.csv", patient), RawTable("dose", "d.csv", pl.DataFrame(DOSE | more)))
    return take_in(RawSource("ward", "by hand", tables, "abc"))


def test_when_a_held_dose_was_due_is_kept(tmp_path: Path) -> None:
    write_series(_series(planned=["1998-08-15 16:00"]), tmp_path / "series")
    dose = read_series(tmp_path / "series").tables["dose"].collect().to_native()
    assert dose["planned_earliest"].to_list()[0].isoformat() == "1998-08-15T16:00:00"


def test_a_series_stored_without_planned_times_is_still_read(tmp_path: Path) -> None:
    series = _series()
    older = series.tables["dose"].drop("planned", "planned_earliest", "planned_latest")
    stored = TreatmentSeries({**series.tables, "dose": older}, series.engine, series.provenance)
    write_series(stored, tmp_path / "series")
    again = read_series(tmp_path / "series", verify="hash")
    assert "planned" not in again.tables["dose"].collect_schema().names()
    assert again.tables["dose"].collect().to_native()["status"].to_list() == ["held"]
