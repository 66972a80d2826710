"""How is a protocol handed to a system that speaks FHIR? As a PlanDefinition of R5, to be read; never to be executed.

A condition goes out in words, as text. What a rule engine would need, the condition as this protocol writes it, stands
in an extension of its own, since no language of FHIR keeps unknown apart from false as these rules do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from seriatim.protocols.actions import Action
from seriatim.protocols.declared.sources import Sourced
from seriatim.protocols.exports.dose_lines import dose_lines
from seriatim.protocols.protocol import NOT_FOR_USE, Rule, TreatmentProtocol
from seriatim.protocols.versions.sign_off import is_signed
from seriatim.protocols.versions.sign_off_document import SignOff
from seriatim.protocols.wording.condition_words import condition_words
from seriatim.protocols.wording.unit_words import amount_words
from seriatim.rules.amounts import split_amount

Element = dict[str, Any]
URN = "urn:seriatim"
PLAN_TYPE = "http://terminology.hl7.org/CodeSystem/plan-definition-type"


def plan_definition(protocol: TreatmentProtocol, *, on: date, sign_offs: Iterable[SignOff] = ()) -> Element:
    """The protocol as a PlanDefinition (FHIR R5), as plain values for `json.dumps`.

    Its status is `draft` and it is experimental, unless every role that must sign has signed it on that day.

    >>> from datetime import date
    >>> from seriatim.protocols.load import read_protocol
    >>> plan = plan_definition(read_protocol("consensus-2014"), on=date(2026, 3, 2))
    >>> plan["resourceType"], plan["status"], plan["experimental"]
    ('PlanDefinition', 'draft', True)
    """
    document = protocol.document
    signed = bool(is_signed(protocol, sign_offs, on))
    return _without_nothing(
        {
            "resourceType": "PlanDefinition",
            "url": f"{URN}:protocol:{document.id}",
            "identifier": [{"system": f"{URN}:protocol-sha256", "value": protocol.sha256}],
            "version": document.version,
            "name": _name(document.id),
            "title": document.title,
            "type": {"coding": [{"system": PLAN_TYPE, "code": "clinical-protocol"}]},
            "status": "retired" if document.status == "retired" else "active" if signed else "draft",
            "experimental": not signed,
            "date": on.isoformat(),
            "description": _description(protocol, signed),
            "usage": "To be read: conditions are text. An engine that executes FHIR must not decide by this resource.",
            "effectivePeriod": _period(protocol),
            "relatedArtifact": [_citation(name, source) for name, source in document.sources.items()],
            "extension": [_text_extension("overlay", overlay.name) for overlay in document.overlays],
            "action": _actions(protocol),
        }
    )


def _actions(protocol: TreatmentProtocol) -> list[Element]:
    document = protocol.document
    groups = (
        ("screening", "Before treatment", [_criterion(protocol, screen.declared) for screen in protocol.screens]),
        ("cycle", "One cycle", _cycle(protocol)),
        ("before-dose", "Before each dose", [_rule(protocol, rule) for rule in protocol.rules]),
        ("supportive-care", "Supportive care", [_care(protocol, care) for care in document.supportive_care]),
        ("monitoring", "Monitoring", [_watch(protocol, watch) for watch in document.monitoring]),
        ("discharge", "Discharge", [_criterion(protocol, one) for one in document.discharge]),
    )
    return [
        {
            "linkId": name,
            "title": title,
            "groupingBehavior": "logical-group",
            "selectionBehavior": "all",
            "action": inside,
        }
        for name, title, inside in groups
        if inside
    ]


def _cycle(protocol: TreatmentProtocol) -> list[Element]:
    regimen = protocol.document.regimen
    if regimen is None:
        return []
    cycle = regimen.cycle
    rule = protocol.document.dose.get(cycle.drug)
    lines = [f"{name}: {text}." for name, text in dose_lines(rule)] if rule else []
    dosing = f"{cycle.drug} every {amount_words(cycle.every)}, at most {cycle.max_doses} doses"
    return [
        _part(
            "regimen.cycle",
            f"{dosing}. {' '.join(lines)}".strip(),
            cycle,
            title=f"Give {cycle.drug}",
            timingTiming={"repeat": {"countMax": cycle.max_doses, "count": 1, **_every(cycle.every)}},
        )
    ]


def _every(duration: str) -> Element:
    amount, unit = split_amount(duration)
    return {"frequency": 1, "period": _number(amount), "periodUnit": unit}


def _rule(protocol: TreatmentProtocol, rule: Rule) -> Element:
    declared = rule.declared
    conditions = [_condition(protocol, "applicability", declared.when)]
    until = f" Until: {condition_words(protocol, declared.resume)}." if declared.resume else ""
    measures = f" Meanwhile: {', '.join(declared.measures)}." if declared.measures else ""
    extensions = [_text_extension("action", str(rule.then))]
    extensions += [_text_extension("counts-as", declared.counts_as)] if declared.counts_as else []
    extensions += [_text_extension("resume", declared.resume)] if declared.resume else []
    said = f"{declared.text}: {Action(rule.then).words}.{until}{measures}"
    return _part(rule.id, said, declared, title=declared.text, condition=conditions, extension=extensions)


def _criterion(protocol: TreatmentProtocol, one: Any) -> Element:
    """A criterion of screening or discharge; one that excludes goes out as the condition that must not hold."""
    excludes = getattr(one, "exclude", None)
    text = excludes or one.require
    conditions = [_condition(protocol, "applicability", text, is_excluded=bool(excludes))] if text else []
    return _part(one.id, one.text, one, title=one.text, condition=conditions)


def _care(protocol: TreatmentProtocol, care: Any) -> Element:
    conditions = [_condition(protocol, "stop", care.stop_when)] if care.stop_when else []
    return _part(care.id, f"{care.text}. Begins: {care.start}.", care, title=care.text, condition=conditions)


def _watch(protocol: TreatmentProtocol, watch: Any) -> Element:
    notify = f" Call when {condition_words(protocol, watch.notify_when)}." if watch.notify_when else ""
    said = f"{watch.text}, from {watch.begins} to {watch.ends}.{notify}"
    return _part(watch.id, said, watch, title=watch.text, timingTiming={"repeat": _every(watch.every)})


def _condition(protocol: TreatmentProtocol, kind: str, text: str, *, is_excluded: bool = False) -> Element:
    words = condition_words(protocol, text)
    said = f"must not hold: {words}" if is_excluded else words
    return {
        "kind": kind,
        "expression": {
            "extension": [_text_extension("exclude" if is_excluded else "condition", text)],
            "description": said,
            "language": "text/plain",
            "expression": said,
        },
    }


def _part(link: str, said: str, part: Sourced, **more: Any) -> Element:
    return _without_nothing(
        {
            "linkId": link,
            "description": said,
            "documentation": [_documentation(part)],
            **more,
        }
    )


def _documentation(part: Sourced) -> Element:
    unverified = " Unverified: nobody has checked it against its source." if part.is_unverified else ""
    display = f"{part.source.ref}, {part.source.at}. {part.interpretation or ''}{unverified}"
    return {"type": "citation", "label": part.source.ref, "display": display.strip()}


def _citation(name: str, source: Any) -> Element:
    doi = f" doi {source.doi}" if source.doi else ""
    return {"type": "citation", "label": name, "citation": f"{source.cite}{doi}"}


def _text_extension(name: str, text: str) -> Element:
    return {"url": f"{URN}:fhir:{name}", "valueString": text}


def _description(protocol: TreatmentProtocol, signed: bool) -> str:
    unverified = f" {len(protocol.unverified)} of its parts are unverified." if protocol.unverified else ""
    return f"{protocol.document.title}.{'' if signed else ' ' + NOT_FOR_USE}{unverified}"


def _period(protocol: TreatmentProtocol) -> Element:
    effective = protocol.document.effective
    ends = {"start": effective.since, "end": effective.until}
    return {name: day.isoformat() for name, day in ends.items() if day is not None}


def _name(identifier: str) -> str:
    """A name that a program can use, as FHIR asks: it begins with a capital and has letters, digits and _ alone."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^a-z0-9]+", identifier))


def _number(amount: Fraction) -> int | float:
    return int(amount) if amount.denominator == 1 else float(amount)


def _without_nothing(element: Mapping[str, Any]) -> Element:
    """FHIR has no empty lists, objects or texts: what is not there is left out."""
    return {key: value for key, value in element.items() if value not in (None, [], {}, "")}
