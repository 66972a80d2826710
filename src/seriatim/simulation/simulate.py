"""How is a series simulated whose truth is known?"""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
from numpy.random import Generator

from seriatim.series.intake import take_in
from seriatim.series.raw import Conventions, RawSource, RawTable
from seriatim.series.series import TreatmentSeries
from seriatim.simulation.draw import draw_cases
from seriatim.simulation.scenarios import check_length, scenario_named
from seriatim.simulation.tables import practice_changes, series_tables
from seriatim.simulation.text import as_text


def simulate(name: str = "il2-1998", *, seed: int, patients: int = 1241, engine: str = "auto") -> TreatmentSeries:
    """Simulate a consecutive series by the name of its scenario; the same seed gives the same series.

    Errors: `Misuse` for an unknown scenario or engine, or no patients. The truth is in `risk_per_dose` and in the
    scenario itself (`scenarios.SCENARIOS`); its docstring says what of it is published and what is invented.

    >>> series = simulate("il2-1998", seed=1998, patients=80)
    >>> series.provenance.source
    'simulated: il2-1998, 80 patients'
    """
    return take_in(simulate_raw(name, patients=patients, generator=np.random.default_rng(seed)), engine=engine)


def simulate_raw(
    name: str = "il2-1998",
    *,
    patients: int = 1241,
    generator: Generator,
    events_per_patient: float = 15,
    labs_per_patient: float = 60,
) -> RawSource:
    """The same series as text tables, as a reader would hand them over.

    >>> raw = simulate_raw(patients=80, generator=np.random.default_rng(1))
    >>> [table.name for table in raw.tables][:5]
    ['patient', 'screening', 'course', 'cycle', 'dose']
    """
    scenario = scenario_named(name)
    check_length(patients)
    cases = draw_cases(
        scenario,
        1,
        patients,
        patients,
        events_per_patient=events_per_patient,
        labs_per_patient=labs_per_patient,
        generator=generator,
    )
    frames: dict[str, list[pl.DataFrame]] = {}
    for part in series_tables(cases, generator):
        frames.setdefault(part.name, []).append(as_text(part.table, scenario.zone))
    frames["practice_change"] = [as_text(practice_changes(scenario), scenario.zone)]
    tables = tuple(RawTable(table, f"simulated {table}", _joined(parts)) for table, parts in frames.items())
    source = f"simulated: {scenario.name}, {patients} patients"
    return RawSource(source, "simulation", tables, _fingerprint(tables), (), Conventions(zone=scenario.zone))


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    joined = pl.concat(parts).with_columns(source_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
    return joined.rechunk()


def _fingerprint(tables: tuple[RawTable, ...]) -> str:
    """SHA-256 over every text: equal for equal content."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(table.name.encode())
        digest.update(table.frame.write_csv().encode())
    return digest.hexdigest()
