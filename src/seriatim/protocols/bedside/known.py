"""What was known of each variable at the time of a decision? The plain way, one patient at a time.

Only what was recorded by then counts, and only inside the variable's own window. The frame form of the same rules is
checked against this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from seriatim.errors import Misuse
from seriatim.protocols.bedside.moment import Moment
from seriatim.protocols.bedside.observations import YES_NO, Observation, worth
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.declared.variables import VariableDeclaration, Window
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.amounts import in_unit_of, split_amount
from seriatim.rules.facts import Fact, Missing, Unknown
from seriatim.rules.formula import work_out
from seriatim.rules.variables import Kind, Variable

Known = dict[str, Fact | Unknown]


def known_at(
    protocol: TreatmentProtocol, observations: Iterable[Observation], moment: Moment, *, assume: bool = True
) -> Known:
    """Every variable of the protocol, known or with the reason why not.

    `assume=False` leaves out each declared "not charted = absent". Raises `Misuse` for an observation of somebody else,
    and for two versions of one record where nothing says which came later.
    """
    chart = _chart(list(observations), moment)
    declared = protocol.document.variables
    known: Known = {}
    for name, declaration in declared.items():
        if declaration.history is not None:
            count = moment.counter(declaration.history)
            known[name] = Fact(count, count)
        elif declaration.codes:
            known[name] = _measured(chart, declaration, protocol.variables[name], moment)
    if assume:
        known |= _assumed(protocol, known)
    return known | {name: work_out(formula, known) for name, formula in protocol.formulas.items()}


def _assumed(protocol: TreatmentProtocol, known: Known) -> Known:
    """What stands for a value that was never charted, where the protocol says so and its condition is known to hold."""
    found: Known = {}
    for name, declaration in protocol.document.variables.items():
        fact, rule = known.get(name), declaration.missing
        if rule is None or not isinstance(fact, Unknown) or fact.why is not Missing.NEVER_MEASURED:
            continue
        looked = known.get(rule.only_if) if rule.only_if else None
        if rule.only_if is None or (isinstance(looked, Fact) and looked.low == looked.high == 1):
            ticks = in_ticks(rule.assume, protocol.variables[name])
            found[name] = Fact(ticks, ticks, source=f"assumed: {rule.because}")
    return found


def in_ticks(text: str, variable: Variable) -> int:
    """A value as a protocol writes it: an amount with its unit, a whole number, a level, yes or no."""
    if variable.kind is Kind.QUANTITY:
        amount, unit = split_amount(text)
        return int(in_unit_of(variable, amount, unit) * variable.ticks_per_unit)
    if variable.kind is Kind.COUNT:
        return int(text)
    if variable.kind is Kind.BOOLEAN:
        return YES_NO[text.lower()]
    return variable.levels.index(text)


@dataclass(frozen=True)
class _Chart:
    """By code: all that was handed over, and of each record the version that was known by the decision."""

    all: Mapping[str, Sequence[Observation]]
    current: Mapping[str, Sequence[Observation]]


def _chart(charted: Sequence[Observation], moment: Moment) -> _Chart:
    if any(one.patient_id != moment.patient_id for one in charted):
        raise Misuse("an observation of another patient was handed over with this patient's; look at the source")
    known = [one for one in charted if one.known <= moment.recorded_by]
    latest: dict[str, Observation] = {}
    for one in sorted((one for one in known if one.record), key=lambda one: one.known):
        before = latest.get(one.record)
        if before is not None and before.known == one.known and before != one:
            raise Misuse(
                f"the record {one.record} is there twice, recorded at one time; say which version is the later"
            )
        latest[one.record] = one
    return _Chart(_by_code(charted), _by_code([*(one for one in known if not one.record), *latest.values()]))


def _by_code(observations: Iterable[Observation]) -> Mapping[str, Sequence[Observation]]:
    found: dict[str, list[Observation]] = {}
    for one in observations:
        found.setdefault(one.code.lower(), []).append(one)
    return found


def _measured(chart: _Chart, declared: VariableDeclaration, variable: Variable, moment: Moment) -> Fact | Unknown:
    codes = dict.fromkeys(code.lower() for code in declared.codes)
    mine = [one for code in codes for one in chart.all.get(code, ())]
    current = [one for code in codes for one in chart.current.get(code, ())]
    # Charted before the decision and dated after it: its true time, and with it what was last, is not known.
    if any(one.recorded is not None and one.recorded <= moment.at < one.at for one in current):
        return Unknown(Missing.IN_THE_FUTURE)
    live = [one for one in current if one.status not in ("pending", "cancelled", "entered_in_error")]
    due = [one for one in live if one.at <= moment.at]
    inside, unclear = _in_window(due, declared, moment)
    if not inside and not unclear:
        return Unknown(_why_none(_is_awaited(mine, current, moment), live, due, current))
    if declared.take in ("worst", "best"):
        fact = _extreme(inside, unclear, declared, variable)
    elif unclear:
        fact = Unknown(Missing.TIME_UNCLEAR)
    else:
        fact = _by_order(inside, declared.take, variable)
    return _fresh(fact, [*inside, *unclear], declared, moment)


def _is_awaited(mine: Sequence[Observation], current: Sequence[Observation], moment: Moment) -> bool:
    """Was something taken by then whose result was not known yet?"""
    by = moment.recorded_by
    return any(one.known > by >= one.at for one in mine) or any(one.status == "pending" for one in current)


def _why_none(
    pending: bool, live: Sequence[Observation], due: Sequence[Observation], current: Sequence[Observation]
) -> Missing:
    if pending:
        return Missing.PENDING
    if live and not due:
        return Missing.IN_THE_FUTURE
    return Missing.WITHDRAWN if current and not live else Missing.NEVER_MEASURED


def _in_window(
    due: Sequence[Observation], declared: VariableDeclaration, moment: Moment
) -> tuple[list[Observation], list[Observation]]:
    """Those that certainly count, and those that count by one reading of their time and not by the other."""
    window = declared.window
    start = moment.instant(window.before or window.since or "ever")
    inside, unclear = [], []
    for one in due:
        sure = _counts(one.at, window, start, moment.at)
        if one.at_latest is None or sure == _counts(one.latest, window, start, moment.at):
            inside += [one] if sure else []
        else:
            unclear.append(one)
    return inside, unclear


def _counts(time: datetime, window: Window, start: datetime | None, at: datetime) -> bool:
    if time > at:
        return False
    if window.before is not None:
        return start is None or time <= start
    # At the first dose of a cycle nothing was planned before it, and the whole past counts.
    return start is None or time > start or (window.since in ("cycle_start", "course_start") and time >= start)


def _by_order(inside: Sequence[Observation], take: str, variable: Variable) -> Fact | Unknown:
    """The last, the one before it, or the first; two different values at one instant are no value."""
    times = sorted({one.at for one in inside})
    place = {"last": -1, "previous": -2, "first": 0}[take]
    if len(times) < abs(place):
        return Unknown(Missing.NEVER_MEASURED)
    if _order_is_unclear(inside, times, take):
        return Unknown(Missing.TIME_UNCLEAR)
    values = [worth(one, variable) for one in inside if one.at == times[place]]
    usable = [value for value in values if isinstance(value, Fact)]
    if not usable:
        return _told([value for value in values if isinstance(value, Unknown)])
    if len({(value.low, value.high) for value in usable}) > 1 or len(usable) < len(values):
        return Unknown(Missing.CONTRADICTORY, source=", ".join(sorted({value.source for value in values})))
    return usable[0]


def _order_is_unclear(inside: Sequence[Observation], times: Sequence[datetime], take: str) -> bool:
    """May another value have come in the place of the one that is asked? A day without a time reaches over the day."""
    if take == "first":
        until = min(one.latest for one in inside if one.at == times[0])
        return len(times) > 1 and times[1] <= until
    asked = times[-1:] if take == "last" else times[-2:]
    return any(one.at < time <= one.latest for one in inside for time in asked)


def _told(unknown: Sequence[Unknown]) -> Unknown:
    """One reason of several: an empty cell is the least, since an assumption may stand in its place."""
    return next((one for one in unknown if one.why is not Missing.NEVER_MEASURED), unknown[0])


def _extreme(
    inside: Sequence[Observation], unclear: Sequence[Observation], declared: VariableDeclaration, variable: Variable
) -> Fact | Unknown:
    """The worst or the best of all that counts. What cannot be used may be anything, so it opens the bound."""
    up = (declared.worse == "up") == (declared.take == "worst")
    sure = [worth(one, variable) for one in inside]
    maybe = [worth(one, variable) for one in unclear]
    usable = [value for value in sure if isinstance(value, Fact)]
    if not usable:
        unknown = [value for value in sure if isinstance(value, Unknown)]
        return _told(unknown) if unknown else Unknown(Missing.TIME_UNCLEAR)
    pick = max if up else min
    low, high = pick(value.low for value in usable), pick(value.high for value in usable)
    source = next(value.source for value in usable if (value.high == high if up else value.low == low))
    also = [value for value in maybe if isinstance(value, Fact)]
    if up:
        high = max([high, *(value.high for value in also)])
    else:
        low = min([low, *(value.low for value in also)])
    if len(usable) + len(also) < len(sure) + len(maybe):
        limits = variable.range_in_ticks
        if limits is None:
            return Unknown(Missing.NOT_A_NUMBER)
        low, high = (low, limits[1]) if up else (limits[0], high)
    return Fact(low, high, source=source)


def _fresh(
    fact: Fact | Unknown, used: Sequence[Observation], declared: VariableDeclaration, moment: Moment
) -> Fact | Unknown:
    """The age of what was used: for a worst or best value that of the newest one, for the others its own."""
    times = sorted({one.at for one in used})
    place = {"previous": -2, "first": 0}.get(declared.take, -1)
    if len(times) < abs(place):
        return fact
    age = int((moment.at - times[place]).total_seconds())
    if declared.max_age is not None and age > seconds(declared.max_age) and isinstance(fact, Fact):
        return Unknown(Missing.STALE, age=age, source=fact.source)
    return replace(fact, age=age)
