"""Which planned doses are given, what follows each, and why does the cycle end? One dose after another, patients abreast."""  # noqa: E501

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from seriatim.simulation.columns import Flags, Integers, Numbers
from seriatim.simulation.local_time import DAY, clock_to_utc, day_number, local_day
from seriatim.simulation.patients import Patients, at_group
from seriatim.simulation.scenario import Scenario

NOT_REACHED, GIVEN, PARTIAL, HELD, SKIPPED, REFUSED = range(-1, 5)
STATUS = ("given", "partial", "held", "skipped", "refused")
COMPLETED, TOXICITY, PROGRESSION, PATIENT_CHOICE, OTHER, DEATH = range(6)
STOP_REASONS = ("completed", "toxicity", "progression", "patient_choice", "other", "death")
_OTHER_STOPS = (TOXICITY, PATIENT_CHOICE, PROGRESSION, OTHER)
_OTHER_STOP_SHARES = (0.88, 0.04, 0.02, 0.06)
_HOLD_REASONS = (
    "creatinine 2.5 mg/dL or more",
    "urine output under 160 mL in 8 h",
    "sinus tachycardia",
    "shortness of breath at rest",
    "vivid dreams or anxiety",
)
_START_HOURS = (8, 10, 12, 16, 20)
_CYCLES_A_COURSE = 2
_SLOTS = 16  # one more than the most doses of a cycle ever: room in a sort key


@dataclass(frozen=True, slots=True)
class Cycles:
    """One row a cycle, by patient and time. `patient` is a row of `Patients`; minutes are UTC since 1970."""

    patient: Integers
    number: Integers  # from 0 over all courses
    start: Integers
    end: Integers
    stop_reason: Integers


@dataclass(frozen=True, slots=True)
class Doses:
    """One row a planned dose, by patient, cycle and dose; `reason` is a place in `dose_reasons`, -1 for none."""

    patient: Integers
    number: Integers  # of the cycle, from 0 over all courses
    dose: Integers
    status: Integers
    reason: Integers
    started: Integers


@dataclass(frozen=True, slots=True)
class SevereEvents:
    """One row a severe toxicity (or intubation): the dose row it followed, and what was done to the dosing."""

    dose_row: Integers
    toxicity: Integers
    stopped: Flags
    held: Flags
    onset: Integers


@dataclass(frozen=True, slots=True)
class Treatment:
    """All that was given to these patients, and the severe toxicities that followed."""

    cycles: Cycles
    doses: Doses
    severe: SevereEvents


@dataclass(slots=True)
class _Cycle:
    """One cycle of many patients abreast, while it runs."""

    status: Integers  # patient x slot
    reason: Integers
    severe: Flags  # patient x slot x toxicity
    stops: Flags  # the severe toxicity that ended the cycle
    running: Flags
    stop_reason: Integers


def give_treatment(scenario: Scenario, patients: Patients, generator: Generator) -> Treatment:
    """Give cycle after cycle to those who may have another, and keep every planned dose."""
    active = np.arange(len(patients))
    start = patients.first_dose
    parts: list[Treatment] = []
    for number in range(scenario.dosing.most_courses * _CYCLES_A_COURSE):
        cycle = _give_cycle(scenario, patients, active, generator)
        parts.append(_record(scenario, cycle, active, start, number=number, generator=generator))
        goes_on, next_start = _next_cycle(
            scenario, patients, active, cycle, end=parts[-1].cycles.end, number=number, generator=generator
        )
        active, start = active[goes_on], next_start[goes_on]
    return _deaths_end_cycles(patients, _in_order(parts))


def dose_reasons(scenario: Scenario) -> tuple[str, ...]:
    """Why a dose was not given, in the words of the ward."""
    toxicities = tuple(toxicity.name for toxicity in scenario.toxicities)
    return (*toxicities, *_HOLD_REASONS, "line or pump not available", "patient refused", "cycle stopped")


def given(doses: Doses) -> Flags:
    """Which planned doses were given, in full or in part."""
    return doses.status <= PARTIAL


def soon_after(rows: int, generator: Generator) -> Integers:
    """Minutes from the start of a dose to what follows it: before the next planned dose, 8 h later.

    >>> minutes = soon_after(1000, np.random.default_rng(1))
    >>> bool(minutes.min() >= 30), bool(minutes.max() < 480)
    (True, True)
    """
    return generator.integers(30, 470, rows)


