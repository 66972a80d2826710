"""What was charted? One observation as recorded, and what its text is worth to a variable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import count
from typing import Literal

from seriatim.errors import Misuse
from seriatim.protocols.bedside.moment import absolute
from seriatim.rules.facts import Fact, Missing, Unknown
from seriatim.rules.variables import Kind, Variable
from seriatim.vocabulary.ucum import as_ucum

Status = Literal["final", "pending", "corrected", "cancelled", "entered_in_error", "unreliable", "not_testable"]
_NUMBER = re.compile(r"\s*(<=|>=|<|>)?\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*")
_COMMA = re.compile(r"[<>=]{0,2}\s*[+-]?[0-9]+(?:,[0-9]+)+(?:\.[0-9]+)?")
YES_NO = {"yes": 1, "true": 1, "y": 1, "1": 1, "no": 0, "false": 0, "n": 0, "0": 0}
_REFUSED: Mapping[str, Missing] = {
    "unreliable": Missing.DOUBTFUL_SPECIMEN,
    "not_testable": Missing.NOT_TESTABLE,
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One charted value: text as it stands, unit, when it was so, and when that became known.

    `at` to `at_latest` is the time it can have been, the same instant unless the clock time was ambiguous. `record`
    finds it again; a later entry with the same `record` replaces it from its own `recorded` on. A result that is
    still on its way is `pending`. Times are kept in UTC; raises `Misuse` for one without a zone.
    """

    patient_id: str
    code: str
    value: str | None
    unit: str | None
    at: datetime
    at_latest: datetime | None = None
    recorded: datetime | None = None
    status: Status = "final"
    record: str = ""

    def __post_init__(self) -> None:
        for name in ("at", "at_latest", "recorded"):
            time = getattr(self, name)
            if time is not None:
                object.__setattr__(self, name, absolute(time, f"a time of {self.code}"))
        if self.at_latest is not None and self.at_latest < self.at:
            raise Misuse(f"an observation of {self.code} ends its time before it begins; look at the source")

    @property
    def latest(self) -> datetime:
        return self.at_latest or self.at

    @property
    def known(self) -> datetime:
        """When it was known; where nothing says so, when it was observed."""
        return self.recorded or self.latest


def named(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """The observations in an order of their own, those without a record under a name that finds them again."""
    ordered = sorted(
        observations, key=lambda one: (one.at, one.known, one.code, one.record, one.value or "", one.unit or "")
    )
    taken = {one.record for one in ordered}
    free = (name for name in (f"observation {number}" for number in count(1)) if name not in taken)
    return tuple(one if one.record else replace(one, record=next(free)) for one in ordered)


def worth(observation: Observation, variable: Variable) -> Fact | Unknown:
    """The value in ticks of the variable, or why it cannot be used. Nothing is guessed, clipped or rounded."""
    if observation.status in _REFUSED:
        return Unknown(_REFUSED[observation.status], source=observation.record)
    text = (observation.value or "").strip()
    if not text:
        return Unknown(Missing.NEVER_MEASURED, source=observation.record)
    if variable.kind in (Kind.QUANTITY, Kind.COUNT):
        return _number(text, observation, variable)
    place = YES_NO.get(text.lower()) if variable.kind is Kind.BOOLEAN else _level(text, variable)
    if place is None:
        return Unknown(Missing.NOT_A_LEVEL, source=observation.record)
    return Fact(place, place, source=observation.record)


def _level(text: str, variable: Variable) -> int | None:
    spelled = [level.lower() for level in variable.levels]
    return spelled.index(text.lower()) if text.lower() in spelled else None


def _number(text: str, observation: Observation, variable: Variable) -> Fact | Unknown:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return Unknown(Missing.NOT_A_NUMBER, _what_it_is(text), source=observation.record)
    unit = _unit(observation, variable)
    if isinstance(unit, Missing):
        return Unknown(unit, observation.unit or "", source=observation.record)
    micro = Fraction(match[2]) * (10**6 if variable.kind is Kind.QUANTITY else 1)
    if micro.denominator != 1:
        return Unknown(Missing.NOT_A_NUMBER, "finer than can be charted", source=observation.record)
    ticks = int(micro) * (variable.multiplier(unit) if unit else 1)
    step = variable.multiplier(unit) if unit else 1
    return _between(ticks, step, match[1], variable, observation.record)


def _what_it_is(text: str) -> str:
    """What can be said of a text that is no number, without repeating it."""
    if _COMMA.fullmatch(text):
        return "written with a comma, which is a decimal mark to one reader and none to another"
    return "written as NaN" if text.lower() == "nan" else ""


def _unit(observation: Observation, variable: Variable) -> str | Missing:
    if variable.kind is Kind.COUNT:
        return ""
    unit = (observation.unit or "").strip()
    if not unit:
        return Missing.NO_UNIT
    code = as_ucum(unit)
    return code if code in variable.units else Missing.OTHER_UNIT


def _between(ticks: int, step: int, bound: str | None, variable: Variable, record: str) -> Fact | Unknown:
    """An exact value is one point; `<0.2` reaches from the least plausible value to just below 0.2."""
    low, high = variable.range_in_ticks or (0, 2**40)
    if not low <= ticks <= high:
        return Unknown(Missing.IMPLAUSIBLE, source=record)
    ends = {"<": (low, ticks - step), "<=": (low, ticks), ">": (ticks + step, high), ">=": (ticks, high)}
    low, high = ends.get(bound or "", (ticks, ticks))
    return Fact(low, high, source=record) if low <= high else Unknown(Missing.IMPLAUSIBLE, source=record)
