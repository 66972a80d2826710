"""Which grade has a clinical event, by rules over what was done and found, or what is missing to say it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from seriatim.documents import Located, load_located, read_text
from seriatim.errors import Misuse
from seriatim.findings import Finding
from seriatim.grading.event_document import SCHEMA, ClinicalEvent, EventDocument, EventGradeRule, EventVariable
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact, Facts
from seriatim.rules.faults import NotARule
from seriatim.rules.parse import parse
from seriatim.rules.tree import Tree, variables
from seriatim.rules.variables import Kind, Variable
from seriatim.rules.words import words

LIBRARY = Path(__file__).with_name("events")


@dataclass(frozen=True, slots=True)
class Event:
    """A clinical event: the conditions of its grades, the highest first."""

    declared: ClinicalEvent
    conditions: tuple[tuple[EventGradeRule, Tree], ...]

    @property
    def term(self) -> str:
        return self.declared.term


@dataclass(frozen=True, slots=True)
class EventRules:
    """The events of one file and the variables that they ask about."""

    id: str
    title: str
    variables: Mapping[str, Variable]
    events: Mapping[str, Event]


@dataclass(frozen=True, slots=True)
class EventGrade:
    """The grade of an event with its rule; or no grade, with the range that it lies in and what is not known."""

    grade: int | None
    lowest: int
    highest: int
    rule: str = ""
    reason: str = ""
    not_known: tuple[str, ...] = ()


def library() -> tuple[str, ...]:
    """The names of the event rules that come with Seriatim."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.yaml")))


def read_event_rules(source: str | Path) -> EventRules:
    """Read event rules from the library by name, or a site's own from a file.

    `InvalidDocument` with every fault of the file at once.
    """
    path = LIBRARY / f"{source}.yaml" if str(source) in library() else Path(source)
    return load_event_rules(read_text(path), path.name)


def load_event_rules(text: str, name: str = "events") -> EventRules:
    """The same from text."""
    located = load_located(text, EventDocument, schema=SCHEMA, name=name)
    document = located.document
    known = {name: _variable(name, declared) for name, declared in document.variables.items()}
    faults: list[Finding] = []
    events = [_compiled(located, place, known, faults) for place in range(len(document.events))]
    located.refuse(faults)
    by_term = MappingProxyType({event.term: event for event in events})
    return EventRules(document.id, document.title, MappingProxyType(known), by_term)


def grade_event(rules: EventRules, term: str, facts: Facts) -> EventGrade:
    """Grade one event; `Misuse` for a term without rules. `facts` are of one patient in one window.

    Any vasopressor is grade 3, and grade 4 cannot be excluded where it is not known whether others ran beside it:

    >>> rules = read_event_rules("il2-inpatient")
    >>> one = {"phenylephrine_rate": Fact(500_000, 500_000), "norepinephrine_rate": Fact(0, 0),
    ...        "pressors_at_once": Fact(1, 1), "organ_hypoperfusion": Fact(0, 0)}
    >>> grade_event(rules, "hypotension", one).grade
    3
    >>> grade_event(rules, "hypotension", {"phenylephrine_rate": Fact(500_000, 500_000)}).reason
    'cannot be graded between 3 and 4, because norepinephrine_rate, organ_hypoperfusion, pressors_at_once are not known'
    """
    if term not in rules.events:
        raise Misuse(f"{rules.id} has no event {term!r}; it has {', '.join(rules.events)}")
    answers = [(rule, tree, evaluate(tree, facts)) for rule, tree in rules.events[term].conditions]
    lowest = max((rule.grade for rule, _, answer in answers if answer.definite), default=0)
    highest = max((rule.grade for rule, _, answer in answers if answer.possible), default=0)
    if lowest == highest:
        rule = next((_told(rule, tree) for rule, tree, answer in answers if rule.grade == lowest), _NO_RULE)
        return EventGrade(lowest, lowest, highest, rule)
    open_trees = [tree for rule, tree, _ in answers if lowest < rule.grade <= highest]
    not_known = _unknown(open_trees, facts)
    told = f"{', '.join(not_known)} {'is' if len(not_known) == 1 else 'are'} not known"
    reason = f"cannot be graded between {lowest} and {highest}, because {told}"
    return EventGrade(None, lowest, highest, "", reason, not_known)


_NO_RULE = "none of the rules holds"


def _told(rule: EventGradeRule, tree: Tree) -> str:
    unverified = {"V": "", "M": " (not verified)", "site": " (a rule of the site)"}[rule.evidence]
    return f"grade {rule.grade}: {words(tree)}; {rule.because}{unverified}"


def _unknown(trees: list[Tree], facts: Facts) -> tuple[str, ...]:
    asked = frozenset[str]().union(*(variables(tree) for tree in trees))
    return tuple(sorted(name for name in asked if _is_open(facts, name)))


def _is_open(facts: Facts, name: str) -> bool:
    """A value below or above detection can leave a rule open as well."""
    fact = facts.get(name)
    return not isinstance(fact, Fact) or fact.low != fact.high


def _compiled(
    located: Located[EventDocument], place: int, known: Mapping[str, Variable], faults: list[Finding]
) -> Event:
    declared = located.document.events[place]
    conditions = []
    for at, rule in enumerate(declared.grades):
        try:
            conditions.append((rule, parse(rule.when, known)))
        except NotARule as problem:
            where = ("events", place, "grades", at, "when")
            faults += [located.fault(where, fault.found, fault.expected, fault.next_move) for fault in problem.faults]
    return Event(declared, tuple(sorted(conditions, key=lambda pair: -pair[0].grade)))


def _variable(name: str, declared: EventVariable) -> Variable:
    units = {declared.unit: Fraction(1)} if declared.unit else {}
    levels = ("no", "yes") if declared.type is Kind.BOOLEAN else declared.levels
    return Variable(name, declared.type, declared.unit, units, levels, None, declared.text)
