"""What stops a reading? Every such fault of the source at once, in one message."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from seriatim.errors import InvalidDocument, UnreadableSource

Part = TypeVar("Part")


def all_or_every_fault(steps: Iterable[Callable[[], Part]]) -> list[Part]:
    """The result of every step, or one error with the message of each step that failed.

    >>> def empty(): raise UnreadableSource("dose.csv: is empty")
    >>> def cut(): raise UnreadableSource("vital.csv: is cut short")
    >>> all_or_every_fault([empty, cut])
    Traceback (most recent call last):
    seriatim.errors.UnreadableSource: dose.csv: is empty
    vital.csv: is cut short
    """
    parts: list[Part] = []
    faults: list[UnreadableSource | InvalidDocument] = []
    for step in steps:
        try:
            parts.append(step())
        except (UnreadableSource, InvalidDocument) as fault:
            faults.append(fault)
    if faults:
        kind = UnreadableSource if any(isinstance(fault, UnreadableSource) for fault in faults) else InvalidDocument
        raise kind("\n".join(str(fault) for fault in faults)) from None
    return parts
