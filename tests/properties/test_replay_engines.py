"""Do the frames of a replay say on every engine what is known and decided one dose after another in plain Python?"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference.replay import low_high_age, open_or_true, replayed

from seriatim.engines.choose import collect
from seriatim.protocols.load import load_protocol
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.replay.decisions import decisions_of
from seriatim.protocols.replay.features import features
from seriatim.protocols.replay.verdicts import holds, may_hold, verdicts
from seriatim.rules.expression import age, high, low
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.series.series import TreatmentSeries

START = datetime(2001, 3, 5, 8)  # noqa: DTZ001
NUMBERS = ("1", "2.4", "2.5", "3.1", "2.999999", "<0.2", "<=2.5", ">3", ">=29", "abc", "", "999", "-1", "2,5", "1e0",
           "NaN", "≤2.5", "0.0000001")  # fmt: skip
UNITS = ("mg/dL", "mg/dL", "mg/dL", "umol/L", "mg/L", "")
TIDY_NUMBERS = ("1", "1.8", "2.3", "2.4", "2.5", "3.1", "2", "3")
WORDS = ("clear", "drowsy", "COMA", "asleep", "")
PATIENTS = 8


SEEDS = {"seed": st.integers(0, 10**9), "as_known": st.sampled_from(("at_decision", "final")), "assume": st.booleans()}
UNHURRIED = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=8, **UNHURRIED)
@given(**SEEDS)
def test_frames_equal_one_decision_after_another(seed: int, as_known: Any, assume: bool) -> None:
    chance = random.Random(seed)  # noqa: S311
    compare(some_series(chance, "polars"), some_protocol(chance), as_known, assume)


# Some seconds an example, nearly all of them for the planning of many small queries: few, of more patients.
@settings(max_examples=2, **UNHURRIED)
@given(**SEEDS)
def test_frames_on_duckdb_equal_one_decision_after_another(seed: int, as_known: Any, assume: bool) -> None:
    chance = random.Random(seed)  # noqa: S311
    compare(some_series(chance, "duckdb", 20), some_protocol(chance), as_known, assume)


def compare(series: TreatmentSeries, protocol: TreatmentProtocol, as_known: Any, assume: bool) -> int:
    """Every cell of every variable, and every verdict, rule by rule; the number of cells."""
    names = list(protocol.document.variables)
    expected = replayed(series, protocol, as_known, assume=assume)
    decisions = decisions_of(series)
    facts = features(series, protocol, decisions, as_known=as_known, assume=assume)
    keys = decisions.frame.select("n", "patient_id", "course", "cycle", "dose")
    found = collect(keys.join(facts, on="n"), "n")
    assert found.height == len(expected)
    columns = [column(name) for name in names for column in (low, high, age)]
    for row in found.to_dicts():
        key = (row["patient_id"], row["course"], row["cycle"], row["dose"])
        wanted = low_high_age(expected[key][0], names)
        got = [row[column] for column in columns]
        differ = [(c, w, g) for c, w, g in zip(columns, wanted, got, strict=True) if w != g]
        assert not differ, (key, differ, protocol.document.variables[differ[0][0].split("__")[0]])
    told = collect(keys.join(verdicts(facts, decisions.frame, protocol, with_rules=True), on="n"), "n")
    for row in told.to_dicts():
        verdict = expected[(row["patient_id"], row["course"], row["cycle"], row["dose"])][1]
        wanted = [verdict.definite.rank, verdict.possible.rank, verdict.operational.rank, len(verdict.lacking)]
        assert [row[name] for name in ("definite", "possible", "operational", "lacking")] == wanted, row
        for place, truth in enumerate(open_or_true(protocol, verdict)):
            assert (row[holds(place)], row[may_hold(place)]) == (truth.definite, truth.possible), (place, row)
    return found.height * (len(columns) + 4 + 2 * len(protocol.rules))


def some_series(chance: random.Random, engine: str, patients: int = PATIENTS) -> TreatmentSeries:
    """Doses on a grid with faults in it, and values around them with every kind of fault."""
    tables: dict[str, list[dict[str, str]]] = {
        name: [] for name in ("patient", "dose", "lab_result", "vital", "intervention", "assessment")
    }
    for number in range(patients):
        _patient(chance, f"P{number:02d}", tables)
    raw = [RawTable(name, name, _frame(rows)) for name, rows in tables.items() if rows]
    return take_in(RawSource("made up", "test", tuple(raw), ""), engine=engine)


def _frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    return pl.DataFrame({"source_row": range(2, len(rows) + 2)} | columns)


def _patient(chance: random.Random, patient: str, tables: dict[str, list[dict[str, str]]]) -> None:
    # Faults alone would leave every verdict open; of half the patients the records are complete.
    if chance.random() < 0.5:
        _tidy_patient(chance, patient, tables)
    else:
        _untidy_patient(chance, patient, tables)


def _tidy_patient(chance: random.Random, patient: str, tables: dict[str, list[dict[str, str]]]) -> None:
    """Everything is measured before each dose of two cycles, at an exact time, and is sometimes known late."""
    row = {"patient_id": patient, "accrual": "2001-03-05", "age": "44", "performance_status": "1", "sex": "female"}
    tables["patient"].append(row)
    clock = START
    for cycle in (1, 2):
        for dose in range(1, chance.randint(3, 7)):
            status = chance.choice(("given", "given", "given", "held", "skipped"))
            keys = {"patient_id": patient, "course": "1", "cycle": str(cycle), "dose": str(dose), "status": status}
            tables["dose"].append(keys | {"planned": f"{clock:%Y-%m-%d %H:%M}"})
            _tidy_values(chance, patient, clock - timedelta(hours=chance.choice((1, 2, 5))), tables)
            clock += timedelta(hours=8)
        clock += timedelta(hours=72)


def _tidy_values(chance: random.Random, patient: str, at: datetime, tables: dict[str, list[dict[str, str]]]) -> None:
    when, told = f"{at:%Y-%m-%d %H:%M}", f"{at + timedelta(hours=chance.choice((0, 0, 1, 9))):%Y-%m-%d %H:%M}"
    for test in ("creatinine", "platelets"):
        tables["lab_result"].append({"patient_id": patient, "test": test, "value": chance.choice(TIDY_NUMBERS),
                                     "value_unit": "mg/dL", "collected": when, "reported": told})  # fmt: skip
    signs = {
        "mental": chance.choice(("clear", "clear", "drowsy", "coma")),
        "weight": chance.choice(("70", "74", "80.4")),
        "reviewed": chance.choice(("yes", "yes", "no")),
    }
    for test, value in signs.items():
        tables["vital"].append({"patient_id": patient, "test": test, "value": value, "value_unit": "kg",
                                "measured_at": when, "recorded": told})  # fmt: skip
    tables["intervention"].append({"patient_id": patient, "intervention": "Vasopressor", "start": when, "end": when,
                                   "rate": chance.choice(("0", "0.5", "1.2")), "rate_unit": "ug/kg/min"})  # fmt: skip


def _untidy_patient(chance: random.Random, patient: str, tables: dict[str, list[dict[str, str]]]) -> None:
    tables["patient"].append({
        "patient_id": patient, "accrual": "2001-03-05", "age": chance.choice(("44", "")),
        "performance_status": chance.choice(("0", "2", "")), "sex": chance.choice(("female", "male", "")),
    })  # fmt: skip
    times = [START]
    clock = START
    for course in range(1, chance.randint(1, 2) + 1):
        for cycle in range(1, chance.randint(1, 2) + 1):
            for dose in range(1, chance.randint(1, 5) + 1):
                tables["dose"].append(_dose(chance, patient, course, cycle, dose, clock))
                times.append(clock)
                clock += timedelta(hours=chance.choice((8, 8, 8, 8, 8, 0, 24)))
            clock += timedelta(hours=chance.choice((48,) * 12 + (0, -9)))
    for _ in range(chance.randint(0, 14)):
        taken = _around(chance, times)
        tables["lab_result"].append({
            "patient_id": patient, "test": chance.choice(("Creatinine", "creatinine", "platelets")),
            "value": chance.choice(NUMBERS), "value_unit": chance.choice(UNITS), "collected": _written(chance, taken),
            "reported": _later(chance, taken),
        })  # fmt: skip
    for _ in range(chance.randint(0, 6)):
        taken = _around(chance, times)
        tables["vital"].append({
            "patient_id": patient, "test": chance.choice(("mental", "weight", "reviewed")),
            "value": chance.choice((*WORDS, "70", "80.4", "71.25", "yes", "no", "1", "0")), "value_unit": "kg",
            "measured_at": _written(chance, taken), "recorded": _later(chance, taken),
        })  # fmt: skip
    for _ in range(chance.choice((0, 0, 1, 2))):
        begins = _around(chance, times)
        ends = begins + timedelta(hours=chance.choice((1, 8, 20)))
        tables["intervention"].append({
            "patient_id": patient, "intervention": "Vasopressor", "rate": chance.choice(("1", "1.2", "", "9")),
            "rate_unit": "ug/kg/min", "start": _written(chance, begins), "end": _written(chance, ends),
        })  # fmt: skip
    if chance.random() < 0.4:
        asked = {"patient_id": patient, "looked_for": "reviewed", "assessed": chance.choice(("yes", "no", ""))}
        tables["assessment"].append(asked | {"assessed_at": _written(chance, _around(chance, times))})


def _dose(chance: random.Random, patient: str, course: int, cycle: int, dose: int, at: datetime) -> dict[str, str]:
    status = chance.choice(("given", "given", "given", "partial", "held", "held", "skipped", "refused", "planned"))
    planned = f"{at:%Y-%m-%d %H:%M}" if chance.random() > 0.05 else ""
    started = f"{at + timedelta(minutes=5):%Y-%m-%d %H:%M}" if status in ("given", "partial") else ""
    row = {"patient_id": patient, "course": str(course), "cycle": str(cycle), "dose": str(dose), "status": status}
    return row | {"planned": planned, "started": started}


def _around(chance: random.Random, times: list[datetime]) -> datetime:
    return chance.choice(times) + timedelta(hours=chance.choice((-30, -8, -2, -1, 0, 0, 1, 4)))


def _written(chance: random.Random, at: datetime) -> str:
    form = chance.choice(("%Y-%m-%d %H:%M",) * 6 + ("%Y-%m-%d", "%Y-%m", ""))
    return at.strftime(form) if form else ""


def _later(chance: random.Random, at: datetime) -> str:
    lag = chance.choice((None, None, 0, 1, 2, 9, 30, -3))
    return "" if lag is None else f"{at + timedelta(hours=lag):%Y-%m-%d %H:%M}"


def some_protocol(chance: random.Random) -> TreatmentProtocol:
    """Variables of every take and window, and rules over them with latches, counts and every action."""
    windows = (
        "{since: ever}", "{since: previous_planned}", "{since: previous_given}", "{since: cycle_start}",
        "{since: course_start}", "{before: cycle_start}", "{before: course_start}",
    )  # fmt: skip

    def looked() -> str:
        limit = chance.choice(("", "", "max_age: 12 h, ", "max_age: 30 h, "))
        take = chance.choice(("last", "last", "previous", "first", "worst", "best"))
        return f"take: {take}, window: {chance.choice(windows)}, {limit}worse: {chance.choice(('up', 'down'))}"

    def assumed(value: str) -> str:
        only = chance.choice(("", "only_if: reviewed, "))
        if chance.random() < 0.5:
            return ""
        return f", missing: {{assume: {value}, {only}because: complete chart, source: s}}"

    creatinine = (
        'type: quantity, text: c, unit: mg/dL, also_accept: {umol/L: {factor: "1/88.4", source: s}},'
        " codes: [creatinine], resolution: 0.1, plausible: [0.1, 30]"
    )
    weight = "type: quantity, text: w, unit: kg, codes: [weight], resolution: 0.1, plausible: [30, 250]"
    rate = "type: quantity, text: p, unit: ug/kg/min, codes: [vasopressor], resolution: 0.1, plausible: [0, 5]"
    word = "type: ordinal, text: m, codes: [mental], levels: [clear, drowsy, coma]"
    chosen = [chance.choice(("hold_dose", "stop_cycle", "stop_course", "never_again", "delay", "give_with_measures"))
              for _ in range(8)]  # fmt: skip
    source = "source: {ref: s, at: t}"
    required = chance.choice(("", ", required_for: [give]"))
    applies = chance.choice(("", ", applies_when: reviewed"))
    resume = chance.choice(("", "resume: \"creatinine < '2.4 mg/dL'\", "))
    other = chance.choice(("", 'resume: "NOT calm", '))
    text = f"""schema: seriatim.protocol/1