def _give_cycle(scenario: Scenario, patients: Patients, active: Integers, generator: Generator) -> _Cycle:
    group = patients.group[active]
    slots = max(scenario.dosing.most_doses) + 1
    shape = (len(active), slots)
    cycle = _Cycle(
        status=np.full(shape, NOT_REACHED),
        reason=np.full(shape, -1),
        severe=np.zeros((*shape, len(scenario.toxicities)), dtype=np.bool_),
        stops=np.zeros((*shape, len(scenario.toxicities)), dtype=np.bool_),
        running=np.ones(len(active), dtype=np.bool_),
        stop_reason=np.full(len(active), COMPLETED),
    )
    log_odds = _log_odds(scenario, patients, active)
    most_doses = at_group(scenario.dosing.most_doses, group)
    for slot in range(slots):
        cycle.running &= slot < most_doses
        is_given = _plan_dose(scenario, cycle, slot, group, generator)
        _follow_dose(scenario, cycle, slot, is_given, group=group, log_odds=log_odds, generator=generator)
    return cycle


def _log_odds(scenario: Scenario, patients: Patients, active: Integers) -> Numbers:
    """The log odds of each toxicity after the first dose, patient by toxicity."""
    group = patients.group[active]
    by_group = np.array([toxicity.log_odds for toxicity in scenario.toxicities])
    factors = scenario.risk_factors
    own = factors["performance_status"] * (patients.performance_status[active] >= 1)
    own = own + factors["age"] * (patients.age[active] >= 60)
    log_odds: Numbers = by_group[:, group].T + own[:, np.newaxis]
    return log_odds


def _plan_dose(scenario: Scenario, cycle: _Cycle, slot: int, group: Integers, generator: Generator) -> Flags:
    """Decide on one planned dose: the first of a cycle is always given, or there would be no cycle."""
    dosing, rows = scenario.dosing, len(group)
    toxicities = len(scenario.toxicities)
    recent = cycle.severe[:, slot - 1] if slot else np.zeros((rows, toxicities), dtype=np.bool_)
    after_toxicity = recent.any(axis=1) & (generator.random(rows) < dosing.hold_after_toxicity)
    draw = generator.random(rows)
    held = draw < at_group(dosing.hold, group)
    skipped = ~held & (draw > 1 - dosing.skip)
    refused = ~held & ~skipped & (draw > 1 - dosing.skip - dosing.refuse)
    partial = generator.random(rows) < dosing.partial
    other_hold = toxicities + generator.integers(0, len(_HOLD_REASONS), rows)
    kinds = [after_toxicity, held, skipped, refused, partial]
    if slot == 0:
        kinds = [np.zeros_like(kind) for kind in kinds[:-1]] + [partial]
    status = np.select(kinds, [HELD, HELD, SKIPPED, REFUSED, PARTIAL], GIVEN)
    last = toxicities + len(_HOLD_REASONS)
    reason = np.select(kinds, [recent.argmax(axis=1), other_hold, last, last + 1, -1], -1)
    cycle.status[:, slot] = np.where(cycle.running, status, cycle.status[:, slot])
    cycle.reason[:, slot] = np.where(cycle.running, reason, cycle.reason[:, slot])
    is_given: Flags = cycle.running & (status <= PARTIAL)
    return is_given


def _follow_dose(
    scenario: Scenario,
    cycle: _Cycle,
    slot: int,
    is_given: Flags,
    *,
    group: Integers,
    log_odds: Numbers,
    generator: Generator,
) -> None:
    """Let toxicity follow one given dose, and end the cycle for it, for other reasons, or not."""
    dosing, shape = scenario.dosing, log_odds.shape
    severe = is_given[:, np.newaxis] & (generator.random(shape) < _chance(log_odds + scenario.dose_slope * slot))
    stop_chance = np.array([toxicity.stops_cycle for toxicity in scenario.toxicities])[:, group].T
    stops = severe & (generator.random(shape) < stop_chance)
    cycle.severe[:, slot], cycle.stops[:, slot] = severe, stops
    for_toxicity = stops.any(axis=1)
    other_chance = _chance(at_group(dosing.stop_log_odds, group) + dosing.stop_slope * slot)
    for_other = is_given & ~for_toxicity & (generator.random(len(group)) < other_chance)
    why = generator.choice(_OTHER_STOPS, len(group), p=_OTHER_STOP_SHARES)
    ended = for_toxicity | for_other
    cycle.stop_reason = np.where(for_toxicity, TOXICITY, np.where(for_other, why, cycle.stop_reason))
    # The decision to stop is charted at the next planned dose, where there would have been one.
    charted = ended & (slot + 1 < at_group(dosing.most_doses, group))
    if slot + 1 < cycle.status.shape[1]:
        cycle.status[charted, slot + 1] = SKIPPED
        cycle.reason[charted, slot + 1] = len(dose_reasons(scenario)) - 1
    cycle.running = cycle.running & ~ended


def _chance(log_odds: Numbers) -> Numbers:
    chance: Numbers = 1 / (1 + np.exp(-log_odds))
    return chance


