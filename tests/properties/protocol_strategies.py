"""Protocols at random: as a file that is read, and the same rules as the plain reference takes them."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from tests.properties.rule_strategies import rule
from tests.reference.protocol_reference import ACTIONS

from seriatim.protocols.load import load_protocol
from seriatim.protocols.protocol import TreatmentProtocol

VARIABLES = """
  creatinine: {type: quantity, text: c, unit: mg/dL, also_accept: {umol/L: {factor: 1/88.4, source: s}}, codes: [c], resolution: 0.1, plausible: [0.1, 30]}
  platelets: {type: quantity, text: p, unit: 10*9/L, also_accept: {/mm3: {factor: 0.001, source: s}}, codes: [p], resolution: 1, plausible: [0, 2000]}
  weight: {type: quantity, text: w, unit: kg, also_accept: {"[lb_av]": {factor: "0.45359237", source: s}}, codes: [w], resolution: 0.1, plausible: [30, 250]}
  baseline: {type: quantity, text: b, unit: kg, also_accept: {g: {factor: 0.001, source: s}}, codes: [w], window: {before: cycle_start}, resolution: 0.1, plausible: [30, 250]}
  map: {type: quantity, text: m, unit: "mm[Hg]", also_accept: {kPa: {factor: 500000/66661, source: s}}, codes: [m], resolution: 1, plausible: [20, 250]}
  urine: {type: quantity, text: u, unit: mL, also_accept: {L: {factor: 1000, source: s}}, codes: [u], resolution: 1, plausible: [0, 20000]}
  held: {type: count, text: h, codes: [h]}
  given: {type: count, text: g, codes: [g]}
  ecg: {type: boolean, text: e, codes: [e]}
  troponin: {type: boolean, text: t, codes: [t]}
  mental: {type: ordinal, text: m, codes: [mental], levels: [normal, vivid dreams, confused, coma]}
  response: {type: category, text: r, codes: [r], levels: [CR, PR, SD, PD]}
"""  # noqa: E501
GROUPS = ("relative", "absolute")


class Made(NamedTuple):
    """A protocol, and what the reference needs of it."""

    protocol: TreatmentProtocol
    rules: list[dict[str, Any]]
    required: list[str]
    when_undecided: str


def made(rng: random.Random, *, asks_known: bool = True, size: int = 7) -> Made:
    """A protocol of about so many rules, some in groups, some with a hold, some that count."""
    rules = [_rule(rng, place, asks_known) for place in range(rng.randint(2, size))]
    for name in sorted({one["group"] for one in rules if one["group"]}):
        events = {one["once"] or one["id"] for one in rules if one["group"] == name}
        n = rng.randint(1, min(3, len(events)))
        rules.append(_counting(rng, name, n))
    rng.shuffle(rules)
    required = sorted(rng.sample(["creatinine", "map", "ecg", "mental"], rng.randint(0, 2)))
    when_undecided = rng.choice(("delay", "delay", "hold_dose", "stop_cycle"))
    return Made(read(rules, required, when_undecided), rules, required, when_undecided)


def read(rules: list[dict[str, Any]], required: list[str], when_undecided: str) -> TreatmentProtocol:
    """The protocol with its rules in this order."""
    lines = VARIABLES
    for name in required:
        lines = lines.replace(f"\n  {name}: {{", f"\n  {name}: {{required_for: [give], ")
    text = "\n".join(
        [
            "schema: seriatim.protocol/1\nid: made-up\nversion: 1.0.0\ntitle: made up\nsources: {s: {cite: none}}",
            f"when_undecided: {when_undecided}\nvariables:{lines}before_dose:",
            *(_line(one) for one in rules),
        ]
    )
    return load_protocol(text, "made-up.yaml")


def _rule(rng: random.Random, place: int, asks_known: bool) -> dict[str, Any]:
    text, condition = rule(rng, depth=2, asks_known=asks_known)
    resume_text, resume = rule(rng, depth=1, asks_known=asks_known) if rng.random() < 0.3 else (None, None)
    group = rng.choice((None, *GROUPS))
    return {
        "id": f"r{place}",
        "text": text,
        "condition": condition,
        "then": rng.choice(ACTIONS[1:]),
        "resume_text": resume_text,
        "resume": resume,
        "group": group,
        "once": rng.choice((None, None, "one", "two")) if group else None,
    }


def _counting(rng: random.Random, name: str, n: int) -> dict[str, Any]:
    return {
        "id": f"count_{name}",
        "text": f"at_least({n}, {name})",
        "condition": ("group", n, name),
        "then": rng.choice(ACTIONS[3:]),
        "resume_text": None,
        "resume": None,
        "group": None,
        "once": None,
    }


def _line(one: dict[str, Any]) -> str:
    parts = [f"id: {one['id']}", "text: t", f"then: {one['then']}", "source: {ref: s, at: p}"]
    parts += [f'when: "{one["text"]}"']
    parts += [f'resume: "{one["resume_text"]}"'] if one["resume_text"] else []
    parts += [f"counts_as: {one['group']}"] if one["group"] else []
    parts += [f"count_once: {one['once']}"] if one["once"] else []
    return f"  - {{{', '.join(parts)}}}"