id: made-up
version: 1.0.0
title: made up
when_undecided: {chance.choice(("delay", "hold_dose", "stop_cycle"))}
sources: {{s: {{cite: none}}}}
variables:
  creatinine: {{{creatinine}, {looked()}{required}{assumed("1 mg/dL")}}}
  creatinine_2: {{{creatinine}, {looked()}}}
  creatinine_3: {{{creatinine}, {looked()}}}
  platelets: {{type: count, text: n, codes: [platelets], {looked()}{assumed("'2'")}}}
  mental: {{{word}, {looked()}{assumed("clear")}{applies}}}
  reviewed: {{type: boolean, text: r, codes: [reviewed], {looked()}}}
  pressor: {{{rate}, {looked()}{assumed("0 ug/kg/min")}}}
  weight: {{{weight}, {looked()}}}
  baseline: {{{weight}, window: {{before: {chance.choice(("cycle_start", "course_start"))}}}}}
  gain: {{type: quantity, text: g, unit: "%", expr: (weight - baseline) / baseline, round: {{to: 0.1}},
    plausible: [-50, 60], worse: up}}
  held: {{type: count, text: h, history: held_doses}}
  in_a_row: {{type: count, text: h, history: held_in_a_row}}
  so_far: {{type: count, text: h, history: doses_given}}
  in_course: {{type: count, text: h, history: doses_given_in_course}}
  due: {{type: count, text: h, history: planned_dose}}
  which: {{type: count, text: h, history: cycle}}
  age: {{type: quantity, text: a, unit: a, codes: [age], resolution: 1, plausible: [0, 120]}}
  status: {{type: count, text: a, codes: [performance_status], {looked()}}}
  sex: {{type: category, text: a, codes: [sex], levels: [female, male]}}
  calm: {{type: boolean, text: r, codes: [reviewed], take: last}}
before_dose:
  - {{id: a, text: a, when: "creatinine >= '2.5 mg/dL'", then: {chosen[0]}, counts_as: rel, {resume}{source}}}
  - {{id: b, text: b, when: "platelets <= 2 OR mental = 'coma'", then: {chosen[1]}, counts_as: rel, {source}}}
  - {{id: c, text: c, when: "pressor > '1 ug/kg/min' AND NOT reviewed", then: {chosen[2]}, counts_as: rel, {source}}}
  - {{id: d, text: d, when: "gain > '10 %'", then: {chosen[3]}, counts_as: rel, {source}}}
  - {{id: e, text: e, when: "at_least(2, rel)", then: {chosen[4]}, {source}}}
  - {{id: f, text: f, when: "held >= 2 OR in_a_row >= 2", then: {chosen[5]}, {source}}}
  - {{id: g, text: g, when: "creatinine_2 > creatinine_3", then: {chosen[6]}, {other}{source}}}
  - {{id: h, text: h, when: "in_course >= 4 AND calm", then: {chosen[7]}, {source}}}
"""
    return load_protocol(text, "made-up.yaml")
