"""Which tables of a series do the drawn cases make? One function a table, columns as declared in the schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seriatim.simulation.assessments import looked_for, was_assessed
from seriatim.simulation.columns import (
    NOTHING,
    Identifiers,
    Integers,
    Measured,
    Moment,
    Precision,
    SimulatedTable,
    Whole,
    Words,
    same_words,
    yes_or_no,
)
from seriatim.simulation.daily_values import Mornings, lab_values, weights
from seriatim.simulation.dosing import STATUS, STOP_REASONS, dose_reasons, given
from seriatim.simulation.draw import Cases
from seriatim.simulation.follow_up import CR, NE, PR, RESPONSES
from seriatim.simulation.interventions import INTERVENTIONS, REASONS
from seriatim.simulation.local_time import DAY, day_number
from seriatim.simulation.patients import PRIOR_THERAPIES
from seriatim.simulation.scenario import LabTest, Scenario
from seriatim.simulation.screening import CRITERIA, Screening, screen_candidates
from seriatim.simulation.terms import SYSTEM_ORGAN_CLASS, TERMS

SCALE = "branch table (simulated)"
_CRITERIA_SET = "bidimensional (simulated)"


@dataclass(frozen=True, slots=True)
class Part:
    """A table, or the part of it that these cases and this test make."""

    name: str
    table: SimulatedTable


def series_tables(cases: Cases, generator: Generator) -> Iterator[Part]:
    """Every table of the cases, in the order of the schema; laboratory values one test after another."""
    yield Part("patient", _patient(cases))
    screening = screen_candidates(cases.scenario, cases.patients, generator)
    yield Part("screening", _screening(cases, screening, treated=True))
    yield Part("screening", _screening(cases, screening, treated=False))
    yield Part("course", _course(cases))
    yield Part("cycle", _cycle(cases))
    yield Part("dose", _dose(cases))
    yield Part("adverse_event", _adverse_event(cases))
    for test in cases.scenario.labs:
        yield Part("lab_result", _lab_result(cases, test, generator))
    yield Part("vital", _vital(cases, generator))
    yield Part("intervention", _intervention(cases))
    yield Part("assessment", _assessment(cases))
    yield Part("response", _response(cases))
    yield Part("follow_up", _follow_up(cases))


def practice_changes(scenario: Scenario) -> SimulatedTable:
    """The dated changes of practice of a scenario: of the whole series, not of some cases."""
    changes = scenario.changes
    rows = np.arange(len(changes))
    minutes = np.array([day_number(change.changed) * DAY + 17 * 60 for change in changes], dtype=np.int64)
    return {
        "changed": Moment(minutes, Precision.DAY),
        "domain": Words(tuple(change.domain for change in changes), rows),
        "description": Words(tuple(change.description for change in changes), rows),
    }


def _patient(cases: Cases) -> SimulatedTable:
    scenario, patients = cases.scenario, cases.patients
    return {
        "patient_id": _ids(cases, np.arange(len(patients))),
        "accrual": Moment(patients.first_dose, Precision.DAY),
        "case_number": Whole(patients.case_number),
        "sex": Words(("male", "female"), np.where(patients.male, 0, 1)),
        "age": Whole(patients.age),
        "diagnosis": Words(tuple(disease.name for disease in scenario.diseases), patients.disease),
        "performance_status": Whole(patients.performance_status),
        "prior_therapy": Words(PRIOR_THERAPIES, patients.prior_therapy),
        "concomitant_therapy": Words(tuple(scenario.concomitant), patients.concomitant),
    }


def _screening(cases: Cases, screening: Screening, *, treated: bool) -> SimulatedTable:
    """Treated candidates keep their number as patients; the others have numbers of their own, as S0001."""
    rows = np.flatnonzero(screening.treated == treated)
    criterion, met = screening.criterion[rows], screening.met[rows]
    ids = Identifiers(screening.candidate[rows], _width(cases), "" if treated else "S")
    return {
        "candidate_id": ids,
        "screened": Moment(screening.screened[rows], Precision.DAY),
        "criterion": Words(CRITERIA, criterion),
        "met": yes_or_no(met),
        "treated": yes_or_no(screening.treated[rows]),
        "reason": Words(tuple(f"not met: {words}" for words in CRITERIA), np.where(met, NOTHING, criterion)),
    }


def _course(cases: Cases) -> SimulatedTable:
    cycles = cases.treatment.cycles
    key = cycles.patient * 8 + cycles.number // 2
    first = np.append([True], np.diff(key) != 0)
    last = np.append(np.diff(key) != 0, [True])
    return {
        "patient_id": _ids(cases, cycles.patient[first]),
        "course": Whole(_course_of(cycles.number[first])),
        "protocol": same_words("high-dose bolus interleukin-2 (simulated)", int(first.sum())),
        "start": Moment(cycles.start[first], Precision.MINUTE),
        "end": Moment(cycles.end[last], Precision.MINUTE),
    }


def _cycle(cases: Cases) -> SimulatedTable:
    cycles = cases.treatment.cycles
    return {
        "patient_id": _ids(cases, cycles.patient),
        "course": Whole(_course_of(cycles.number)),
        "cycle": Whole(_cycle_of(cycles.number)),
        "start": Moment(cycles.start, Precision.MINUTE),
        "end": Moment(cycles.end, Precision.MINUTE),
        "baseline_weight": Measured(cases.patients.weight[cycles.patient], 1, "kg"),
        "stop_reason": Words(STOP_REASONS, cycles.stop_reason),
    }


def _dose(cases: Cases) -> SimulatedTable:
    doses, per_kg = cases.treatment.doses, cases.scenario.dosing.iu_per_kg
    is_given = given(doses)
    in_full = np.where(doses.status == STATUS.index("partial"), per_kg // 2, per_kg)
    # Tenths of a kilogram times IU per kg, in hundredths of a million IU.
    amount = cases.patients.weight[doses.patient] * in_full // 100_000
    return {
        "patient_id": _ids(cases, doses.patient),
        "course": Whole(_course_of(doses.number)),
        "cycle": Whole(_cycle_of(doses.number)),
        "dose": Whole(doses.dose),
        "status": Words(STATUS, doses.status),
        "planned": Moment(doses.started, Precision.MINUTE),
        "started": Moment(np.where(is_given, doses.started, NOTHING), Precision.MINUTE),
        "amount": Measured(np.where(is_given, amount, NOTHING), 2, "MIU"),
        "amount_per_kg": Measured(np.where(is_given, in_full, NOTHING), 0, "IU/kg"),
        "reason": Words(dose_reasons(cases.scenario), doses.reason),
    }


def _adverse_event(cases: Cases) -> SimulatedTable:
    events = cases.adverse_events
    classes = tuple(SYSTEM_ORGAN_CLASS[term] for term in TERMS)
    return {
        "patient_id": _ids(cases, events.patient),
        "course": Whole(_course_of(events.number)),
        "cycle": Whole(_cycle_of(events.number)),
        "term": Words(TERMS, events.term),
        "system_organ_class": Words(classes, events.term),
        "grade": Whole(events.grade),
        "scale": same_words(SCALE, len(events)),
        "onset": Moment(events.onset, events.onset_precision),
        "end": Moment(events.end, Precision.MINUTE),
        "relatedness": Words(("related", "not_related", "unknown"), events.relatedness),
        "serious": yes_or_no(events.grade >= 4),
        "action_on_dosing": Words(("none", "held", "withdrawn"), events.action),
        "treatment_emergent": yes_or_no(events.number >= 0),
    }


def _lab_result(cases: Cases, test: LabTest, generator: Generator) -> SimulatedTable:
    taken = cases.taken
    values = lab_values(test, cases.patients, taken, generator)
    return {
        "patient_id": _ids(cases, taken.patient),
        "test": same_words(test.name, len(taken)),
        "value": Measured(values, test.decimals, test.unit),
        "lower_limit": Measured(np.full(len(taken), test.lower_limit), test.decimals, test.unit),
        "upper_limit": Measured(np.full(len(taken), test.upper_limit), test.decimals, test.unit),
        "collected": Moment(taken.at, Precision.MINUTE),
        "reported": Moment(taken.at + _on_the_way(taken, 40, 81), Precision.MINUTE),
    }


def _vital(cases: Cases, generator: Generator) -> SimulatedTable:
    taken = cases.taken
    return {
        "patient_id": _ids(cases, taken.patient),
        "test": same_words("weight", len(taken)),
        "value": Measured(weights(cases.scenario, cases.patients, taken, generator), 1, "kg"),
        "measured_at": Moment(taken.at, Precision.MINUTE),
        "recorded": Moment(taken.at + _on_the_way(taken, 1, 15), Precision.MINUTE),
    }


def _on_the_way(taken: Mornings, least: int, spread: int) -> Integers:
    """Minutes until a value was known: from the time itself, so that no drawn number of a series changes by it."""
    return least + (taken.at // 7 + taken.patient * 31) % spread


def _intervention(cases: Cases) -> SimulatedTable:
    done = cases.interventions
    return {
        "patient_id": _ids(cases, done.patient),
        "course": Whole(_course_of(done.number)),
        "cycle": Whole(_cycle_of(done.number)),
        "intervention": Words(INTERVENTIONS, done.intervention),
        "reason": Words(REASONS, done.reason),
        "start": Moment(done.start, Precision.MINUTE),
        "end": Moment(done.end, Precision.MINUTE),
        "rate": Measured(done.rate, 2, "ug/kg/min"),
    }


def _assessment(cases: Cases) -> SimulatedTable:
    patients, things = cases.patients, looked_for(cases.scenario)
    assessed = was_assessed(cases.scenario, patients, cases.unassessed)
    patient = np.repeat(np.arange(len(patients)), len(things))
    day = np.where(assessed.ravel(), patients.first_dose[patient] + DAY // 2, NOTHING)
    return {
        "patient_id": _ids(cases, patient),
        "looked_for": Words(things, np.tile(np.arange(len(things)), len(patients))),
        "assessed": yes_or_no(assessed.ravel()),
        "assessed_at": Moment(day, Precision.DAY),
    }


def _response(cases: Cases) -> SimulatedTable:
    follow_up = cases.follow_up
    evaluated, responded = follow_up.response != NE, np.isin(follow_up.response, (CR, PR))
    return {
        "patient_id": _ids(cases, np.arange(len(evaluated))),
        "criteria": same_words(_CRITERIA_SET, len(evaluated)),
        "best_response": Words(RESPONSES, follow_up.response),
        "confirmed": Words(("yes",), np.where(responded, 0, NOTHING)),
        "response_start": Moment(follow_up.response_start, Precision.DAY),
        "progression": Moment(follow_up.progression, Precision.DAY),
        "last_assessed": Moment(np.where(evaluated, follow_up.last_assessed, NOTHING), Precision.DAY),
    }


def _follow_up(cases: Cases) -> SimulatedTable:
    follow_up = cases.follow_up
    died = follow_up.death >= 0
    cause = np.where(follow_up.died_of_treatment, 0, np.where(died, 1, NOTHING))
    return {
        "patient_id": _ids(cases, np.arange(len(died))),
        "last_contact": Moment(follow_up.last_contact, Precision.DAY),
        "died": yes_or_no(died),
        "death": Moment(follow_up.death, Precision.DAY),
        "cause": Words(("toxicity of treatment", "progression of disease"), cause),
        "relatedness": Words(("related", "not_related"), cause),
    }


def _ids(cases: Cases, rows: Integers) -> Identifiers:
    return Identifiers(cases.patients.case_number[rows], _width(cases))


def _width(cases: Cases) -> int:
    return max(4, len(str(cases.of_patients)))


def _course_of(number: Integers) -> Integers:
    return np.where(number >= 0, number // 2 + 1, NOTHING)


def _cycle_of(number: Integers) -> Integers:
    return np.where(number >= 0, number % 2 + 1, NOTHING)
