"""What does a protocol ask, in lines for the terminal? Screening, then the rules by organ system, with sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from seriatim.protocols.protocol import NOT_FOR_USE, Rule, TreatmentProtocol
from seriatim.rules.words import words


def in_words(protocol: TreatmentProtocol) -> list[str]:
    """The protocol in lines."""
    return list(_lines(protocol))


def _lines(protocol: TreatmentProtocol) -> Iterator[str]:
    document = protocol.document
    yield f"{document.title}"
    yield f"{protocol.name} {protocol.sha256[:12]}, {document.status}. {NOT_FOR_USE}"
    if protocol.unverified:
        yield f"Unverified: {', '.join(protocol.unverified)}."
    if document.regimen is not None:
        cycle, course = document.regimen.cycle, document.regimen.course
        yield ""
        yield (
            f"Regimen: {cycle.drug} every {cycle.every}, at most {cycle.max_doses} doses a cycle,"
            f" {course.cycles} cycles a course [{cycle.source.ref}, {cycle.source.at}]"
        )
    labels = {name: variable.text or name for name, variable in protocol.variables.items()}
    if protocol.screens:
        yield ""
        yield "Screening"
        for screen in protocol.screens:
            yield f"- {screen.declared.text} [{screen.declared.source.ref}, {screen.declared.source.at}]"
    for system, rules in _by_system(protocol.rules):
        yield ""
        yield f"Before each dose: {system}"
        for rule in rules:
            yield from _rule(rule, labels)
    for heading, parts in (("Supportive care", document.supportive_care), ("Monitoring", document.monitoring)):
        if parts:
            yield ""
            yield heading
            yield from (f"- {part.text} [{part.source.ref}, {part.source.at}]" for part in parts)
    yield ""
    yield f"Where it cannot be decided: {document.when_undecided.words}."


def _rule(rule: Rule, labels: dict[str, str]) -> Iterator[str]:
    declared = rule.declared
    counts = f", counts as {declared.counts_as}" if declared.counts_as else ""
    mark = " [unverified]" if declared.is_unverified else ""
    place = f"[{declared.source.ref}, {declared.source.at}]"
    yield f"- {declared.text} ({rule.id}): {rule.then.words}{counts} {place}{mark}"
    if rule.resume is not None:
        yield f"    until {words(rule.resume, labels)}"
    if declared.interpretation:
        yield f"    read so: {declared.interpretation}"


def _by_system(rules: Sequence[Rule]) -> list[tuple[str, list[Rule]]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.declared.system or "other", []).append(rule)
    return list(found.items())
