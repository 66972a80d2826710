"""What would a second protocol have said where the first was in force, and what is at stake between them?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field

from seriatim.analyses._decisions import ACTIONS, EVENTS, STATUSES
from seriatim.analyses._keys import GROUP
from seriatim.documents import Document
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, number_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts, numbers, select

BEFORE, FIRST, LATER = "before they part", "where they part", "after they parted"
UNTIL = Key("until", Role.PARTITION, (BEFORE, FIRST, LATER))
GIVES, WITHHOLDS, MIGHT = "would give", "would withhold", "might withhold"
WOULD = (GIVES, WITHHOLDS, MIGHT)
PARTING = Key("parting", Role.PARTITION, ("never", "the second is stricter", "the second is milder"))
RESPONSES = ("CR or PR", "no response", "response not known")
STATES = (
    "decisive", "holds, not decisive", "blocked by missing data", "open, would change nothing", "does not hold",
)  # fmt: skip
UPPER_BOUND = "the most that could have been avoided; counted up to the first decision at which the protocols part"


class SweepOptions(Document):
    """A threshold of the first protocol as it is written, and what to put in its place."""

    variable: str
    threshold: str
    to: tuple[str, ...] = Field(min_length=1)


class Options(Document):
    """`protocol` and `against`: files or names of the library; the rest as for the analysis `adherence`."""

    protocol: str
    against: str
    hours: int = Field(default=24, ge=1)
    as_known: Literal["at_decision", "final"] = "at_decision"
    unverified: bool = False
    sweep: SweepOptions | None = None


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """Both verdicts, what is at stake, where the protocols part, and how often each rule held."""
    asked: dict[str, Any] = options.model_dump(exclude={"sweep"})
    verdicts = tuple(
        Key(f"{side}_{end}", Role.PARTITION, ACTIONS)
        for side in ("a", "b")
        for end in ("definite", "possible", "operational")
    )
    would = tuple(Key(f"{side}_would", Role.PARTITION, WOULD) for side in ("a", "b"))
    status, event = Key("status", Role.PARTITION, STATUSES), Key("event", Role.PARTITION, EVENTS)
    response = Key("response", Role.PARTITION, RESPONSES)
    pair = f"{options.protocol} and {options.against}"
    specs = [
        TallySpec("replayed", "decision_verdict", Unit.DOSE, (GROUP, *verdicts, UNTIL),
                  f"planned doses by the verdicts of {pair}", None, asked),
        TallySpec("at_stake", "decision_verdict", Unit.DOSE, (GROUP, *would, status, event, response, UNTIL),
                  f"planned doses by what {pair} would do, what was done, and events within {options.hours} h",
                  None, asked),
        TallySpec("partings", "protocol_parting", Unit.PATIENT, (GROUP, PARTING, Key("at_dose", Role.ORDER)),
                  f"patients by the first planned dose at which {pair} say different things", None, asked),
        TallySpec("rules", "protocol_rule", Unit.DOSE,
                  (GROUP, Key("rule", Role.VIEW), Key("state", Role.PARTITION, STATES)),
                  f"planned doses by whether each rule of {pair} held or decided", None, asked),
        TallySpec("assumptions", "protocol_assumption", Unit.DOSE,
                  (GROUP, Key("assumed", Role.VIEW), Key("definite", Role.PARTITION, ACTIONS),
                   Key("possible", Role.PARTITION, ACTIONS), Key("verdict", Role.PARTITION, ACTIONS)),
                  f"planned doses by what {options.protocol} says with and without what it assumes", None, asked),
    ]  # fmt: skip
    if options.sweep is not None:
        keys = (GROUP, Key("threshold", Role.VIEW, options.sweep.to), Key("would", Role.PARTITION, WOULD),
                Key("verdict", Role.PARTITION, ACTIONS), status, event, response)  # fmt: skip
        specs.append(
            TallySpec("sweep", "protocol_sweep", Unit.DOSE, keys,
                      f"planned doses by what {options.protocol} would do with other thresholds of"
                      f" {options.sweep.variable}", None, asked | options.sweep.model_dump())
        )  # fmt: skip
    return specs


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """The cross table with its bounds, what is at stake, partings, rules, assumptions and thresholds."""
    pair = f"{options.protocol} against {options.against}"
    subject = Subject("protocol_replay", pair, population=plan.population.label, unit="planned dose")
    rows = [
        *_cross_rows(subject.about(tally="replayed"), tallies["replayed"]),
        *_stake_rows(subject.about(tally="at_stake"), tallies["at_stake"]),
        *_parting_rows(subject.about(tally="partings", unit="patient"), tallies["partings"]),
        *_rule_rows(subject.about(tally="rules"), tallies["rules"]),
        *_assumption_rows(subject.about(tally="assumptions"), tallies["assumptions"]),
    ]
    if options.sweep is not None:
        rows += _sweep_rows(subject.about(tally="sweep"), tallies["sweep"], options.sweep)
    return rows


def _cross_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """A cell a pair of actions: as decided, and between which bounds if all that is missing were known."""
    if not tally.n.sum():
        return [number_row(subject, "decisions", None, reason="the series has no planned dose with a time")]
    rank = {name: tally.columns[name] for name in tally.columns if name not in ("group", "until")}
    rows = []
    for a, one in enumerate(ACTIONS):
        for b, other in enumerate(ACTIONS):
            said = (rank["a_operational"] == a) & (rank["b_operational"] == b)
            sure = _only(rank, "a", a) & _only(rank, "b", b)
            may = _within(rank, "a", a) & _within(rank, "b", b)
            lowest, highest = int(tally.n[sure].sum()), int(tally.n[may].sum())
            n = int(tally.n[said].sum())
            if n or highest:
                rows.append(
                    number_row(subject.about(stratum=f"{one} / {other}"), "decisions", float(n), numerator=n,
                               denominator=int(tally.n.sum()), lower=float(lowest), upper=float(highest),
                               convention="bounds over all completions of what is missing")
                )  # fmt: skip
    return rows


def _only(rank: Mapping[str, Any], side: str, action: int) -> Any:
    return (rank[f"{side}_definite"] == action) & (rank[f"{side}_possible"] == action)


def _within(rank: Mapping[str, Any], side: str, action: int) -> Any:
    return (rank[f"{side}_definite"] <= action) & (rank[f"{side}_possible"] >= action)


def _stake_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    """Doses that were given and that the second protocol alone would have withheld: events after them, doses lost."""
    rows = []
    given = _level(tally, "status", "given", "partial")
    first_gives = _level(tally, "a_would", GIVES)
    counted = _level(tally, "until", BEFORE, FIRST)
    for name, would in (("certain", (WITHHOLDS,)), ("possible", (WITHHOLDS, MIGHT))):
        lost = given & first_gives & _level(tally, "b_would", *would)
        about = subject.about(stratum=name, assumptions=UPPER_BOUND)
        parts = {
            "doses_lost": lost & counted,
            "doses_lost_later": lost & ~counted,
            "doses_lost_among_responders": lost & counted & _level(tally, "response", "CR or PR"),
            "events_at_stake": lost & counted & _level(tally, "event", "grade 3 or worse"),
            "events_at_stake_not_certain": lost & counted & _level(tally, "event", "not certain"),
            "events_at_stake_later": lost & ~counted & _level(tally, "event", "grade 3 or worse"),
        }
        rows += [number_row(about, statistic, float(tally.n[part].sum())) for statistic, part in parts.items()]
    held = _level(tally, "status", "held")
    gained = held & ~first_gives & _level(tally, "b_would", GIVES) & counted
    about = subject.about(stratum="certain")
    warning = "what would have followed cannot be observed"
    rows.append(number_row(about, "doses_gained", float(tally.n[gained].sum()), warning=warning))
    for name in ("given", "partial", "held", "skipped", "refused", "not_charted"):
        rows.append(number_row(about, "practice", float(tally.n[_level(tally, "status", name)].sum()), id_suffix=name,
                               tally_keys=f"status={name}"))  # fmt: skip
    return rows


def _level(tally: Tally, key: str, *levels: str) -> Any:
    known = tally.levels(key)
    return np.isin(tally.columns[key], [known.index(level) for level in levels])


def _parting_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    table = counts(tally, "parting")
    total = int(table.sum())
    rows = [
        number_row(subject.about(stratum=name), "patients", float(n), numerator=int(n), denominator=total)
        for name, n in zip(tally.levels("parting"), table.tolist(), strict=True)
    ]
    doses = [int(dose) for dose in numbers(tally, "at_dose") if dose > 0]
    by_dose = counts(tally, "at_dose") if doses else np.zeros(0)
    known = [int(dose) for dose in numbers(tally, "at_dose")]
    for dose, n in zip(known, by_dose.tolist(), strict=False):
        if dose > 0:
            rows.append(number_row(subject, "parted_at_dose", float(n), id_suffix=str(dose),
                                   tally_keys=f"at_dose={dose}", numerator=int(n), denominator=total))  # fmt: skip
    return rows


def _rule_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    rows = []
    for rule in tally.levels("rule"):
        for group, here in zip(tally.levels("group"), counts(tally, "group", "state", rule=rule), strict=True):
            about = subject.about(stratum=rule, group=group)
            rows += [
                number_row(about, "rule", float(n), id_suffix=state, tally_keys=f"rule={rule} state={state}",
                           numerator=int(n), denominator=int(here.sum()))
                for state, n in zip(STATES, here.tolist(), strict=True)
            ]  # fmt: skip
    return rows


def _assumption_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    rows = []
    for reading in tally.levels("assumed"):
        part = select(tally, assumed=reading)
        open_ = part.columns["definite"] != part.columns["possible"]
        about = subject.about(stratum=reading, tally_keys=f"assumed={reading}")
        total = int(part.n.sum())
        rows.append(number_row(about, "not_settled", float(part.n[open_].sum()), numerator=int(part.n[open_].sum()),
                               denominator=total))  # fmt: skip
        rows += [
            number_row(about, "verdict", float(n), id_suffix=action, numerator=int(n), denominator=total)
            for action, n in zip(ACTIONS, counts(part, "verdict").tolist(), strict=True)
        ]
    return rows


def _sweep_rows(subject: Subject, tally: Tally, sweep: SweepOptions) -> list[ResultRow]:
    """For each threshold: doses given that it would withhold, events after them, the same among responders."""
    rows = []
    for to in sweep.to:
        part = select(tally, threshold=to)
        about = subject.about(stratum=f"{sweep.variable} {to}", tally_keys=f"threshold={to}", assumptions=UPPER_BOUND)
        given = _level(part, "status", "given", "partial")
        lost = given & _level(part, "would", WITHHOLDS)
        parts = {
            "given_withheld": lost,
            # Where values never recover a hold and a stop withhold the same doses: only this tells them apart.
            "given_stopped": given & _level(part, "verdict", "stop_cycle", "stop_course", "never_again"),
            "given_perhaps_withheld": given & _level(part, "would", MIGHT),
            "events_after_withheld": lost & _level(part, "event", "grade 3 or worse"),
            "withheld_among_responders": lost & _level(part, "response", "CR or PR"),
        }
        total = int(part.n[given].sum())
        rows += [
            number_row(
                about, statistic, float(part.n[chosen].sum()), numerator=int(part.n[chosen].sum()), denominator=total
            )
            for statistic, chosen in parts.items()
        ]
    return rows
