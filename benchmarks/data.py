"""Which data are measured on? Simulated events of many patients, the same for every tool."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.series.stored import write_series

FOLDER = Path(__file__).with_name(".data")
GROUPS = 4
TERMS, CLASSES = 400, 26


def event_series(patients: int, events: int) -> Path:
    """A stored series with Zipf-distributed terms in system organ classes, and the same as plain Parquet for others."""
    folder = FOLDER / f"events-{patients}-{events}"
    if (folder / "done.json").is_file():
        return folder
    generator = np.random.default_rng(20261125)
    people = _patients(patients)
    records = _events(patients, events, generator)
    folder.mkdir(parents=True, exist_ok=True)
    _write_plain(folder, people, records, patients)
    raw = RawSource("simulated events", "benchmark", (_raw("patient", people), _raw("adverse_event", records)), "-")
    write_series(take_in(raw), folder / "series")
    (folder / "done.json").write_text(json.dumps({"patients": patients, "events": events}))
    return folder


def _patients(patients: int) -> pl.DataFrame:
    day = (np.datetime64("2000-01-01") + (np.arange(patients) * 3650) // patients).astype(str)
    return pl.DataFrame({"patient_id": [f"S{i:07d}" for i in range(patients)], "accrual": day})


def _events(patients: int, events: int, generator: np.random.Generator) -> pl.DataFrame:
    weights = 1 / np.arange(1, TERMS + 1)
    term = generator.choice(TERMS, events, p=weights / weights.sum())
    who = generator.integers(0, patients, events)
    grade = generator.choice(5, events, p=[0.45, 0.3, 0.17, 0.07, 0.01]) + 1
    return pl.DataFrame(
        {
            "patient_id": np.char.add("S", np.char.zfill(who.astype(str), 7)),
            "term": np.char.add("term ", np.char.zfill(term.astype(str), 3)),
            "system_organ_class": np.char.add("class ", np.char.zfill((term % CLASSES).astype(str), 2)),
            "grade": grade.astype(str),
            "serious": generator.choice(["yes", "no"], events, p=[0.1, 0.9]),
            "relatedness": generator.choice(["related", "not_related"], events),
        }
    )


def _write_plain(folder: Path, people: pl.DataFrame, records: pl.DataFrame, patients: int) -> None:
    place = np.arange(patients) * GROUPS // patients
    group = people.select("patient_id", group=pl.Series([f"G{number + 1}" for number in place]))
    group.write_parquet(folder / "patients.parquet")
    typed = records.with_columns(pl.col("grade").cast(pl.Int64)).join(group, on="patient_id")
    typed.write_parquet(folder / "events.parquet")


def _raw(name: str, frame: pl.DataFrame) -> RawTable:
    numbered = frame.with_columns(pl.int_range(2, frame.height + 2, dtype=pl.Int64).alias("source_row"))
    return RawTable(name, "simulated", numbered)


def review_series(patients: int) -> Path:
    """A stored series of the 1998 kind with 15 events, 20 doses and 100 labs a patient."""
    from seriatim.simulation.simulate_stored import simulate_stored

    folder = FOLDER / f"review-{patients}"
    if not (folder / "series.json").is_file():
        simulate_stored(folder, patients=patients, generator=np.random.default_rng(patients))
    return folder
