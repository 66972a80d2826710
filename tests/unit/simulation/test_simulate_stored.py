"""Is the stored form that is written directly the one that an intake of the text would have stored?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from seriatim.errors import Misuse
from seriatim.series.content_hash import content_hash, in_canonical_order
from seriatim.series.schema import TABLES
from seriatim.simulation import simulate_stored as module
from seriatim.simulation.draw import Cases, draw_cases
from seriatim.simulation.il2_1998 import IL2_1998
from seriatim.simulation.simulate import simulate
from seriatim.simulation.simulate_stored import simulate_stored
from seriatim.simulation.stored_form import as_stored
from seriatim.simulation.tables import practice_changes, series_tables


def drawn(seed: int, patients: int) -> tuple[Cases, np.random.Generator]:
    generator = np.random.default_rng(seed)
    cases = draw_cases(IL2_1998, 1, patients, patients, events_per_patient=15, labs_per_patient=60, generator=generator)
    return cases, generator


def test_every_table_is_stored_as_the_intake_of_its_text_would_store_it() -> None:
    cases, generator = drawn(3, 300)
    frames: dict[str, list[pl.DataFrame]] = {}
    for part in series_tables(cases, generator):
        frames.setdefault(part.name, []).append(as_stored(part.name, part.table, IL2_1998.zone))
    frames["practice_change"] = [as_stored("practice_change", practice_changes(IL2_1998), IL2_1998.zone)]
    taken_in = simulate(seed=3, patients=300).tables
    assert set(frames) == set(taken_in)
    for name, parts in frames.items():
        expected = taken_in[name].collect("polars").to_native().drop("source_row")
        order = [column for column in expected.columns if column in parts[0].columns]
        found = pl.concat(parts).select(order)
        assert order == expected.columns
        assert_frame_equal(found.sort(order, nulls_last=True), expected.sort(order, nulls_last=True))


def test_stored_tables_are_in_canonical_order_across_the_cases_drawn_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CASES_AT_A_TIME", 40)
    simulate_stored(tmp_path / "series", patients=100, generator=np.random.default_rng(5))
    for name in TABLES:
        frame = pl.read_parquet(tmp_path / "series" / f"{name}.parquet")
        assert frame["source_row"].to_list() == list(range(2, frame.height + 2))
        assert_frame_equal(frame, in_canonical_order(frame))


def test_document_tells_the_rows_and_the_content_of_each_table(tmp_path: Path) -> None:
    simulate_stored(tmp_path / "series", patients=50, generator=np.random.default_rng(5))
    document = json.loads((tmp_path / "series" / "series.json").read_text())
    for name in TABLES:
        frame = pl.read_parquet(tmp_path / "series" / f"{name}.parquet")
        assert document["tables"][name] == {"rows": frame.height, "sha256": content_hash(frame)}


def test_cases_drawn_apart_are_one_consecutive_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CASES_AT_A_TIME", 40)
    simulate_stored(tmp_path / "series", patients=100, generator=np.random.default_rng(5))
    patient = pl.read_parquet(tmp_path / "series" / "patient.parquet").sort("case_number")
    assert patient["case_number"].to_list() == list(range(1, 101))
    assert patient["patient_id"].is_sorted()
    assert patient["accrual_earliest"].is_sorted()
    screening = pl.read_parquet(tmp_path / "series" / "screening.parquet")
    assert not screening.select("candidate_id", "criterion").is_duplicated().any()


def test_events_and_laboratory_values_a_patient_are_those_asked_for(tmp_path: Path) -> None:
    simulate_stored(
        tmp_path / "series",
        patients=2_000,
        generator=np.random.default_rng(5),
        events_per_patient=20,
        labs_per_patient=90,
    )
    for name, expected in (("adverse_event", 20), ("lab_result", 90)):
        rows = pl.scan_parquet(tmp_path / "series" / f"{name}.parquet").select(pl.len()).collect().item()
        assert rows / 2_000 == pytest.approx(expected, rel=0.03)


def test_folder_that_holds_something_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("ward round")
    with pytest.raises(Misuse, match="a new or an empty folder"):
        simulate_stored(tmp_path, patients=10, generator=np.random.default_rng(5))


def test_stored_series_without_patients_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="at least 1"):
        simulate_stored(tmp_path / "series", patients=0, generator=np.random.default_rng(5))
    assert not (tmp_path / "series").exists()
