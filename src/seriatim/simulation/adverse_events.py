"""Which adverse events are on record? The severe toxicities of the doses, deaths, and the common milder ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seriatim.simulation.columns import NOTHING, Flags, Integers, Numbers, Precision
from seriatim.simulation.dosing import Treatment, given, soon_after
from seriatim.simulation.follow_up import FollowUp
from seriatim.simulation.local_time import DAY
from seriatim.simulation.patients import Patients
from seriatim.simulation.scenario import GROUPS, Scenario, Toxicity
from seriatim.simulation.terms import TERMS, background_shares

RELATED, NOT_RELATED, UNKNOWN = range(3)
UNTOUCHED, DOSE_HELD, WITHDRAWN = range(3)
_FATAL_TERMS = ("line sepsis", "myocardial infarction", "hypoxia", "hypotension", "ventricular arrhythmia")
_FATAL_SHARES = (0.4, 0.2, 0.2, 0.1, 0.1)
# Shares of grades 1 to 4 of other events in the first and the last eighth; those between lie between.
_FIRST_SHARES, _LAST_SHARES = (0.42, 0.36, 0.18, 0.04), (0.55, 0.33, 0.10, 0.02)
_BEFORE_TREATMENT = ("fatigue", "anemia", "dyspnea", "anorexia")


@dataclass(frozen=True, slots=True)
class AdverseEvents:
    """One row a record, by patient and onset. `number` is the cycle from 0, negative before treatment."""

    patient: Integers
    number: Integers
    term: Integers
    grade: Integers  # negative: not graded
    onset: Integers
    onset_precision: Integers
    end: Integers
    relatedness: Integers
    action: Integers

    def __len__(self) -> int:
        return len(self.patient)


def record_adverse_events(
    scenario: Scenario,
    patients: Patients,
    treatment: Treatment,
    follow_up: FollowUp,
    *,
    not_assessed: Mapping[str, Flags],
    events_per_patient: float,
    generator: Generator,
) -> AdverseEvents:
    """Record about so many events a patient; what was not assessed in a patient is not on that patient's record."""
    severe = [_of_toxicity(place, toxicity, treatment, generator) for place, toxicity in enumerate(scenario.toxicities)]
    certain = [*severe, _fatal(treatment, follow_up, generator), _before_treatment(patients, generator)]
    wanted = events_per_patient * len(patients) - sum(len(events) for events in certain)
    others = _background(scenario, patients, treatment, max(wanted, 0) / len(patients), generator)
    events = _joined([*certain, others])
    kept = np.flatnonzero(_looked_for(scenario, events, not_assessed))
    order = np.lexsort((events.onset[kept], events.patient[kept]))
    return _with_flaws(scenario, _at(events, kept[order]), follow_up, generator)


def _of_toxicity(place: int, toxicity: Toxicity, treatment: Treatment, generator: Generator) -> AdverseEvents:
    """The records of one severe toxicity, on treatment and related to it."""
    severe = treatment.severe
    mine = severe.toxicity == place if toxicity.terms else np.zeros(len(severe.toxicity), dtype=np.bool_)
    rows, dose_rows = int(mine.sum()), severe.dose_row[mine]
    terms = np.array([TERMS.index(term) for term in toxicity.terms] or [0])
    return _records(
        generator,
        patient=treatment.doses.patient[dose_rows],
        number=treatment.doses.number[dose_rows],
        term=terms[generator.choice(len(terms), rows, p=toxicity.term_shares or (1.0,))],
        grade=generator.choice(toxicity.grades or (0,), rows, p=toxicity.grade_shares or (1.0,)),
        onset=severe.onset[mine],
        relatedness=np.full(rows, RELATED),
        action=np.select([severe.stopped[mine], severe.held[mine]], [WITHDRAWN, DOSE_HELD], UNTOUCHED),
    )


def _fatal(treatment: Treatment, follow_up: FollowUp, generator: Generator) -> AdverseEvents:
    """The grade 5 event of each treatment-related death, after the last dose given and before death."""
    patient = np.flatnonzero(follow_up.died_of_treatment)
    dose_rows, rows = _last_dose_given(treatment)[patient], len(patient)
    terms = np.array([TERMS.index(term) for term in _FATAL_TERMS])
    return _records(
        generator,
        patient=patient,
        number=treatment.doses.number[dose_rows],
        term=terms[generator.choice(len(terms), rows, p=_FATAL_SHARES)],
        grade=np.full(rows, 5),
        onset=treatment.doses.started[dose_rows] + soon_after(rows, generator),
        relatedness=np.full(rows, RELATED),
        action=np.full(rows, WITHDRAWN),
    )


def _before_treatment(patients: Patients, generator: Generator) -> AdverseEvents:
    """Complaints that a few patients brought with them: on record, but not emergent on treatment."""
    patient = np.flatnonzero(generator.random(len(patients)) < 0.03)
    rows = len(patient)
    terms = np.array([TERMS.index(term) for term in _BEFORE_TREATMENT])
    return _records(
        generator,
        patient=patient,
        number=np.full(rows, NOTHING),
        term=terms[generator.integers(0, len(terms), rows)],
        grade=np.ones(rows, dtype=np.int64),
        onset=patients.first_dose[patient] - generator.integers(2 * DAY, 21 * DAY, rows),
        relatedness=np.full(rows, NOT_RELATED),
        action=np.full(rows, UNTOUCHED),
    )


