"""The smallest protocol that a rule can stand in, for the tests of the checks."""

from __future__ import annotations

from seriatim.protocols.load import load_protocol
from seriatim.protocols.protocol import TreatmentProtocol

VARIABLES = {
    "creatinine": "{type: quantity, text: creatinine, unit: mg/dL, codes: [c], max_age: 1 d, resolution: 0.1,"
    " plausible: [0.1, 30], worse: up, source: {ref: here, at: test}}",
    "saturation": "{type: quantity, text: saturation, unit: '%', codes: [s], max_age: 4 h, resolution: 1,"
    " plausible: [40, 100], worse: down, source: {ref: here, at: test}}",
    "troponin": "{type: boolean, text: troponin raised, codes: [t], max_age: 1 d, worse: up,"
    " source: {ref: here, at: test}}",
    "held": "{type: count, text: doses held, history: held_doses, worse: up, source: {ref: here, at: test}}",
}


def rule(name: str, when: str, then: str = "hold_dose", **more: str) -> str:
    """One rule before a dose, as a line of the file."""
    also = "".join(f", {key}: {value!r}" for key, value in more.items())
    return f'  - {{id: {name}, text: {name}, when: "{when}", then: {then}{also}, source: {{ref: here, at: test}}}}'


def protocol(*rules: str, more: str = "", **variables: str) -> TreatmentProtocol:
    """A protocol of these rules; `variables` are added to the common ones, or replace them."""
    declared = {name: text for name, text in VARIABLES.items() if any(name in one for one in (*rules, more))}
    lines = [f"  {name}: {text}" for name, text in {**declared, **variables}.items()]
    head = [
        "schema: seriatim.protocol/1", "id: small", "version: 1.0.0", "title: Small",
        "sources: {here: {cite: a test}}", "variables:", *lines, "before_dose:", *rules,
    ]  # fmt: skip
    return load_protocol("\n".join([*head, more]), unverified=True)
