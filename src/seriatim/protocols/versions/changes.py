"""What did one protocol file say that another says otherwise? Every change, each as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from seriatim.protocols.actions import Action
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.wording.condition_words import read_condition, tree_words
from seriatim.protocols.wording.unit_words import amount_words
from seriatim.rules.tree import AtLeast, Compare, Group, Known, Tree, parts

Kind = Literal["added", "removed", "renamed", "threshold", "count", "condition", "action", "changed"]
RULE_SECTIONS = ("before_dose", "screening", "supportive_care", "monitoring", "discharge")
CONDITIONS = ("when", "resume", "require", "exclude", "stop_when", "notify_when")
SECTION_WORDS: Mapping[str, str] = {
    "before_dose": "rule before a dose",
    "screening": "criterion of screening",
    "supportive_care": "measure of supportive care",
    "monitoring": "measurement",
    "discharge": "condition of discharge",
    "variables": "variable",
    "dose": "dose of",
    "regimen": "regimen,",
    "protocol": "protocol,",
    "sources": "source",
}


@dataclass(frozen=True)
class Change:
    """One difference: where, what kind, and both sides as they are written (None where there is none)."""

    section: str
    id: str
    kind: Kind
    field: str
    before: Any
    after: Any
    sentence: str


def changes(a: TreatmentProtocol, b: TreatmentProtocol) -> tuple[Change, ...]:
    """Every change from A to B. Examples and the order of rules are no change: they decide nothing."""
    return tuple(_all(a, b))


def _all(a: TreatmentProtocol, b: TreatmentProtocol) -> Iterator[Change]:
    one, other = (side.document.model_dump(mode="json") for side in (a, b))
    for section in RULE_SECTIONS:
        before, after = ({part["id"]: part for part in side[section]} for side in (one, other))
        yield from _of_section(section, before, after, a, b)
    for section in ("variables", "dose", "sources"):
        yield from _of_section(section, one[section], other[section], a, b)
    yield from _of_section("regimen", one["regimen"] or {}, other["regimen"] or {}, a, b)
    kept = ("when_undecided", "zone", "effective", "roles_to_sign", "title", "notes", "overlays")
    before, after = ({name: side[name] for name in kept} for side in (one, other))
    yield from _of_part("protocol", "as a whole", before, after, a, b)


def _of_section(
    section: str, before: Mapping[str, Any], after: Mapping[str, Any], a: TreatmentProtocol, b: TreatmentProtocol
) -> Iterator[Change]:
    renamed = _renamed(before, after)
    for name, part in before.items():
        if name in renamed:
            yield from _rename(section, name, renamed[name])
            yield from _of_part(section, renamed[name], part, after[renamed[name]], a, b)
        elif name not in after:
            yield _gone(section, name, part, a, "removed")
        else:
            yield from _of_part(section, name, part, after[name], a, b)
    new = [name for name in after if name not in before and name not in renamed.values()]
    yield from (_gone(section, name, after[name], b, "added") for name in new)


def _renamed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Rules that ask and say the same under another id; only where exactly one can be meant."""
    keys = ("when", "then", "require", "exclude")
    asked = {name: tuple(part.get(key) for key in keys) for name, part in after.items() if name not in before}
    found = {}
    for name, part in before.items():
        said = tuple(part.get(key) for key in keys)
        same = [new for new, condition in asked.items() if condition == said and any(said)]
        if name not in after and len(same) == 1:
            found[name] = same[0]
    return found


def _rename(section: str, before: str, after: str) -> Iterator[Change]:
    sentence = f"{_place(section, before)} is called {after} and asks the same."
    yield Change(section, after, "renamed", "id", before, after, sentence)


def _gone(section: str, name: str, part: Any, side: TreatmentProtocol, kind: Literal["added", "removed"]) -> Change:
    said = f": {_said(section, part, side)}" if _said(section, part, side) else ""
    sentence = f"{_place(section, name)} is {kind}{said}."
    before, after = (None, part) if kind == "added" else (part, None)
    return Change(section, name, kind, "", before, after, sentence)


def _said(section: str, part: Any, side: TreatmentProtocol) -> str:
    if section == "before_dose":
        condition = tree_words(side, read_condition(side, part["when"]))
        return f"if {condition}, then {Action(part['then']).words}"
    if section == "screening":
        key = "require" if part.get("require") else "exclude"
        return f"{key} {tree_words(side, read_condition(side, part[key]))}"
    return str(part.get("text") or part.get("cite") or "") if isinstance(part, Mapping) else ""


