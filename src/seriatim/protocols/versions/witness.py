"""Of which patient do two protocols say different things? Looked for around their thresholds: sampled, not proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product

from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.known import Known
from seriatim.protocols.bedside.verdict import judge
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.versions.axes import NOT_KNOWN, Axis, Choice, axes, conditions
from seriatim.rules.evaluate import evaluate
from seriatim.rules.tree import variables
from seriatim.rules.truth import Truth

MOST_TOGETHER = 4_000  # patients with two or three unusual values, spread evenly over all there would be
MOST_FOR_ONE_RULE = 500
ELIGIBLE, NOT_ELIGIBLE = "eligible", "not eligible"


@dataclass(frozen=True)
class Witness:
    """One patient, by what is unusual, and what each protocol says; `a_rank` above `b_rank` where A is stricter."""

    patient: str
    a: str
    b: str
    a_rank: int
    b_rank: int

    @property
    def words(self) -> str:
        """The patient in one line: "heart rate 119 per minute: A hold this dose; B give"."""
        return f"{self.patient}: A says {self.a}; B says {self.b}"


def small_witnesses(a: TreatmentProtocol, b: TreatmentProtocol) -> tuple[Witness, ...]:
    """The values of one variable, or of the two or three that one rule asks together, of which A and B say different
    things: one patient for each pair of answers. That a value is not known is told only where nothing else differs.

    >>> from seriatim.protocols.load import read_protocol
    >>> found = small_witnesses(read_protocol("consensus-2014"), read_protocol("community-2015"))
    >>> next(one.words for one in found if "bilirubin" in one.patient)
    'total serum bilirubin 7.1 milligrams per decilitre: A says hold this dose; B says give'
    """
    asked = _Pair(a, b, axes(a, b))
    found: dict[tuple[frozenset[str], str, str], Witness] = {}
    for patient in (*_ones(asked.axes), *_asked_together(asked)):
        names = frozenset(patient)
        for one in asked.witnesses(patient):
            if not any(before <= names and (said, other) == (one.a, one.b) for before, said, other in found):
                found[names, one.a, one.b] = one
    known = {names for (names, *_), one in found.items() if NOT_KNOWN not in one.patient}
    return tuple(one for (names, *_), one in found.items() if NOT_KNOWN not in one.patient or names not in known)


def sampled_witnesses(a: TreatmentProtocol, b: TreatmentProtocol, changed: Iterable[str] = ()) -> Iterator[Witness]:
    """Witnesses among the usual patient, those with one unusual value, and a spread of those with two or three.

    `changed` are variables to put into every pair, because rules about them differ.
    """
    asked = _Pair(a, b, axes(a, b))
    yield from asked.witnesses({})
    yield from (one for patient in _ones(asked.axes) for one in asked.witnesses(patient))
    yield from asked.held_open()
    for patient in (*_twos(asked.axes, set(changed)), *_threes(asked.axes)):
        yield from asked.witnesses(patient)


@dataclass(frozen=True)
class _Pair:
    """Two protocols that are asked about the same patients."""

    a: TreatmentProtocol
    b: TreatmentProtocol
    axes: tuple[Axis, ...]

    def witnesses(self, patient: Mapping[str, Choice], opened: str | None = None) -> Iterator[Witness]:
        in_a = {axis.name: fact for axis in self.axes if (fact := patient.get(axis.name, axis.usual).in_a) is not None}
        in_b = {axis.name: fact for axis in self.axes if (fact := patient.get(axis.name, axis.usual).in_b) is not None}
        words = ", ".join(choice.words for choice in patient.values()) or "the usual patient"
        words += f", with the hold of {opened} still open" if opened else ""
        one, other = _action(self.a, in_a, opened), _action(self.b, in_b, opened)
        if one != other:
            yield Witness(words, one.words, other.words, one.rank, other.rank)
        if not opened and (let_a := _eligible(self.a, in_a)) != (let_b := _eligible(self.b, in_b)):
            yield Witness(words, _screened(let_a), _screened(let_b), int(not let_a), int(not let_b))

    def held_open(self) -> Iterator[Witness]:
        """What each says while a hold of an earlier dose is open."""
        names = {rule.id for side in (self.a, self.b) for rule in side.rules if rule.resume is not None}
        for name, patient in product(sorted(names), ({}, *_ones(self.axes))):
            yield from self.witnesses(patient, name)


def _action(protocol: TreatmentProtocol, known: Known, opened: str | None) -> Action:
    lasting = {rule.id for rule in protocol.rules if rule.resume is not None}
    latches = {opened: Truth.TRUE} if opened in lasting and opened is not None else {}
    return judge(protocol, known, latches).operational


def _eligible(protocol: TreatmentProtocol, known: Known) -> bool:
    return all(evaluate(screen.eligible, known) is Truth.TRUE for screen in protocol.screens)


def _screened(is_eligible: bool) -> str:
    return ELIGIBLE if is_eligible else NOT_ELIGIBLE


def _ones(found: Sequence[Axis]) -> list[dict[str, Choice]]:
    return [{axis.name: choice} for axis in found for choice in axis.choices]


def _asked_together(asked: _Pair) -> Iterator[dict[str, Choice]]:
    """The known values of the two or three variables of one condition, all with all."""
    by_name = {axis.name: [one for one in axis.choices if NOT_KNOWN not in one.words] for axis in asked.axes}
    sets = {variables(tree) for side in (asked.a, asked.b) for tree in conditions(side)}
    for names in sorted(sorted(one) for one in sets if 2 <= len(one) <= 3):
        every = product(*(by_name[name] for name in names))
        yield from (dict(zip(names, choices, strict=True)) for choices in islice(every, MOST_FOR_ONE_RULE))


def _twos(found: Sequence[Axis], changed: set[str]) -> Iterator[dict[str, Choice]]:
    pairs = [pair for pair in combinations(found, 2) if changed & {axis.name for axis in pair}]
    every = [
        {one.name: first, other.name: second}
        for one, other in pairs
        for first, second in product(one.choices, other.choices)
    ]
    yield from islice(every, 0, None, max(1, len(every) // MOST_TOGETHER))


def _threes(found: Sequence[Axis]) -> Iterator[dict[str, Choice]]:
    """Three variables at once, each with one of its values by turns: what a count of rules needs to be reached."""
    every = list(combinations(found, 3))
    for turn, three in enumerate(islice(every, 0, None, max(1, len(every) // MOST_TOGETHER))):
        yield {axis.name: axis.choices[(turn + place) % len(axis.choices)] for place, axis in enumerate(three)}
