"""Can a worse value ever lead to a more permissive action?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._polarity import may_be_helped
from seriatim.protocols.verify._segments import value_words
from seriatim.protocols.verify._solver import Patient, Prover, World, defined, z3
from seriatim.protocols.verify._words import action_of, changed, deciding, label_of, patient_words
from seriatim.protocols.verify.finding import Gravity, VerifierFinding
from seriatim.protocols.verify.gaps import Gap, gaps
from seriatim.rules.facts import Fact


def not_monotone(protocol: TreatmentProtocol, known: Sequence[Gap] | None = None) -> Iterator[VerifierFinding]:
    """Each variable of which a worse value is followed by less, all others being equal; then all of them together.

    Values inside a gap that is reported by itself (`known`) are left out. On the grid of the chart first: what is
    found there needs no finer result.
    """
    left_out = gaps(protocol) if known is None else known
    charted, anywhere = Prover(protocol, on_grid=True), Prover(protocol)
    found = False
    for name in directed(anywhere):
        for prover in (charted, anywhere):
            pair = _pair(prover, (name,), left_out)
            if pair is not None:
                found = True
                yield _finding(protocol, prover, name, *pair)
                break
    if not found and _pair(anywhere, directed(anywhere), left_out) is not None:
        sentence = "Several values that worsen together can lead to a more permissive action, though none does alone."
        yield VerifierFinding("monotone", Gravity.MEND, (), sentence, "mend the rules that compare values together")


def is_monotone(protocol: TreatmentProtocol, *names: str, on_grid: bool = False) -> bool:
    """Does a worse value of these variables, alone or together, never lead to a more permissive action?

    >>> from seriatim.protocols.load import read_protocol
    >>> protocol = read_protocol("consensus-2014")
    >>> is_monotone(protocol, "creatinine", on_grid=True), is_monotone(protocol, "creatinine")
    (True, False)
    """
    return _pair(Prover(protocol, on_grid=on_grid), names, ()) is None


def directed(prover: Prover) -> tuple[str, ...]:
    """The variables with something to prove: a worse value can make one of their comparisons false.

    One that acts only through a value worked out from it is not among them: the derived value is looked at itself.
    """
    asked = may_be_helped(prover.protocol)
    return tuple(name for name in prover.protocol.variables if name in asked)


def _pair(prover: Prover, names: Sequence[str], left_out: Sequence[Gap]) -> tuple[Patient, Mapping[str, int]] | None:
    """A patient, and the worse values with which less is done; None where there is no such pair."""
    worse, moved = _worse(prover, names)
    outside = [
        z3().Or(worse.values[gap.variable] < gap.low, worse.values[gap.variable] > gap.high)
        for gap in left_out
        if gap.variable in moved
    ]
    drops = [z3().And(prover.reaches(rank), z3().Not(prover.reaches(rank, worse))) for rank in prover.ranks]
    question = [*_limits(prover, worse, names), *outside, z3().Or(*drops)]
    if not moved or not prover.is_possible(*question):
        return None
    return _told(prover, question, {name: worse.values[name] for name in moved})


def _told(prover: Prover, question: Sequence[Any], moved: Mapping[str, Any]) -> tuple[Patient, Mapping[str, int]]:
    """The pair with values that read well: the worse ones are settled first."""
    settled: dict[str, int] = {}
    wanted = list(question)
    for name, value in moved.items():
        settled[name] = prover.value(name, value, *wanted)
        wanted.append(value == settled[name])
    patient = prover.patient(*wanted)
    assert patient is not None  # noqa: S101 - the question was just found to have an answer
    return patient, settled


def _worse(prover: Prover, names: Sequence[str]) -> tuple[World, dict[str, Any]]:
    """The same patient with worse values of these variables, and of what is worked out from them."""
    formulas = prover.protocol.formulas
    through = [name for name in prover.worked_out if formulas[name].variables & set(names)]
    asked = [name for name in names if name in prover.asked]
    moved = {name: z3().Int(f"worse {name}") for name in dict.fromkeys([*asked, *through])}
    return prover.world.moved(moved), moved


def _limits(prover: Prover, worse: World, names: Sequence[str]) -> list[Any]:
    """The worse values are plausible, charted where that is asked, and worse; derived ones fit their parts."""
    limits: list[Any] = []
    for name in (name for name in names if name in prover.asked):
        up = prover.protocol.document.variables[name].worse == "up"
        value, before = worse.values[name], prover.world.values[name]
        limits += [*prover.plausible(name, value), value >= before if up else value <= before]
    for name in prover.worked_out:
        limits += [*prover.plausible(name, worse.values[name])]
        limits += defined(prover.protocol.formulas[name], worse.values[name], worse.values)
    return limits


def _finding(
    protocol: TreatmentProtocol, prover: Prover, name: str, patient: Patient, worse: Mapping[str, int]
) -> VerifierFinding:
    facts, variable = patient.facts, protocol.variables[name]
    after = changed(facts, worse)
    before_fact = facts[name]
    assert isinstance(before_fact, Fact)  # noqa: S101 - the solver gave it a value
    milder, less = value_words(before_fact.low, variable), value_words(worse[name], variable)
    others = patient_words(protocol, patient, but=(name,))
    sentence = (
        f"A worse value of {label_of(protocol, name)} is followed by less. "
        f"At {milder}: {action_of(protocol, facts).words}; "
        f"at {less}, which is worse: {action_of(protocol, after).words}."
    )
    finer = "" if prover.on_grid else " This needs a result finer than the steps of the chart."
    choose = f"mend the rules on {label_of(protocol, name)}, or say why the milder value asks for more"
    return VerifierFinding("monotone", Gravity.CHOOSE, deciding(protocol, facts), sentence + finer, choose, others)
