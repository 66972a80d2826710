"""Why this verdict? Each rule that holds or may hold, its comparisons, what was found for them, and its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.known import Known
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.bedside.shown import age_words, as_charted, shown
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact, Missing, Unknown
from seriatim.rules.tree import Compare, atoms
from seriatim.rules.tree import Known as Assessed
from seriatim.rules.truth import Truth
from seriatim.rules.words import words


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison of a rule: what it asks, what was found, and whether it holds.

    `found` is in the unit of the protocol, `charted` the text of the chart.
    """

    text: str
    words: str
    variable: str
    found: str
    charted: str
    observed: datetime | None
    truth: Truth
    age_seconds: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that holds or may hold, with its comparisons and where it comes from."""

    rule: str
    then: Action
    text: str
    atoms: tuple[Atom, ...]
    source: str
    interpretation: str | None
    is_unverified: bool
    still_open: bool  # by what is known now the rule says less; its hold has not been resumed


@dataclass(frozen=True)
class Chart:
    """What was known, and the observation behind each value."""

    protocol: TreatmentProtocol
    known: Known
    observations: Mapping[str, Observation]  # by record

    def fact(self, name: str) -> Fact | Unknown:
        return self.known.get(name, Unknown())

    def found(self, name: str) -> str:
        """The value in the protocol's unit, or why there is none."""
        fact, declared = self.fact(name), self.protocol.document.variables[name]
        text = shown(fact, self.protocol.variables[name])
        if isinstance(fact, Unknown) and fact.why is Missing.STALE and fact.age is not None and declared.max_age:
            return f"{text}: {age_words(fact.age)} old, limit {age_words(seconds(declared.max_age))}"
        return text

    def charted(self, name: str) -> str:
        """The text of the chart; of a derived value that of its parts; empty where nothing was charted."""
        if name in self.protocol.formulas:
            parts = sorted(self.protocol.formulas[name].variables)
            texts = [(self.protocol.variables[part].text or part, self.charted(part)) for part in parts]
            return "; ".join(f"{part} {text}" for part, text in texts if text)
        behind = self.observations.get(self.fact(name).source)
        return as_charted(behind) if behind else ""

    def observed(self, name: str) -> datetime | None:
        behind = self.observations.get(self.fact(name).source)
        return behind.at if behind else None


def chart(protocol: TreatmentProtocol, known: Known, observations: Iterable[Observation], by: datetime) -> Chart:
    """The chart as it stood at a time: of each record the version known by then. Every observation has a record."""
    seen = sorted((one for one in observations if one.known <= by), key=lambda one: one.known)
    return Chart(protocol, known, {one.record: one for one in seen})


def reason(rule: Rule, seen: Chart, state: Truth) -> Reason:
    """One rule explained, whose state with its hold is `state`."""
    declared = rule.declared
    return Reason(
        rule.id,
        rule.then,
        declared.text,
        tuple(atom for one in atoms(rule.tree) for atom in _atoms(one, seen)),
        f"{declared.source.ref}, {declared.source.at}",
        declared.interpretation,
        declared.is_unverified,
        evaluate(rule.tree, seen.known) is not state,
    )


def wanted(rule: Rule, known: Known) -> set[str]:
    """What would have to be known: the unknown variables of the comparisons that are not settled."""
    trees = [rule.tree, *([rule.resume] if rule.resume is not None else [])]
    unsettled = [atom for tree in trees for atom in atoms(tree) if evaluate(atom, known) is Truth.UNKNOWN]
    names = {name for atom in unsettled for name in _asked(atom)}
    return {name for name in names if not isinstance(known.get(name), Fact)} or names


def _atoms(atom: Compare | Assessed, seen: Chart) -> list[Atom]:
    truth = evaluate(atom, seen.known)
    return [
        Atom(
            atom.text,
            words(atom, {one: variable.text or one for one, variable in seen.protocol.variables.items()}),
            name,
            seen.found(name),
            seen.charted(name),
            seen.observed(name),
            truth,
            seen.fact(name).age,
            seen.fact(name).source,
        )
        for name in _asked(atom)
    ]


def _asked(atom: Compare | Assessed) -> list[str]:
    return [atom.variable] if isinstance(atom, Assessed) else [term.variable for term in atom.terms]