def _background(
    scenario: Scenario, patients: Patients, treatment: Treatment, mean: float, generator: Generator
) -> AdverseEvents:
    """Other events after any dose given: Zipf's law over the terms, milder in later patients."""
    patient = np.repeat(np.arange(len(patients)), generator.poisson(mean, len(patients)))
    rows = len(patient)
    dose_rows = _any_dose_given(treatment, patient, len(patients), generator)
    term = _by_shares(background_shares(), rows, generator)
    grade = _milder_grades(scenario, term, _grades(patients.group[patient], generator), generator)
    return _records(
        generator,
        patient=patient,
        number=treatment.doses.number[dose_rows],
        term=term,
        grade=grade,
        onset=treatment.doses.started[dose_rows] + soon_after(rows, generator),
        relatedness=generator.choice((RELATED, NOT_RELATED, UNKNOWN), rows, p=(0.87, 0.09, 0.04)),
        action=np.full(rows, UNTOUCHED),
    )


def _grades(group: Integers, generator: Generator) -> Integers:
    along = np.linspace(0, 1, GROUPS)[:, np.newaxis]
    limits = np.cumsum((1 - along) * np.array(_FIRST_SHARES) + along * np.array(_LAST_SHARES), axis=1)
    grades: Integers = 1 + (generator.random(len(group)) >= limits[:, :-1].T[:, group]).sum(axis=0)
    return grades


def _milder_grades(scenario: Scenario, term: Integers, grade: Integers, generator: Generator) -> Integers:
    """Terms of the severe toxicities are recorded here below the grades that only their hazards may give."""
    for toxicity in scenario.toxicities:
        if toxicity.terms:
            mine = np.isin(term, [TERMS.index(word) for word in toxicity.terms])
            grade = np.where(mine, generator.choice(toxicity.milder, len(grade)), grade)
    return grade


def _records(
    generator: Generator,
    *,
    patient: Integers,
    number: Integers,
    term: Integers,
    grade: Integers,
    onset: Integers,
    relatedness: Integers,
    action: Integers,
) -> AdverseEvents:
    """Records as they are made at the bedside: dated to the minute, lasting a day or two."""
    return AdverseEvents(
        patient=patient,
        number=number,
        term=term,
        grade=grade,
        onset=onset,
        onset_precision=np.full(len(patient), int(Precision.MINUTE)),
        end=onset + 60 + generator.exponential(36 * 60, len(patient)).astype(np.int64),
        relatedness=relatedness,
        action=action,
    )


def _looked_for(scenario: Scenario, events: AdverseEvents, not_assessed: Mapping[str, Flags]) -> Flags:
    kept = np.ones(len(events), dtype=np.bool_)
    for name, patients in not_assessed.items():
        terms = [TERMS.index(term) for term in scenario.toxicity(name).terms]
        kept &= ~(np.isin(events.term, terms) & patients[events.patient])
    return kept


def _with_flaws(scenario: Scenario, events: AdverseEvents, follow_up: FollowUp, generator: Generator) -> AdverseEvents:
    """Some records have no grade, some no exact onset, some no end; nothing outlasts its patient."""
    rows, flaws = len(events), scenario.flaws
    ungraded = (generator.random(rows) < flaws.ungraded) & (events.grade != 5)
    draw = generator.random(rows)
    by_month, by_day = draw < flaws.month_only, draw < flaws.month_only + flaws.day_only
    precision = np.select([by_month, by_day], [Precision.MONTH, Precision.DAY], Precision.MINUTE).astype(np.int64)
    known_alive = follow_up.last_contact[events.patient]
    end = np.where(generator.random(rows) < 0.03, NOTHING, np.minimum(events.end, known_alive))
    return AdverseEvents(
        patient=events.patient,
        number=events.number,
        term=events.term,
        grade=np.where(ungraded, NOTHING, events.grade),
        onset=events.onset,
        onset_precision=precision,
        end=end,
        relatedness=events.relatedness,
        action=events.action,
    )


def _last_dose_given(treatment: Treatment) -> Integers:
    """The row of the last dose given to each patient."""
    rows: Integers = np.flatnonzero(given(treatment.doses))
    patient = treatment.doses.patient[rows]
    last: Integers = rows[np.append(np.diff(patient) != 0, [True])]
    return last


def _any_dose_given(treatment: Treatment, patient: Integers, patients: int, generator: Generator) -> Integers:
    """A row of one dose given to each of these patients, each dose as likely."""
    rows = np.flatnonzero(given(treatment.doses))
    doses = np.bincount(treatment.doses.patient[rows], minlength=patients)
    starts = np.cumsum(doses) - doses
    any_of_them: Integers = rows[starts[patient] + (generator.random(len(patient)) * doses[patient]).astype(np.int64)]
    return any_of_them


def _by_shares(shares: Numbers, rows: int, generator: Generator) -> Integers:
    place: Integers = np.searchsorted(np.cumsum(shares)[:-1], generator.random(rows), side="right")
    return place


def _joined(parts: list[AdverseEvents]) -> AdverseEvents:
    return AdverseEvents(*(np.concatenate([getattr(p, f) for p in parts]) for f in AdverseEvents.__slots__))


def _at(events: AdverseEvents, rows: Integers) -> AdverseEvents:
    return AdverseEvents(*(getattr(events, field)[rows] for field in AdverseEvents.__slots__))
