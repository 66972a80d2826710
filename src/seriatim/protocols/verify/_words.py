"""How is a patient that the solver found told in words?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.known import Known
from seriatim.protocols.bedside.shown import shown
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._solver import Patient
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact


def patient_words(protocol: TreatmentProtocol, patient: Patient, but: Iterable[str] = ()) -> str:
    """What is unusual about a patient: "creatinine 2.9 mg/dL, heart rate 120 /min"."""
    left_out = set(but)
    names = [name for name in patient.unusual if name not in left_out]
    return facts_words(protocol, {name: patient.facts[name] for name in names})


def facts_words(protocol: TreatmentProtocol, facts: Known) -> str:
    """Each fact with the name that the ward gives it."""
    told = []
    for name, fact in facts.items():
        label = label_of(protocol, name)
        value = shown(fact, protocol.variables[name]) if isinstance(fact, Fact) else "not known"
        told.append(f"{label} {value}")
    return ", ".join(told)


def label_of(protocol: TreatmentProtocol, name: str) -> str:
    """A variable as the ward says it."""
    return protocol.variables[name].text or name.replace("_", " ")


def action_of(protocol: TreatmentProtocol, facts: Known, open_holds: Collection[str] = ()) -> Action:
    """The action for a patient whose values are all known; `open_holds` are the rules whose hold is still open."""
    held = [rule for rule in protocol.rules if evaluate(rule.tree, facts).definite]
    held += [
        rule
        for rule in protocol.rules
        if rule.id in open_holds and rule.resume is not None and not evaluate(rule.resume, facts).definite
    ]
    return max([Action.GIVE, *(rule.then for rule in held)])


def deciding(protocol: TreatmentProtocol, facts: Known) -> tuple[str, ...]:
    """The rules that give this patient's action."""
    worst = action_of(protocol, facts)
    held = [rule for rule in protocol.rules if rule.then == worst and evaluate(rule.tree, facts).definite]
    return tuple(rule.id for rule in held)


def changed(facts: Known, values: Mapping[str, int]) -> Known:
    """The same patient but for these values."""
    return {**facts, **{name: Fact(value, value) for name, value in values.items()}}
