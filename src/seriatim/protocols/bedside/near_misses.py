"""Which rules does one step of the chart keep from holding? What to look at again before the next dose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from seriatim.protocols.bedside.known import Known
from seriatim.protocols.bedside.shown import shown, spelt_unit
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact, Unknown
from seriatim.rules.tree import variables


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that would hold if one variable were one step worse."""

    rule: str
    variable: str
    found: str
    step: str


def near_misses(protocol: TreatmentProtocol, known: Known) -> tuple[NearMiss, ...]:
    """Every rule that one step of one variable would make hold."""
    asking: dict[str, list[Rule]] = {}
    for rule in protocol.rules:
        if not evaluate(rule.tree, known).possible:
            for name in variables(rule.tree):
                asking.setdefault(name, []).append(rule)
    return tuple(miss for name in protocol.variables for miss in _of(protocol, known, name, asking.get(name, ())))


def _of(protocol: TreatmentProtocol, known: Known, name: str, rules: Sequence[Rule]) -> Iterator[NearMiss]:
    """`rules` ask for the variable and do not hold."""
    variable, declared, fact = protocol.variables[name], protocol.document.variables[name], known.get(name)
    if declared.worse == "neither" or not isinstance(fact, Fact) or not declared.resolution:
        return
    step = int(variable.ticks_per_unit * Fraction(declared.resolution)) * (1 if declared.worse == "up" else -1)
    moved: Mapping[str, Fact | Unknown] = {**known, name: Fact(fact.low + step, fact.high + step, fact.age)}
    for rule in rules:
        if evaluate(rule.tree, moved).definite:
            yield NearMiss(
                rule.id, name, shown(fact, variable), f"{declared.resolution} {spelt_unit(variable.unit)}".strip()
            )
