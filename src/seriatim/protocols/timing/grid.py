"""When are the doses of a cycle due? Instants a fixed time apart, shown by the clock of the ward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from seriatim.errors import Misuse
from seriatim.protocols.bedside.moment import absolute
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.declared.regimen import Cycle
from seriatim.protocols.timing.clock import local_words, zone_of


@dataclass(frozen=True, slots=True)
class Due:
    """One dose of the grid: its number, its instant (UTC), what the ward's clock shows then, its day of the cycle."""

    dose: int
    at: datetime
    clock: str
    day: int


def planned_grid(cycle: Cycle, first: datetime, zone: str | None = None) -> tuple[Due, ...]:
    """The doses of a cycle whose first one is due at `first`.

    The interval is time that passes, not time on the clock: eight hours stay eight when the clocks are changed, and the
    clock then shows one hour more or less. Raises `Misuse` where the interval counts from the end of an infusion whose
    length is not declared.

    >>> from datetime import UTC
    >>> cycle = Cycle.model_validate({"drug": "aldesleukin", "every": "8 h", "max_doses": 3,
    ...     "window": {"min_gap": "6 h"}, "late_policy": {"up_to": "2 h"}, "source": {"ref": "label", "at": "2.2"}})
    >>> [due.clock for due in planned_grid(cycle, datetime(2026, 3, 8, 3, tzinfo=UTC), "America/New_York")]
    ['2026-03-07 22:00 -05:00', '2026-03-08 07:00 -04:00', '2026-03-08 15:00 -04:00']
    """
    start, step = absolute(first, "the first dose"), interval(cycle)
    found = [start + step * place for place in range(cycle.max_doses)]
    return tuple(
        Due(number, at, local_words(at, zone), cycle_day(cycle, start, at, zone)) for number, at in enumerate(found, 1)
    )


def interval(cycle: Cycle) -> timedelta:
    """From the start of one infusion to the start of the next."""
    step = timedelta(seconds=seconds(cycle.every))
    if cycle.counted_from == "start":
        return step
    if cycle.infuse_over is None:
        raise Misuse(
            f"{cycle.drug}: every {cycle.every} from the end of an infusion whose length is not declared;"
            " declare infuse_over"
        )
    return step + timedelta(seconds=seconds(cycle.infuse_over))


def cycle_day(cycle: Cycle, start: datetime, at: datetime, zone: str | None = None) -> int:
    """The day of the cycle by the ward's calendar; the protocol says whether the first one is day 0 or day 1."""
    return (_date(at, zone) - _date(start, zone)).days + cycle.first_day


def _date(at: datetime, zone: str | None) -> date:
    return at.astimezone(zone_of(zone)).date() if zone else absolute(at, "a dose").date()
