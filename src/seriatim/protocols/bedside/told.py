"""How is a decision told to the person at the bedside? The verdict, then why, each line with value and source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from seriatim.protocols.bedside.answer import Answer
from seriatim.protocols.bedside.explain import Atom, Reason
from seriatim.protocols.bedside.shown import age_words
from seriatim.protocols.timing.clock import local_words


def told(asked: Answer) -> list[str]:
    """The answer in lines."""
    return list(_lines(asked))


def _lines(asked: Answer) -> Iterator[str]:
    decision = asked.decision
    yield decision.words
    yield f"By {decision.protocol} ({decision.sha256[:12]}), as known at {_clock(asked, decision.moment.recorded_by)}."
    if decision.because:
        yield ""
        yield "Because:"
        for reason in decision.because:
            yield from _reason(reason)
    if decision.barriers:
        yield ""
        yield "Beside the rules:"
        for barrier in decision.barriers:
            move = f"; {barrier.next_move}" if barrier.next_move else ""
            yield f"- {barrier.text}: {barrier.then.words}{move}"
    if decision.reached > decision.reached.GIVE:
        yield ""
        yield f"An earlier decision is still in force: {decision.reached.words}."
    if decision.cannot_exclude:
        yield ""
        yield "Cannot be excluded:"
        for reason in decision.cannot_exclude:
            yield from _reason(reason)
    yield from _rest(asked)


def _rest(asked: Answer) -> Iterator[str]:
    decision = asked.decision
    assumed = sorted(name for name, fact in decision.known.items() if fact.source.startswith("assumed: "))
    lists = {
        "Obtain": decision.obtain,
        "Measures": decision.measures,
        "Assumed, not charted": [
            f"{name} ({decision.known[name].source.removeprefix('assumed: ')})" for name in assumed
        ],
        "Not checked": asked.not_checked,
        "Unverified parts of the protocol": decision.unverified,
    }
    for heading, items in lists.items():
        if items:
            yield ""
            yield f"{heading}: {'; '.join(items)}."
    if asked.timing is not None and asked.timing.next_due is not None:
        yield ""
        yield f"The next dose is due at {_clock(asked, asked.timing.next_due)}."


def _clock(asked: Answer, instant: datetime) -> str:
    return local_words(instant, asked.zone)


def _reason(reason: Reason) -> Iterator[str]:
    still = " (the hold is still open)" if reason.still_open else ""
    unverified = " [unverified]" if reason.is_unverified else ""
    yield f"- {reason.text} ({reason.rule}): {reason.then.words}{still}{unverified}"
    for atom in reason.atoms:
        yield f"    {atom.words}: {_found(atom)}"
    yield f"    source: {reason.source}" + (f". {reason.interpretation}" if reason.interpretation else "")


def _found(atom: Atom) -> str:
    parts = [atom.found]
    if atom.charted and atom.charted != atom.found:
        parts.append(f"charted as {atom.charted}")
    if atom.charted and atom.age_seconds is not None and "old, limit" not in atom.found:
        parts.append(f"{age_words(atom.age_seconds)} before")
    if atom.source and not atom.source.startswith("observation "):
        parts.append(atom.source)
    return ", ".join(parts)
