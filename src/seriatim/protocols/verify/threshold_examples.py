"""Does an example stand at each threshold, one step to either side of it, and for the value missing?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.bedside.known import Known
from seriatim.protocols.examples import example_facts, normal_facts
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._segments import thresholds_in, value_words
from seriatim.protocols.verify._solver import grid_step, value_range
from seriatim.protocols.verify._words import label_of
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.rules.facts import Fact
from seriatim.rules.tree import variables
from seriatim.rules.variables import Kind


def without_example(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Each threshold of a rule with the values around it that no example gives; each variable without an example in
    which it is missing. Values outside the plausible range are not asked for."""
    given = _given(protocol)
    for name in sorted({name for rule in protocol.rules for name in variables(rule.tree)}):
        yield from _around(protocol, name, given.get(name, set()))
        if protocol.document.variables[name].history is None and not _is_once_missing(protocol, name):
            sentence = f"No example has {label_of(protocol, name)} missing."
            yield _finding(_rules_on(protocol, name), sentence, f"add an example with {name}: null")


def _around(protocol: TreatmentProtocol, name: str, given: set[int]) -> Iterator[VerifierFinding]:
    step, (low, high) = grid_step(protocol, name), value_range(protocol, name)
    for threshold in sorted({value for rule in protocol.rules for value in thresholds_in(rule.tree, name)}):
        at = round(threshold)
        wanted = [at] if protocol.variables[name].kind in (Kind.BOOLEAN, Kind.CATEGORY) else [at - step, at, at + step]
        lacking = [value for value in wanted if low <= value <= high and value not in given]
        if lacking:
            told = " or ".join(value_words(value, protocol.variables[name]) for value in lacking)
            sentence = f"No example has {label_of(protocol, name)} at {told}, at or beside a threshold."
            yield _finding(_rules_on(protocol, name), sentence, "add an example for each")


def _given(protocol: TreatmentProtocol) -> dict[str, set[int]]:
    """The values that examples give by name, and those worked out from what they give."""
    found: dict[str, set[int]] = {}
    normal = normal_facts(protocol)
    for example in protocol.document.examples:
        facts = example_facts(protocol, example, normal)
        told = set(example.given) | {n for n, f in protocol.formulas.items() if f.variables & set(example.given)}
        for name in told:
            _add(found, name, facts)
    return found


def _add(found: dict[str, set[int]], name: str, facts: Known) -> None:
    fact = facts.get(name)
    if isinstance(fact, Fact):
        found.setdefault(name, set()).add(fact.low)


def _is_once_missing(protocol: TreatmentProtocol, name: str) -> bool:
    return any(example.given.get(name, "") is None for example in protocol.document.examples)


def _rules_on(protocol: TreatmentProtocol, name: str) -> tuple[str, ...]:
    return tuple(rule.id for rule in protocol.rules if thresholds_in(rule.tree, name))


def _finding(rules: tuple[str, ...], sentence: str, choose: str) -> VerifierFinding:
    return VerifierFinding("examples", Gravity.KNOW, rules, sentence, choose)
