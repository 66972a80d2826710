"""May this patient have the next dose, and why? One decision with everything that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from typing import Any

from seriatim.errors import Misuse
from seriatim.protocols.actions import LASTING, Action
from seriatim.protocols.known import Known, known_at
from seriatim.protocols.moment import Moment
from seriatim.protocols.observations import Observation
from seriatim.protocols.protocol import NOT_FOR_USE, Rule, TreatmentProtocol
from seriatim.protocols.second_opinion import agrees
from seriatim.protocols.verdict import Latches, Verdict, judge
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact, Unknown
from seriatim.rules.tree import Compare, atoms
from seriatim.rules.tree import Known as Assessed
from seriatim.rules.truth import Truth
from seriatim.rules.variables import Kind, Variable


@dataclass(frozen=True)
class Atom:
    """One comparison of a rule: what it asks, what was found, and whether it holds."""

    text: str
    variable: str
    found: str
    truth: Truth
    age_seconds: int | None
    source: str


@dataclass(frozen=True)
class Reason:
    """A rule that holds or may hold, with its comparisons and where it comes from."""

    rule: str
    then: Action
    text: str
    atoms: tuple[Atom, ...]
    source: str
    interpretation: str | None
    is_unverified: bool
    still_open: bool  # the rule does not hold now; its hold has not been resumed


@dataclass(frozen=True)
class Decision:
    """A verdict with its reasons. `verdict.operational` is what to act on; `words` says it in one sentence."""

    protocol: str
    sha256: str
    moment: Moment
    verdict: Verdict
    because: tuple[Reason, ...]
    cannot_exclude: tuple[Reason, ...]
    obtain: tuple[str, ...]
    measures: tuple[str, ...]
    unverified: tuple[str, ...]
    known: Known
    engine: str

    @property
    def words(self) -> str:
        """The verdict in one sentence, never without the caution."""
        verdict = self.verdict
        if verdict.is_decided:
            return f"{_capital(verdict.operational.words)}. {NOT_FOR_USE}"
        lacking = f" Obtain: {', '.join(self.obtain)}." if self.obtain else ""
        excluded = f"; {verdict.possible.words!r} cannot be excluded" if verdict.possible > verdict.definite else ""
        return f"{_capital(verdict.operational.words)}{excluded}.{lacking} {NOT_FOR_USE}"


def decide(
    protocol: TreatmentProtocol,
    observations: Iterable[Observation],
    moment: Moment,
    *,
    latches: Latches | None = None,
    reached: Action = Action.GIVE,
    assume: bool = True,
    double_check: bool = True,
) -> Decision:
    """Decide before one dose. Review and simulation only.

    `latches` are the open holds that the previous decision of this cycle left (`decision.verdict.latches`), `reached`
    the stop that is still in force. With `double_check` the rules are also worked out by a second engine; if the two
    ever disagreed there would be no decision but a `Disagreement`. Raises `Misuse` for observations of another patient
    or times without a zone.
    """
    known = known_at(protocol, observations, moment, assume=assume)
    verdict = judge(protocol, known, latches, reached)
    if double_check and not agrees(protocol, known):
        raise Disagreement(protocol.name)
    return explained(protocol, known, moment, verdict)


class Disagreement(Misuse):
    """Two engines read one rule differently: no recommendation. A fault of this software, to be reported."""

    def __init__(self, protocol: str) -> None:
        super().__init__(f"{protocol}: two engines disagree, so there is no decision; keep the record and report it")


def lasting(verdict: Verdict) -> Action:
    """The stop of a verdict that later decisions must keep; give where there is none."""
    return verdict.definite if verdict.definite in LASTING else Action.GIVE


def explained(protocol: TreatmentProtocol, known: Known, moment: Moment, verdict: Verdict) -> Decision:
    """The decision that a verdict is, with its reasons."""
    held = [rule for rule in protocol.rules if rule.id in verdict.held and rule.then > Action.GIVE]
    maybe = [rule for rule in protocol.rules if rule.id in verdict.maybe and rule.then > verdict.definite]
    asked = {name for rule in maybe for name in _unknown_in(rule, known)} | set(verdict.lacking)
    return Decision(
        protocol.name,
        protocol.sha256,
        moment,
        verdict,
        tuple(_reason(rule, protocol, known) for rule in held),
        tuple(_reason(rule, protocol, known) for rule in maybe),
        tuple(sorted(protocol.variables[name].text or name for name in asked)),
        tuple(dict.fromkeys(measure for rule in held for measure in rule.declared.measures)),
        protocol.unverified,
        known,
        f"seriatim {version('seriatim')}",
    )


def record(decision: Decision, protocol: TreatmentProtocol) -> dict[str, Any]:
    """The decision as a JSON-able record from which it can be worked out again: inputs, hashes, verdict, reasons."""
    return {
        "decision": {
            "definite": decision.verdict.definite,
            "possible": decision.verdict.possible,
            "operational": decision.verdict.operational,
            "words": decision.words,
        },
        "protocol": {"name": decision.protocol, "sha256": decision.sha256, "unverified": list(decision.unverified)},
        "engine": decision.engine,
        "decided_at": decision.moment.at.isoformat(),
        "as_known_at": decision.moment.recorded_by.isoformat(),
        "inputs": {name: _input(fact, protocol.variables[name]) for name, fact in sorted(decision.known.items())},
        "because": [_reason_record(reason) for reason in decision.because],
        "cannot_exclude": [_reason_record(reason) for reason in decision.cannot_exclude],
        "lacking": list(decision.verdict.lacking),
        "obtain_next": list(decision.obtain),
        "measures": list(decision.measures),
        "not_triggered": len(protocol.rules) - len(decision.verdict.held) - len(decision.verdict.maybe),
        "near_miss": near_misses(protocol, decision.known),
        "use": NOT_FOR_USE,
    }


def near_misses(protocol: TreatmentProtocol, known: Known) -> list[dict[str, str]]:
    """Rules that one step of the chart would make hold: which, by which variable, and what is charted."""
    found = []
    for name, variable in protocol.variables.items():
        declared, fact = protocol.document.variables[name], known.get(name)
        if declared.worse == "neither" or not isinstance(fact, Fact) or not declared.resolution:
            continue
        step = int(variable.ticks_per_unit * Fraction(declared.resolution)) * (1 if declared.worse == "up" else -1)
        moved: Mapping[str, Fact | Unknown] = {**known, name: Fact(fact.low + step, fact.high + step, fact.age)}
        for rule in protocol.rules:
            if not evaluate(rule.tree, known).possible and evaluate(rule.tree, moved).definite:
                found.append({"rule": rule.id, "variable": name, "charted": shown(fact, variable)})
    return found


def shown(fact: Fact | Unknown, variable: Variable) -> str:
    """A fact as a person reads it, with its unit; an unknown one by its reason.

    >>> from fractions import Fraction
    >>> shown(Fact(2_900_000, 2_900_000), Variable("c", Kind.QUANTITY, "mg/dL", {"mg/dL": Fraction(1)}))
    '2.9 mg/dL'
    """
    if isinstance(fact, Unknown):
        return f"unknown: {fact.why}" + (f" ({fact.detail})" if fact.detail else "")
    if variable.kind in (Kind.ORDINAL, Kind.CATEGORY, Kind.BOOLEAN):
        return " or ".join(variable.levels[place] for place in sorted({fact.low, fact.high}))
    ends = [f"{end / variable.ticks_per_unit:.10g}" for end in (fact.low, fact.high)]
    number = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return f"{number} {variable.unit}".strip()


def _reason(rule: Rule, protocol: TreatmentProtocol, known: Known) -> Reason:
    declared = rule.declared
    found = tuple(atom for one in atoms(rule.tree) for atom in _atoms(one, protocol, known))
    return Reason(
        rule.id,
        rule.then,
        declared.text,
        found,
        f"{declared.source.ref}, {declared.source.at}",
        declared.interpretation,
        declared.is_unverified,
        evaluate(rule.tree, known) is Truth.FALSE,
    )


def _atoms(atom: Compare | Assessed, protocol: TreatmentProtocol, known: Known) -> Sequence[Atom]:
    names = [atom.variable] if isinstance(atom, Assessed) else [term.variable for term in atom.terms]
    truth = evaluate(atom, known)
    facts = [(name, known.get(name, Unknown())) for name in names]
    return [
        Atom(atom.text, name, shown(fact, protocol.variables[name]), truth, fact.age, fact.source)
        for name, fact in facts
    ]


def _unknown_in(rule: Rule, known: Known) -> set[str]:
    """What would have to be known: the unknown variables of the comparisons that are not settled."""
    open_ones = [atom for atom in atoms(rule.tree) if evaluate(atom, known) is Truth.UNKNOWN]
    names = {n for a in open_ones for n in ([a.variable] if isinstance(a, Assessed) else [t.variable for t in a.terms])}
    return {name for name in names if not isinstance(known.get(name), Fact)} or names


def _reason_record(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule,
        "then": reason.then,
        "text": reason.text,
        "atoms": [
            {"test": a.text, "var": a.variable, "value": a.found, "age_seconds": a.age_seconds, "source_row": a.source}
            for a in reason.atoms
        ],
        "source": reason.source,
        "interpretation": reason.interpretation,
        "unverified": reason.is_unverified,
        "still_open": reason.still_open,
    }


def _input(fact: Fact | Unknown, variable: Variable) -> dict[str, Any]:
    stored: dict[str, Any] = {"value": shown(fact, variable), "source_row": fact.source, "age_seconds": fact.age}
    if isinstance(fact, Fact):
        return stored | {"low_ticks": fact.low, "high_ticks": fact.high}
    return stored | {"why": fact.why}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
