"""Does a change make a protocol stricter, less strict, or both? With a patient who shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from seriatim.protocols.actions import Action
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.declared.overlays import Label
from seriatim.protocols.dosing.quantity import is_same_kind, read_quantity
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify.direction import Direction as Proved
from seriatim.protocols.verify.direction import Shown
from seriatim.protocols.verify.direction import direction as proved_direction
from seriatim.protocols.verify.finding import Unsettled
from seriatim.protocols.versions.changes import Change, changes
from seriatim.protocols.versions.witness import Witness, sampled_witnesses
from seriatim.rules.tree import variables

PROVED = "proved"
SAMPLED = "sampled, not proved"
MOST_FIELDS = 2  # in one line; a page shows them all

# What decides nothing by itself: words, sources, and who signs.
WORDS_ONLY = (
    "text",
    "interpretation",
    "evidence",
    "title",
    "notes",
    "cite",
    "because",
    "overlays",
    "zone",
    "system",
    "id",
)


@dataclass(frozen=True)
class Direction:
    """`label` of the change from A to B, a patient for each direction found, and what no patient can show.

    `fields` are changes outside the rules (how old a value may be, the regimen, the dose) with their own direction;
    one whose direction nobody can tell counts as both.
    """

    label: Label
    tightening: Witness | None
    loosening: Witness | None
    fields: tuple[str, ...]
    how: str

    @property
    def words(self) -> str:
        """The label with its witnesses, in one line."""
        found = [f"stricter for {self.tightening.words}"] if self.tightening else []
        found += [f"less strict for {self.loosening.words}"] if self.loosening else []
        found += [sentence.rstrip(".") for sentence in self.fields[:MOST_FIELDS]]
        found += (
            [f"and {len(self.fields) - MOST_FIELDS} more outside the rules"] if len(self.fields) > MOST_FIELDS else []
        )
        said = "; ".join(found) or "no patient of whom A and B say different things"
        return f"{self.label} ({self.how}): {said}"


def direction(a: TreatmentProtocol, b: TreatmentProtocol, *, prove: bool = True) -> Direction:
    """The direction of the change from A to B.

    With the solver of the extra `verify` the rules before a dose are compared for every patient; screening, and all
    where the solver is not installed or comes to its limit, by a sample around the thresholds. A sample can miss a
    patient, so `how` says "sampled, not proved"; what it finds is certain. `prove=False` samples alone, which is fast.

    >>> from seriatim.protocols.load import read_protocol
    >>> protocol = read_protocol("consensus-2014")
    >>> direction(protocol, protocol).label, direction(protocol, read_protocol("community-2015"), prove=False).label
    ('same', 'mixed')
    """
    found = changes(a, b)
    if not found:
        return Direction("same", None, None, (), PROVED)  # the same content, word for word
    stricter, milder = _sampled(a, b, _asked(found, a, b))
    proof = _proof(a, b) if prove else None
    if proof is not None:
        stricter, milder = stricter or _witness(proof.tightening), milder or _witness(proof.loosening)
    judged = list(_fields(found))
    ways = {way for way, _ in judged} | ({"tightening"} if stricter else set()) | ({"loosening"} if milder else set())
    how = _how(found, proof is not None)
    return Direction(_label(ways), stricter, milder, tuple(sentence for _, sentence in judged), how)


def _sampled(
    a: TreatmentProtocol, b: TreatmentProtocol, asked: frozenset[str]
) -> tuple[Witness | None, Witness | None]:
    stricter: Witness | None = None
    milder: Witness | None = None
    for one in sampled_witnesses(a, b, asked):
        if one.b_rank > one.a_rank:
            stricter = stricter or one
        else:
            milder = milder or one
        if stricter and milder:
            break
    return stricter, milder


def _proof(a: TreatmentProtocol, b: TreatmentProtocol) -> Proved | None:
    """What the solver says; None without it, or where it came to its limit."""
    if find_spec("z3") is None:
        return None
    try:
        return proved_direction(a, b)
    except Unsettled:
        return None


def _witness(shown: Shown | None) -> Witness | None:
    if shown is None:
        return None
    return Witness(shown.patient or "the usual patient", shown.a.words, shown.b.words, shown.a.rank, shown.b.rank)


def _how(found: Sequence[Change], is_proved: bool) -> str:
    if not is_proved:
        return SAMPLED
    return f"{PROVED}; screening {SAMPLED}" if any(one.section == "screening" for one in found) else PROVED


def _label(ways: set[str]) -> Label:
    if "unclear" in ways or {"tightening", "loosening"} <= ways:
        return "mixed"
    if "loosening" in ways:
        return "loosening"
    return "tightening" if "tightening" in ways else "same"


def _asked(found: Sequence[Change], a: TreatmentProtocol, b: TreatmentProtocol) -> frozenset[str]:
    """The variables of the rules that differ."""
    touched = {one.id for one in found if one.section in ("before_dose", "screening")}
    trees = [rule.tree for side in (a, b) for rule in side.rules if rule.id in touched]
    screens = [screen.eligible for side in (a, b) for screen in side.screens if screen.id in touched]
    return frozenset(name for tree in (*trees, *screens) for name in variables(tree))


def _fields(found: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """The direction of each change that patients of a sample cannot show."""
    for one in found:
        way = _way(one)
        if way is not None:
            yield way, f"{_WAYS[way]}: {one.sentence}"


_WAYS = {
    "tightening": "stricter",
    "loosening": "less strict",
    "unclear": "its direction cannot be told, so it counts as both",
}


def _way(one: Change) -> str | None:
    last = one.field.rpartition(".")[2]
    if last in WORDS_ONLY or one.field.startswith(("source", "sources")) or one.section == "sources":
        return None
    if one.section in ("before_dose", "screening"):
        return _of_rule(one)
    if one.section in ("supportive_care", "monitoring", "discharge"):
        return _of_care(one)
    if one.kind in ("added", "removed"):
        return _of_whole(one)
    ruled = _RULED.get((one.section, one.field)) or _RULED.get((one.section, last))
    return _compared(ruled, one) if ruled else "unclear"


def _of_rule(one: Change) -> str | None:
    """Verdicts show what a rule decides; how long a screening answer holds and who may waive it they do not."""
    if one.kind != "changed":
        return None
    if one.field == "valid_for":
        return _compared(_longer_is_looser, one)
    if one.field == "waivable_by":
        return _compared(_more_is_looser, one)
    if one.field == "measures":
        return _compared(_more_is_tighter, one)
    return None


def _of_care(one: Change) -> str | None:
    """What is done or measured beside the doses: less of it is less strict."""
    if one.kind in ("added", "removed"):
        return "tightening" if one.kind == "added" else "loosening"
    if one.kind == "renamed":
        return None
    return _compared(_longer_is_looser, one) if one.field == "every" else "unclear"


def _of_whole(one: Change) -> str | None:
    """A variable by itself decides nothing: the rules that ask it do. A drug does."""
    return None if one.section == "variables" else "unclear"


Ruling = Callable[[Any, Any], str]


def _compared(ruling: Ruling, one: Change) -> str:
    try:
        return ruling(one.before, one.after)
    except (ValueError, TypeError):
        return "unclear"


def _longer_is_looser(before: Any, after: Any) -> str:
    """None is no limit at all, the loosest."""
    if before is None or after is None:
        return "tightening" if before is None else "loosening"
    return "loosening" if seconds(after) > seconds(before) else "tightening"


def _less_is_looser(before: Any, after: Any) -> str:
    return {"loosening": "tightening", "tightening": "loosening"}[_longer_is_looser(before, after)]


def _more_is_looser(before: Any, after: Any) -> str:
    one, other = set(before or ()), set(after or ())
    if one < other:
        return "loosening"
    return "tightening" if other < one else "unclear"


def _more_is_tighter(before: Any, after: Any) -> str:
    return {"loosening": "tightening", "tightening": "loosening"}.get(_more_is_looser(before, after), "unclear")


def _assumption(before: Any, after: Any) -> str:
    """To take something for granted where nothing was charted is looser than not to know."""
    if before is None or after is None:
        return "loosening" if before is None else "tightening"
    return "unclear"


def _higher_is_looser(before: Any, after: Any) -> str:
    if before is None or after is None:
        return "tightening" if before is None else "loosening"
    if isinstance(before, int) and isinstance(after, int):
        return "loosening" if after > before else "tightening"
    one, other = read_quantity(before), read_quantity(after)
    if not is_same_kind(one.unit, other.unit):
        return "unclear"
    return "loosening" if other.to(one.unit) > one.value else "tightening"


def _undecided(before: Any, after: Any) -> str:
    return "loosening" if Action(after) < Action(before) else "tightening"


_RULED: Mapping[tuple[str, str], Ruling] = {
    ("variables", "max_age"): _longer_is_looser,
    ("variables", "required_for"): _more_is_tighter,
    ("variables", "missing"): _assumption,
    ("regimen", "max_doses"): _higher_is_looser,
    ("regimen", "cycles"): _higher_is_looser,
    ("regimen", "late"): _longer_is_looser,
    ("regimen", "up_to"): _longer_is_looser,
    ("regimen", "early"): _longer_is_looser,
    ("regimen", "min_gap"): _less_is_looser,
    ("regimen", "rest"): _less_is_looser,
    ("regimen", "next_course_after"): _less_is_looser,
    ("dose", "amount"): _higher_is_looser,
    ("dose", "per_dose"): _higher_is_looser,
    ("dose", "per_day"): _higher_is_looser,
    ("dose", "per_cycle"): _higher_is_looser,
    ("dose", "per_cycle_doses"): _higher_is_looser,
    ("dose", "lifetime"): _higher_is_looser,
    ("dose", "max_deviation"): _higher_is_looser,
    ("dose", "max_age"): _higher_is_looser,
    ("dose", "confirm_if_change_over"): _higher_is_looser,
    ("protocol", "when_undecided"): _undecided,
    ("protocol", "roles_to_sign"): _more_is_tighter,
}
