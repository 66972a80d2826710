"""Did practice follow the protocol in force, and what did the protocol say, group by group?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field

from seriatim.analyses._decisions import ACTIONS, EVENTS, STATUSES
from seriatim.analyses._keys import CASE_NUMBER, GROUP, STRATUM
from seriatim.documents import Document
from seriatim.methods.ratio_over_clusters import ratio_over_clusters
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, estimate_row, number_row
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, TallySpec, Unit
from seriatim.tallies.tally import Tally, counts, select

IN_FORCE = ("this protocol", "another protocol", "no protocol recorded")
AS_SAID = ("given, as the protocol says", "held, as the protocol says")
AGAINST = ("given although hold or stop", "held although give")
UNDECIDED = ("given, protocol undecided", "held, protocol undecided")
LEVELS = (
    AS_SAID[0], AGAINST[0], UNDECIDED[0], AS_SAID[1], AGAINST[1], UNDECIDED[1], "skipped or refused", "not charted",
)  # fmt: skip
NEXT = (*STATUSES, "last of the cycle")
FORCE_KEY = Key("in_force", Role.PARTITION, IN_FORCE)
ADHERENCE_KEY = Key("adherence", Role.PARTITION, LEVELS)
# statistic -> numerator levels, denominator levels
SHARES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "followed": (AS_SAID, (*AS_SAID, *AGAINST)),
    "given_against": (AGAINST[:1], (AS_SAID[0], AGAINST[0])),
    "held_against": (AGAINST[1:], (AS_SAID[1], AGAINST[1])),
    "undecided": (UNDECIDED, (*AS_SAID, *AGAINST, *UNDECIDED)),
}


class Options(Document):
    """`protocol`: a file or a name of the library; `hours`: how long after a dose an event counts.

    `as_known` "at_decision" asks only for what was known by then, "final" for all that had been taken by then.
    `unverified` allows a protocol with unverified parts.
    """

    protocol: str
    hours: int = Field(default=24, ge=1)
    as_known: Literal["at_decision", "final"] = "at_decision"
    unverified: bool = False


def needs(plan: Plan, options: Options) -> Sequence[TallySpec]:  # noqa: ARG001
    """The decision tally: practice, reason, event and next state beside the verdict; and practice by case."""
    asked: dict[str, Any] = {**options.model_dump(), "against": ""}
    keys = (
        GROUP, STRATUM, Key("cycle", Role.ORDER), Key("dose", Role.ORDER), FORCE_KEY,
        Key("a_operational", Role.PARTITION, ACTIONS), Key("status", Role.PARTITION, STATUSES),
        Key("reason", Role.PARTITION), ADHERENCE_KEY,
        Key("event", Role.PARTITION, EVENTS), Key("next", Role.PARTITION, NEXT),
    )  # fmt: skip
    what = f"planned doses by what {options.protocol} says before them"
    return (
        TallySpec("decisions", "decision_verdict", Unit.DOSE, keys,
                  f"{what}, what was done and why, events within {options.hours} h, and the next state",
                  None, asked),
        TallySpec("adherence_by_case", "decision_verdict", Unit.DOSE,
                  (GROUP, CASE_NUMBER, FORCE_KEY, ADHERENCE_KEY),
                  f"{what} and whether practice followed it, by patient", None, asked),
    )  # fmt: skip


def analyse(tallies: Mapping[str, Tally], plan: Plan, options: Options) -> Sequence[ResultRow]:
    """Shares of the doses on which the protocol decided, each with its interval over patients; verdicts by group."""
    subject = Subject("adherence", options.protocol, population=plan.population.label, unit="planned dose")
    rows: list[ResultRow] = []
    for force in IN_FORCE:
        about = subject.about(stratum=force, tally="adherence_by_case", tally_keys=f"in_force={force}")
        rows += _share_rows(about, select(tallies["adherence_by_case"], in_force=force), plan.level)
        verdicts = subject.about(stratum=force, tally="decisions", tally_keys=f"in_force={force}")
        rows += _verdict_rows(verdicts, select(tallies["decisions"], in_force=force))
    return rows or [number_row(subject, "followed", None, reason="the series has no planned dose with a time")]


def _share_rows(subject: Subject, tally: Tally, level: float) -> list[ResultRow]:
    if not tally.n.sum():
        return []
    rows = []
    for place, group in enumerate(tally.levels("group")):
        here = tally.columns["group"] == place
        about = subject.about(group=group)
        found = {name: tally.n[here & _at(tally, (name,))].sum() for name in LEVELS}
        rows += [
            number_row(about, "doses", float(n), id_suffix=name, tally_keys=f"adherence={name}")
            for name, n in found.items()
        ]
        rows += [_share(about, tally, here, statistic, level) for statistic in SHARES]
    return rows


def _share(subject: Subject, tally: Tally, here: Any, statistic: str, level: float) -> ResultRow:
    above, below = SHARES[statistic]
    _, case = np.unique(tally.columns["case_number"][here], return_inverse=True)
    weights = tally.n[here]
    y, x = (np.bincount(case, weights=weights * _at(tally, names)[here]) for names in (above, below))
    estimate = ratio_over_clusters(y, x, level)
    left_out = int(weights.sum() - x.sum())
    shared = {"numerator": int(y.sum()), "denominator": int(x.sum()), "missing": left_out}
    return estimate_row(subject, statistic, estimate, **shared)


def _at(tally: Tally, names: Sequence[str]) -> Any:
    places = [tally.levels("adherence").index(name) for name in names]
    return np.isin(tally.columns["adherence"], places)


def _verdict_rows(subject: Subject, tally: Tally) -> list[ResultRow]:
    table = counts(tally, "group", "a_operational")
    if not table.sum():
        return []
    return [
        number_row(subject.about(group=group), "verdict", float(n), id_suffix=action,
                   tally_keys=f"a_operational={action}", numerator=int(n), denominator=int(here.sum()))
        for group, here in zip(tally.levels("group"), table, strict=True)
        for action, n in zip(ACTIONS, here.tolist(), strict=True)
    ]  # fmt: skip