def _record(
    scenario: Scenario, cycle: _Cycle, active: Integers, start: Integers, *, number: int, generator: Generator
) -> Treatment:
    """The cycle as rows: planned doses that were reached, severe toxicities, one row for the cycle."""
    row, slot = np.nonzero(cycle.status != NOT_REACHED)
    status = cycle.status[row, slot]
    started = start[row] + slot * scenario.dosing.interval_minutes
    last_slot = cycle.status.shape[1] - 1 - (np.isin(cycle.status, (GIVEN, PARTIAL)))[:, ::-1].argmax(axis=1)
    doses = Doses(active[row], np.full(len(row), number), slot + 1, status, cycle.reason[row, slot], started)
    ill, ill_slot, toxicity = np.nonzero(cycle.severe)
    place = np.full(cycle.status.shape, -1)
    place[row, slot] = np.arange(len(row))
    held = cycle.status[ill, np.minimum(ill_slot + 1, cycle.status.shape[1] - 1)] == HELD
    dose_row = place[ill, ill_slot]
    onset = started[dose_row] + soon_after(len(ill), generator)
    severe = SevereEvents(dose_row, toxicity, cycle.stops[ill, ill_slot, toxicity], held, onset)
    end = start + last_slot * scenario.dosing.interval_minutes
    cycles = Cycles(active, np.full(len(active), number), start, end, cycle.stop_reason)
    return Treatment(cycles, doses, severe)


def _next_cycle(
    scenario: Scenario,
    patients: Patients,
    active: Integers,
    cycle: _Cycle,
    *,
    end: Integers,
    number: int,
    generator: Generator,
) -> tuple[Flags, Integers]:
    """Who goes on, and when: 7 to 10 days later in the same course, some 6 to 9 weeks later in the next."""
    same_course = (number + 1) % _CYCLES_A_COURSE != 0
    rows = len(active)
    days = local_day(end, scenario.zone) + generator.integers(*((8, 10) if same_course else (42, 64)), rows)
    start = clock_to_utc(days, generator.choice(_START_HOURS, rows) * 60, scenario.zone)
    goes_on = generator.random(rows) < (scenario.dosing.second_cycle if same_course else scenario.dosing.next_course)
    goes_on &= ~_treatment_over(scenario, cycle, generator)
    if not same_course:
        # Another course only where the tumour shrank or stood still, and only if it can be seen to its end.
        goes_on &= patients.response[active] <= 2
    goes_on &= start < (day_number(scenario.data_cut) - 45) * DAY
    return goes_on, start


def _treatment_over(scenario: Scenario, cycle: _Cycle, generator: Generator) -> Flags:
    chances = np.array([toxicity.ends_treatment for toxicity in scenario.toxicities])
    had = cycle.severe.any(axis=1)
    by_toxicity = (had & (generator.random(had.shape) < chances)).any(axis=1)
    over: Flags = by_toxicity | np.isin(cycle.stop_reason, (PATIENT_CHOICE, PROGRESSION))
    return over


def _in_order(parts: list[Treatment]) -> Treatment:
    """The cycles of all patients by patient, cycle and dose."""
    offsets = np.cumsum([0] + [len(part.doses.patient) for part in parts])
    doses = Doses(*(np.concatenate([getattr(p.doses, f) for p in parts]) for f in Doses.__slots__))
    cycles = Cycles(*(np.concatenate([getattr(p.cycles, f) for p in parts]) for f in Cycles.__slots__))
    dose_order = np.argsort((doses.patient * 8 + doses.number) * _SLOTS + doses.dose, kind="stable")
    new_place = np.empty_like(dose_order)
    new_place[dose_order] = np.arange(len(dose_order))
    old_rows = np.concatenate([p.severe.dose_row + offset for p, offset in zip(parts, offsets[:-1], strict=True)])
    dose_row = new_place[old_rows]
    by_dose = np.argsort(dose_row, kind="stable")
    rest = [np.concatenate([getattr(p.severe, f) for p in parts])[by_dose] for f in SevereEvents.__slots__[1:]]
    cycle_order = np.argsort(cycles.patient * 8 + cycles.number, kind="stable")
    return Treatment(
        Cycles(*(getattr(cycles, f)[cycle_order] for f in Cycles.__slots__)),
        Doses(*(getattr(doses, f)[dose_order] for f in Doses.__slots__)),
        SevereEvents(dose_row[by_dose], *rest),
    )


def _deaths_end_cycles(patients: Patients, treatment: Treatment) -> Treatment:
    """Those who die of treatment die in their last cycle."""
    cycles = treatment.cycles
    is_last = np.append(cycles.patient[1:] != cycles.patient[:-1], True)
    dies = is_last & patients.dies_of_treatment[cycles.patient]
    reason = np.where(dies, DEATH, cycles.stop_reason)
    ended = Cycles(cycles.patient, cycles.number, cycles.start, cycles.end, reason)
    return Treatment(ended, treatment.doses, treatment.severe)
