"""Is protocol B stricter than A, more permissive, both, or the same? Each with a patient that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from seriatim.protocols.actions import PERMITS, Action
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.declared.variables import VariableDeclaration
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._pairs import joined
from seriatim.protocols.verify._solver import Patient, Prover, z3
from seriatim.protocols.verify._words import action_of, patient_words

Label = Literal["tightening", "loosening", "mixed", "same"]
Way = Literal["tightening", "loosening", "mixed"]
# What a recorded value counts as; a change of it can go either way.
COUNTS_OTHERWISE = ("unit", "also_accept", "codes", "history", "expr", "round", "take", "window", "plausible",
                    "applies_when", "levels")  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A patient whom the two protocols treat differently, in words, with what each says."""

    patient: str
    a: Action
    b: Action

    @property
    def sentence(self) -> str:
        return f"{self.patient or 'A patient in whom nothing is found'}: A says {self.a.words}, B says {self.b.words}."


@dataclass(frozen=True)
class Direction:
    """What a change from A to B does. `other` are changes of what counts as known, each with its way; they are part of
    the label, though no patient with complete values shows them."""

    label: Label
    tightening: Shown | None
    loosening: Shown | None
    other: tuple[tuple[Way, str], ...] = ()


def direction(a: TreatmentProtocol, b: TreatmentProtocol) -> Direction:
    """Compare the actions for every patient, all variables together, holds that are still open included.

    Raises `Unsettled` where the solver came to its limit.

    >>> from seriatim.protocols.load import read_protocol
    >>> protocol = read_protocol("consensus-2014")
    >>> direction(protocol, protocol).label
    'same'
    """
    one, other = joined(a, b)
    ranks = sorted({*one.ranks, *other.ranks}, reverse=True)
    for prover in (one, other):
        prover.open_holds()
    gains = [z3().And(other.reaches(rank), z3().Not(one.reaches(rank))) for rank in ranks]
    losses = [z3().And(one.reaches(rank), z3().Not(other.reaches(rank))) for rank in ranks]
    tightening, loosening = _shown(one, other, gains), _shown(one, other, losses)
    apart = tuple(_other(a, b))
    ways: set[str] = {way for way, _ in apart}
    ways |= {"tightening"} if tightening else set()
    ways |= {"loosening"} if loosening else set()
    return Direction(_label(ways), tightening, loosening, apart)


def _shown(one: Prover, other: Prover, cases: list[Any]) -> Shown | None:
    """The patient most like a normal one of those that fit one of the cases, the most restrictive action first."""
    for case in cases:
        found = one.patients(other, case)
        if found is not None:
            return _told(one, other, *found)
    return None


def _told(one: Prover, other: Prover, first: Patient, second: Patient) -> Shown:
    sides = ((one.protocol, first), (other.protocol, second))
    told = [patient_words(protocol, patient) for protocol, patient in sides]
    parts = dict.fromkeys(part for words in told if words for part in words.split(", "))
    open_ones = sorted({*first.open, *second.open})
    held = f", with the hold of {' and '.join(open_ones)} still open" if open_ones else ""
    actions = [action_of(protocol, patient.facts, patient.open) for protocol, patient in sides]
    return Shown(", ".join(parts) + held, actions[0], actions[1])


def _label(ways: set[str]) -> Label:
    if not ways:
        return "same"
    if ways == {"tightening"}:
        return "tightening"
    return "loosening" if ways == {"loosening"} else "mixed"


def _other(a: TreatmentProtocol, b: TreatmentProtocol) -> Iterator[tuple[Way, str]]:
    """What changes a decision only where something is missing, old or uncertain."""
    before, after = a.document.when_undecided, b.document.when_undecided
    if before != after:
        way: Way = "tightening" if after > before else "loosening"
        yield way, f"while undecided: A says {before.words}, B says {after.words}"
    for name, declared in a.document.variables.items():
        if name in b.document.variables:
            yield from _of_variable(name, declared, b.document.variables[name])
    yield from _required(a, b)


def _required(a: TreatmentProtocol, b: TreatmentProtocol) -> Iterator[tuple[Way, str]]:
    wanted = [
        {name for name, v in protocol.document.variables.items() if any(action in PERMITS for action in v.required_for)}
        for protocol in (a, b)
    ]
    for name in sorted(wanted[1] - wanted[0]):
        yield "tightening", f"{name} must be known before a dose in B, not in A"
    for name in sorted(wanted[0] - wanted[1]):
        yield "loosening", f"{name} must be known before a dose in A, not in B"


def _of_variable(name: str, a: VariableDeclaration, b: VariableDeclaration) -> Iterator[tuple[Way, str]]:
    if a.max_age != b.max_age:
        ages = [seconds(declared.max_age) if declared.max_age else inf for declared in (a, b)]
        if ages[0] != ages[1]:
            way: Way = "tightening" if ages[1] < ages[0] else "loosening"
            yield way, f"{name} may be {a.max_age or 'of any age'} old in A, {b.max_age or 'of any age'} in B"
    if _assumed(a) != _assumed(b):
        yield (
            _way_of_assuming(a, b),
            f"what a missing {name} is taken for differs: {_assumed(a)} in A, {_assumed(b)} in B",
        )
    changed = [key for key in COUNTS_OTHERWISE if getattr(a, key) != getattr(b, key)]
    if changed:
        yield "mixed", f"which value of {name} counts is declared otherwise: {', '.join(changed)}"


def _assumed(declared: VariableDeclaration) -> str:
    missing = declared.missing
    if missing is None:
        return "unknown"
    return f"{missing.assume} where {missing.only_if}" if missing.only_if else missing.assume


def _way_of_assuming(a: VariableDeclaration, b: VariableDeclaration) -> Way:
    """To assume something where nothing was assumed decides more doses; the other way round fewer."""
    if a.missing is None:
        return "loosening"
    return "tightening" if b.missing is None else "mixed"
