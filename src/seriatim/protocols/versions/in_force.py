"""Which version of a protocol is in force on a day?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from seriatim.errors import Misuse
from seriatim.protocols.protocol import TreatmentProtocol


def in_force(protocols: Iterable[TreatmentProtocol], on: date) -> TreatmentProtocol | None:
    """The version of one protocol that is in force on a day; None where there is none.

    Of several the one that began last counts; both ends of a period belong to it. A retired version was in force up to
    its declared end, and never where it declares none. Raises `Misuse` for versions of different protocols, and where
    two begin on one day.

    >>> from seriatim.protocols.load import read_protocol
    >>> in_force([read_protocol("consensus-2014")], date(2026, 3, 2)).name
    'consensus-2014@1.0.0'
    """
    known = list(protocols)
    _must_be_one(known)
    open_now = [protocol for protocol in known if covers(protocol, on)]
    if not open_now:
        return None
    latest = max(_begins(protocol) for protocol in open_now)
    chosen = [protocol for protocol in open_now if _begins(protocol) == latest]
    if len({protocol.sha256 for protocol in chosen}) > 1:
        names = " and ".join(_told(protocol) for protocol in chosen)
        raise Misuse(f"{names} begin on one day; give one of them another `effective.since`, or retire it")
    return chosen[0]


def covers(protocol: TreatmentProtocol, on: date) -> bool:
    """Is a day within the period of a version?"""
    until = protocol.document.effective.until
    if on < _begins(protocol):
        return False
    return protocol.document.status != "retired" if until is None else on <= until


def _begins(protocol: TreatmentProtocol) -> date:
    return protocol.document.effective.since or date.min


def _must_be_one(protocols: list[TreatmentProtocol]) -> None:
    names = sorted({protocol.document.id for protocol in protocols})
    if len(names) > 1:
        raise Misuse(f"versions of one protocol are asked about, found {', '.join(names)}; ask about each by itself")


def _told(protocol: TreatmentProtocol) -> str:
    return f"{protocol.name} ({protocol.sha256[:12]})"