def _of_part(
    section: str, name: str, before: Any, after: Any, a: TreatmentProtocol, b: TreatmentProtocol
) -> Iterator[Change]:
    for field, one, other in _differing(before, after):
        if field != "id":
            yield from _of_field(section, name, field, one, other, a, b)


def _differing(before: Any, after: Any, under: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The values that differ, each with the way to it: keys that both have are looked into."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from _differing(before.get(key), after.get(key), f"{under}.{key}" if under else str(key))
    elif before != after:
        yield under, before, after


def _of_field(
    section: str, name: str, field: str, before: Any, after: Any, a: TreatmentProtocol, b: TreatmentProtocol
) -> Iterator[Change]:
    place = _place(section, name)
    if field in CONDITIONS and before and after:
        yield from _of_condition(section, name, field, (before, after), a, b)
    elif field == "then":
        sentence = f"{place}: {Action(before).words} becomes {Action(after).words}."
        yield Change(section, name, "action", field, before, after, sentence)
    else:
        sentence = f"{place}: {field.replace('_', ' ')} {_shown(before)} becomes {_shown(after)}."
        yield Change(section, name, "changed", field, before, after, sentence)


def _of_condition(
    section: str, name: str, field: str, texts: tuple[str, str], a: TreatmentProtocol, b: TreatmentProtocol
) -> Iterator[Change]:
    one, other = read_condition(a, texts[0]), read_condition(b, texts[1])
    place = _place(section, name) + ("" if field in ("when", "require", "exclude") else f", {field.replace('_', ' ')}")
    moved = _moved(one, other, a, b)
    if moved is None:
        said = f"{tree_words(a, one)} becomes {tree_words(b, other)}"
        yield Change(section, name, "condition", field, *texts, f"{place}: the condition {said}.")
        return
    for kind, sentence in moved:
        yield Change(section, name, kind, field, *texts, f"{place}: {sentence}.")


Moved = list[tuple[Literal["threshold", "count"], str]]


def _moved(one: Tree, other: Tree, a: TreatmentProtocol, b: TreatmentProtocol) -> Moved | None:
    """The constants that differ between two conditions of one shape; None where the shapes differ."""
    if isinstance(one, Compare) and isinstance(other, Compare):
        return _moved_threshold(one, other, a, b)
    if isinstance(one, Group | Known) or isinstance(other, Group | Known):
        return [] if one == other else None
    if type(one) is not type(other) or len(parts(one)) != len(parts(other)):
        return None
    inner = [_moved(first, second, a, b) for first, second in zip(parts(one), parts(other), strict=True)]
    if any(found is None for found in inner):
        return None
    moved = [line for found in inner for line in found or []]
    if isinstance(one, AtLeast) and isinstance(other, AtLeast) and one.n != other.n:
        moved.append(("count", f"at least {one.n} becomes at least {other.n} of the same"))
    return moved


def _moved_threshold(one: Compare, other: Compare, a: TreatmentProtocol, b: TreatmentProtocol) -> Moved | None:
    names = [[(term.variable, term.aspect) for term in atom.terms] for atom in (one, other)]
    if names[0] != names[1] or len(one.terms) != 1 or one.terms[0].aspect == "age":
        return [] if (one.terms, one.operator, one.constant) == (other.terms, other.operator, other.constant) else None
    variable, same = a.variables[one.terms[0].variable], b.variables[other.terms[0].variable]
    if (variable.unit, variable.levels, variable.kind) != (same.unit, same.levels, same.kind):
        return None
    if one.operator == other.operator and _limit(one, a) == _limit(other, b):
        return []
    return [("threshold", f"{tree_words(a, one)} becomes {tree_words(b, other)}")]


def _limit(atom: Compare, side: TreatmentProtocol) -> Fraction:
    term = atom.terms[0]
    return Fraction(atom.constant, term.coefficient * side.variables[term.variable].ticks_per_unit)


def _place(section: str, name: str) -> str:
    words = SECTION_WORDS[section]
    return f"{words[:1].upper()}{words[1:]} {name.replace('_', ' ') if section == 'variables' else name}"


def _shown(value: Any) -> str:
    if value is None or value in ((), [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key} {_shown(item)}" for key, item in value.items())
    text = str(value)
    return f'"{text}"' if " " in amount_words(text) and amount_words(text) == text else amount_words(text)
