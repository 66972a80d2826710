"""What in a series cannot be right, or is seldom right? Nothing is set aside: a person looks at the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from seriatim.findings import Finding, Severity
from seriatim.series.faults import Fault, tell
from seriatim.series.series import TreatmentSeries

LOWEST_WEIGHT_KG, HIGHEST_WEIGHT_KG = 20, 300


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One rule as data: rows for which `suspect` is true (not null) are told.

    `suspect` is written on the stored columns of `table` and on the columns of `_beside`: `patient_accrual_*`,
    `patient_last_contact_*`, `patient_death_*`, `patient_died`, `data_cut`. `needs` names the tables (or
    "data_cut") without which it cannot be asked. A partial date is suspect only if every reading of it is.
    """

    fault: Fault
    table: str
    column: str
    suspect: nw.Expr
    found: str
    needs: tuple[str, ...] = ()


def check(series: TreatmentSeries) -> tuple[Finding, ...]:
    """Run every check of `CHECKS` that the tables of a series allow, on the engine of the series.

    Reads one row a finding and no more into memory.
    """
    available = {*series.tables, *(["data_cut"] if series.provenance.data_cut else [])}
    findings: list[Finding] = []
    for table in series.tables:
        asked = [rule for rule in CHECKS if rule.table == table and available.issuperset(rule.needs)]
        if asked:
            findings.extend(_run(asked, _beside(series, table)))
    return tuple(findings)


def _run(checks: Sequence[Check], frame: nw.LazyFrame[Any]) -> Iterator[Finding]:
    flags = {f"flag_{place}": rule.suspect for place, rule in enumerate(checks)}
    flagged = frame.with_columns(**flags).filter(nw.any_horizontal(*flags, ignore_nulls=True))
    rows: pl.DataFrame = flagged.select("source_row", *flags).collect("polars").to_native()
    for name, rule in zip(flags, checks, strict=True):
        suspect = rows.filter(pl.col(name)).select("source_row", found=pl.lit(rule.found))
        yield from tell(rule.fault, rule.table, rule.column, suspect)


def _beside(series: TreatmentSeries, table: str) -> nw.LazyFrame[Any]:
    """A table with the accrual, last contact and death of each row's patient, and the data cut."""
    frame = series.tables[table]
    if series.provenance.data_cut:
        frame = frame.with_columns(data_cut=nw.lit(series.provenance.data_cut))
    if "patient_id" not in frame.collect_schema().names():
        return frame
    for source, names in (
        ("patient", ("accrual_earliest", "accrual_latest")),
        ("follow_up", ("last_contact_earliest", "last_contact_latest", "death_earliest", "death_latest", "died")),
    ):
        if series.has(source):
            renamed = {f"patient_{name}": nw.col(name) for name in names}
            frame = frame.join(series.tables[source].select("patient_id", **renamed), on="patient_id", how="left")
    return frame


def _before(earlier: str, later: str) -> nw.Expr:
    """Is `earlier` surely before `later`, whatever their partial dates mean?"""
    return nw.col(f"{earlier}_latest") < nw.col(f"{later}_earliest")


def _warning(rule: str, expected: str, next_move: str) -> Fault:
    return Fault(rule, Severity.WARNING, expected, next_move)


_LOOK_UP = "look both dates up in the source record; nothing was changed"
_END_BEFORE_START = _warning("check.end_before_start", "an end that is not before its start", _LOOK_UP)
_BEFORE_ACCRUAL = _warning("check.before_accrual", "a date that is not before accrual", _LOOK_UP)
_AFTER_DEATH = _warning("check.after_death", "a date that is not after the patient's death", _LOOK_UP)
_AFTER_LAST_CONTACT = _warning("check.after_last_contact", "a last contact that is the last day known alive",
                               "correct the year of the date, or bring last_contact up to date")  # fmt: skip
_AFTER_DATA_CUT = _warning("check.after_data_cut", "no date after everything that was observed",
                           "correct the date, or add the observations since then")  # fmt: skip
_WEIGHT = _warning(
    "check.weight", f"a weight from {LOWEST_WEIGHT_KG} to {HIGHEST_WEIGHT_KG} kg",
    "look it up in the source record; pounds or grams may have been entered as kg",
)  # fmt: skip
_LIMITS = _warning("check.limits", "a lower limit that is not above the upper limit",
                   "the two limits may have changed places")  # fmt: skip
_DIED = _warning("check.died", "a date of death for those who died, and for nobody else",
                 "correct died or death in the follow_up table")  # fmt: skip
