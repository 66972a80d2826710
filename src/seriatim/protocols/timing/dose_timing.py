"""Is it time for this dose? By the planned time, its window, the gap to the last one and the doses there may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.barrier import Barrier
from seriatim.protocols.bedside.moment import absolute
from seriatim.protocols.bedside.shown import age_words
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.declared.regimen import Cycle
from seriatim.protocols.timing.clock import local_words
from seriatim.protocols.timing.grid import interval

Answer = Literal["too early", "in the window", "late", "to be skipped"]


@dataclass(frozen=True, slots=True)
class Administered:
    """A dose of this cycle that was begun, whether or not it was given to its end."""

    started: datetime
    ended: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "started", absolute(self.started, "the start of a dose"))
        if self.ended is not None:
            object.__setattr__(self, "ended", absolute(self.ended, "the end of a dose"))
            if self.ended < self.started:
                raise Misuse("a dose ended before it was started; look at the source")


@dataclass(frozen=True, slots=True)
class Timing:
    """What of the time of a dose: how it stands to the plan, why it is not given now, and when the next one is due.

    `next_due` is None after the last dose of the cycle. `shift` is what the later doses of the grid move by.
    """

    answer: Answer
    barriers: tuple[Barrier, ...]
    next_due: datetime | None
    shift: timedelta


def timing(
    cycle: Cycle,
    *,
    number: int,
    due: datetime,
    at: datetime,
    administered: Sequence[Administered] | None,
    zone: str | None = None,
) -> Timing:
    """May the dose of this number, due at `due`, be begun at `at`?

    `administered` are the doses of this cycle that were begun; None says that nobody knows, and then nothing is given.
    Every reason is told at once. Raises `Misuse` for a time without a zone.
    """
    due, at = absolute(due, "the planned time"), absolute(at, "the time of a dose")
    answer = _answer(cycle, due, at)
    shifts = answer == "late" and cycle.late_policy.grid == "shift"
    shift = at - due if shifts else timedelta(0)
    barriers = [
        *_window_barriers(cycle, answer, due, at, zone),
        *_gap_barriers(cycle, at, administered, zone),
        *_number_barriers(cycle, number, administered),
    ]
    following = due + shift + interval(cycle) if number < cycle.max_doses else None
    return Timing(answer, tuple(barriers), following, shift)


def _answer(cycle: Cycle, due: datetime, at: datetime) -> Answer:
    early, late = (timedelta(seconds=seconds(text)) for text in (cycle.window.early, cycle.window.late))
    if at < due - early:
        return "too early"
    if at <= due + late:
        return "in the window"
    return "late" if at <= due + timedelta(seconds=seconds(cycle.late_policy.up_to)) else "to be skipped"


def _window_barriers(cycle: Cycle, answer: Answer, due: datetime, at: datetime, zone: str | None) -> Iterator[Barrier]:
    if answer == "too early":
        opens = due - timedelta(seconds=seconds(cycle.window.early))
        text = f"{_span(due - at)} before its planned time, and at most {cycle.window.early} early is allowed"
        yield Barrier("timing", Action.DELAY, text, f"wait until {local_words(opens, zone)}")
    if answer == "to be skipped":
        text = f"{_span(at - due)} after its planned time, and at most {cycle.late_policy.up_to} late is allowed"
        yield Barrier("timing", Action.HOLD_DOSE, text, "skip this dose; the grid is kept")


def _gap_barriers(
    cycle: Cycle, at: datetime, administered: Sequence[Administered] | None, zone: str | None
) -> Iterator[Barrier]:
    """The least gap, from the start or the end of the last infusion as the protocol counts."""
    if administered is None:
        text = "it is not known when the last dose was given"
        yield Barrier("timing", Action.DELAY, text, "give the doses of this cycle, or say that there was none")
        return
    if not administered:
        return
    last = max(administered, key=lambda dose: dose.started)
    since = last.started if cycle.counted_from == "start" else last.ended
    if since is None:
        text = "the last infusion has no end, and the interval counts from there"
        yield Barrier("timing", Action.DELAY, text, "record when it ended")
        return
    if since > at or last.started > at:
        yield Barrier("timing", Action.DELAY, "the last dose is dated after this one", "look at the times")
        return
    if at - since < timedelta(seconds=seconds(cycle.window.min_gap)):
        text = (
            f"{_span(at - since)} after the {cycle.counted_from} of the last one, and {cycle.window.min_gap} is least"
        )
        opens = since + timedelta(seconds=seconds(cycle.window.min_gap))
        yield Barrier("timing", Action.DELAY, text, f"wait until {local_words(opens, zone)}")


def _number_barriers(cycle: Cycle, number: int, administered: Sequence[Administered] | None) -> Iterator[Barrier]:
    """A held or skipped dose keeps its place in the grid and is not made up for."""
    if number > cycle.max_doses:
        text = f"dose {number} of a cycle that has {cycle.max_doses}; doses not given are not made up for"
        yield Barrier("timing", Action.STOP_CYCLE, text, "the cycle is over")
    elif len(administered or ()) >= cycle.max_doses:
        text = f"{len(administered or ())} doses were begun, and {cycle.max_doses} is the most"
        yield Barrier("timing", Action.STOP_CYCLE, text, "the cycle is over")


def _span(span: timedelta) -> str:
    return age_words(int(span.total_seconds()))
