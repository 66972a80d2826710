"""Is everything that is declared used, sourced, and said of it what the checks need to know?"""

from __future__ import annotations

from collections.abc import Iterator

from seriatim.protocols.declared.variables import VariableDeclaration
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._words import label_of
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.rules.parse import parse
from seriatim.rules.tree import Compare, Tree, atoms, variables


def incomplete(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    """Variables that nothing uses, values of any age that count, variables without a direction, unverified parts.

    That every name is declared, every threshold has a unit of its variable's kind and every rule a source that is
    listed is seen to when the file is read: a protocol without is not read at all.
    """
    yield from _unused(protocol)
    yield from _watched_without_variable(protocol)
    yield from _of_any_age(protocol)
    yield from _without_direction(protocol)
    yield from _uncited(protocol)
    if protocol.unverified:
        sentence = f"Not checked against a source: {', '.join(protocol.unverified)}."
        choose = "check each against its source; until then nobody can sign"
        yield VerifierFinding("completeness", Gravity.MEND, protocol.unverified, sentence, choose)


def used(protocol: TreatmentProtocol) -> frozenset[str]:
    """Every variable that something in the protocol asks for."""
    document = protocol.document
    found = {name for tree in _conditions(protocol) for name in variables(tree)}
    found |= {part for name in found & set(protocol.formulas) for part in protocol.formulas[name].variables}
    found |= {name for watch in document.monitoring for name in watch.measure}
    found |= {name for name, declared in document.variables.items() if declared.required_for}
    assumed = (declared.missing for declared in document.variables.values() if declared.missing is not None)
    found |= {rule.only_if for rule in assumed if rule.only_if is not None}
    return frozenset(found)


def _conditions(protocol: TreatmentProtocol) -> Iterator[Tree]:
    document = protocol.document
    for rule in protocol.rules:
        yield rule.tree
        if rule.resume is not None:
            yield rule.resume
    yield from (screen.eligible for screen in protocol.screens)
    yield from protocol.applies.values()
    texts = [
        *(care.stop_when for care in document.supportive_care),
        *(watch.notify_when for watch in document.monitoring),
        *(part.require for part in document.discharge),
    ]
    yield from (parse(text, protocol.variables) for text in texts if text is not None)


def _unused(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    known = used(protocol)
    for name in protocol.variables:
        if name not in known:
            sentence = f"{label_of(protocol, name)} ({name}) is declared, but nothing asks for it."
            yield _finding((), sentence, "remove it, or add the rule that was meant")


def _watched_without_variable(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    for watch in protocol.document.monitoring:
        strange = [name for name in watch.measure if name not in protocol.variables]
        if strange:
            sentence = f"{watch.id} measures what is no variable of the protocol: {', '.join(strange)}."
            yield _finding((watch.id,), sentence, "declare it, or leave it to the words of the ward")


def _of_any_age(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    asked = {name for rule in protocol.rules for name in variables(rule.tree)}
    asked |= {part for name in asked & set(protocol.formulas) for part in protocol.formulas[name].variables}
    for name in sorted(asked):
        if _counts_for_ever(protocol.document.variables[name]):
            sentence = f"A value of {label_of(protocol, name)} counts however old it is."
            yield _finding((), sentence, "declare max_age or a window, or see that this is meant")


def _counts_for_ever(declared: VariableDeclaration) -> bool:
    return bool(declared.codes) and declared.max_age is None and declared.window.since in ("ever", "course_start")


def _without_direction(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    compared = {
        (term.variable, rule.id)
        for rule in protocol.rules
        for atom in atoms(rule.tree)
        if isinstance(atom, Compare) and atom.operator not in ("=", "<>")
        for term in atom.terms
        if term.aspect == "value"
    }
    for name in sorted({name for name, _ in compared}):
        declared = protocol.document.variables[name]
        if declared.worse == "neither" and declared.history is None:
            rules = tuple(sorted(rule for asked, rule in compared if asked == name))
            sentence = f"{label_of(protocol, name)} declares no worse direction: its gaps could not be looked for."
            yield _finding(rules, sentence, "declare worse: up or down where there is one")


def _uncited(protocol: TreatmentProtocol) -> Iterator[VerifierFinding]:
    without = [name for name, declared in protocol.document.variables.items() if declared.source is None]
    if without:
        sentence = f"No source says which value of these counts and how old it may be: {', '.join(without)}."
        yield _finding((), sentence, "cite one, or a decision of the site")


def _finding(rules: tuple[str, ...], sentence: str, choose: str) -> VerifierFinding:
    return VerifierFinding("completeness", Gravity.KNOW, rules, sentence, choose)