_GRADE_5 = _warning("check.grade_5_alive", "grade 5 only where the patient died",
                    "correct the grade, or died in the follow_up table")  # fmt: skip
_NO_EVENT = _warning("check.no_event_word", "a term that names an event",
                     'it counts as one; if it means that there was none, map it to "" under codes: term:')  # fmt: skip
_RESPONSE_ORDER = _warning("check.response_order", "progression after the start of response", _LOOK_UP)

# What exports write for a patient without an event; as a term, each would be the most frequent toxicity.
NO_EVENT_WORDS = ("na", "n/a", "none", "nil", "not applicable", "no adverse event", "no adverse events")

# table, start, end
_SPANS = (
    ("course", "start", "end"),
    ("cycle", "start", "end"),
    ("adverse_event", "onset", "end"),
    ("intervention", "start", "end"),
)
# table, column that records something done to or seen in a treated, living patient
_OF_A_PATIENT = (
    ("course", "start"),
    ("cycle", "start"),
    ("dose", "started"),
    ("adverse_event", "onset"),
    ("lab_result", "collected"),
    ("vital", "measured_at"),
    ("intervention", "start"),
    ("response", "response_start"),
    ("response", "progression"),
    ("response", "last_assessed"),
)
# Samples, weights and histories before the first treatment are the rule, not a fault.
_NOT_BEFORE_ACCRUAL = (
    ("course", "start"),
    ("cycle", "start"),
    ("dose", "started"),
    ("adverse_event", "onset"),
    ("response", "response_start"),
    ("response", "progression"),
    ("follow_up", "last_contact"),
    ("follow_up", "death"),
)
# Dates that do not themselves set the data cut.
_NOT_AFTER_DATA_CUT = (
    ("patient", "accrual"),
    ("course", "start"),
    ("cycle", "start"),
    ("vital", "measured_at"),
    ("intervention", "start"),
    ("assessment", "assessed_at"),
)


def _weight_is_odd(name: str) -> nw.Expr:
    micro = nw.col(f"{name}_micro")
    outside = (micro < LOWEST_WEIGHT_KG * 10**6) | (micro > HIGHEST_WEIGHT_KG * 10**6)
    return (nw.col(f"{name}_unit") == "kg") & outside


CHECKS: tuple[Check, ...] = (
    *(Check(_END_BEFORE_START, table, end, _before(end, start), f"{end} before {start}")
      for table, start, end in _SPANS),
    *(Check(_BEFORE_ACCRUAL, table, name, _before(name, "patient_accrual"), f"{name} before accrual")
      for table, name in _NOT_BEFORE_ACCRUAL),
    *(Check(_AFTER_DEATH, table, name, _before("patient_death", name), f"{name} after death", ("follow_up",))
      for table, name in (*_OF_A_PATIENT, ("follow_up", "last_contact"))),
    *(Check(_AFTER_LAST_CONTACT, table, name, _before("patient_last_contact", name), f"{name} after last contact",
            ("follow_up",))
      for table, name in (*_OF_A_PATIENT, ("follow_up", "death"))),
    *(Check(_AFTER_DATA_CUT, table, name, nw.col("data_cut") < nw.col(f"{name}_earliest"), f"{name} after the data cut",
            ("data_cut",))
      for table, name in _NOT_AFTER_DATA_CUT),
    Check(_WEIGHT, "cycle", "baseline_weight", _weight_is_odd("baseline_weight"), "another weight"),
    Check(_WEIGHT, "vital", "value", (nw.col("test") == "weight") & _weight_is_odd("value"), "another weight"),
    Check(_LIMITS, "lab_result", "lower_limit", nw.col("lower_limit_micro") > nw.col("upper_limit_micro"),
          "the lower limit above the upper"),
    Check(_RESPONSE_ORDER, "response", "progression", _before("progression", "response_start"),
          "progression before response"),
    Check(_DIED, "follow_up", "death", (nw.col("died") == "no") & ~nw.col("death").is_null(),
          "a date of death, but died: no"),
    Check(_DIED, "follow_up", "death", (nw.col("died") == "yes") & nw.col("death").is_null(),
          "died: yes, but no date of death"),
    Check(_GRADE_5, "adverse_event", "grade", (nw.col("grade") == 5) & (nw.col("patient_died") == "no"),
          "grade 5, but died: no", ("follow_up",)),
    Check(_NO_EVENT, "adverse_event", "term", nw.col("term").str.to_lowercase().is_in(NO_EVENT_WORDS),
          "a word for no event"),
)  # fmt: skip
