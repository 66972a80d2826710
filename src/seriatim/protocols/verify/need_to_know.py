"""Which of the values that are missing could truly change the verdict?"""

from __future__ import annotations

from typing import Any

from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.verdict import Latches
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.verify._solver import Prover, World, defined, z3
from seriatim.rules.facts import Fact, Facts
from seriatim.rules.truth import Truth


def need_to_know(
    protocol: TreatmentProtocol, facts: Facts, latches: Latches | None = None, reached: Action = Action.GIVE
) -> tuple[str, ...]:
    """The variables that are unknown, or known only as a bound, of which two plausible values give two verdicts.

    Whatever the other unknown ones are is left open. Three-valued logic alone asks for more. Of a derived value its
    unknown parts are named. Raises `Unsettled` where the solver has no answer.

    >>> from seriatim.protocols.load import read_protocol
    >>> protocol = read_protocol("consensus-2014")
    >>> stopped = {"intubated": Fact(1, 1)}
    >>> need_to_know(protocol, stopped)
    ()
    """
    prover = Prover(protocol)
    world = prover.world.with_open(_open(protocol, latches or {}))
    known = [limit for name in prover.asked for limit in _limits(world, name, facts)]
    open_ones = [name for name in sorted(prover.asked) if not _is_exact(facts, name)]
    changing = [name for name in open_ones if _can_change(prover, world, known, name, reached)]
    return tuple(sorted({part for name in changing for part in _asked_for(protocol, name, facts)}))


def _open(protocol: TreatmentProtocol, latches: Latches) -> dict[str, Any]:
    states = {rule.id: latches.get(rule.id, Truth.FALSE) for rule in protocol.rules if rule.resume is not None}
    return {
        name: z3().Bool(f"open {name}") if state is Truth.UNKNOWN else z3().BoolVal(state is Truth.TRUE)
        for name, state in states.items()
    }


def _limits(world: World, name: str, facts: Facts) -> list[Any]:
    fact = facts.get(name)
    if not isinstance(fact, Fact):
        return [world.known[name]]
    return [world.known[name], world.values[name] >= fact.low, world.values[name] <= fact.high,
            world.ages[name] == fact.age]  # fmt: skip


def _is_exact(facts: Facts, name: str) -> bool:
    fact = facts.get(name)
    return isinstance(fact, Fact) and fact.low == fact.high


def _can_change(prover: Prover, world: World, known: list[Any], name: str, reached: Action) -> bool:
    """Is there a patient who fits what is known and whose verdict another value of this variable would change?"""
    formulas = prover.protocol.formulas
    if name in prover.worked_out:
        return False  # its parts are asked themselves
    through = [one for one in prover.worked_out if name in formulas[one].variables]
    moved = {one: z3().Int(f"other {one}") for one in (name, *through)}
    other = world.moved(moved)
    limits = [limit for one, value in moved.items() for limit in prover.plausible(one, value)]
    limits += [limit for one in through for limit in defined(formulas[one], other.values[one], other.values)]
    drops = [
        z3().And(prover.reaches(rank, world), z3().Not(prover.reaches(rank, other)))
        for rank in prover.ranks
        if rank > reached.rank
    ]
    return prover.is_possible(*known, *limits, z3().Or(*drops))


def _asked_for(protocol: TreatmentProtocol, name: str, facts: Facts) -> tuple[str, ...]:
    formula = protocol.formulas.get(name)
    if formula is None:
        return (name,)
    return tuple(part for part in sorted(formula.variables) if not _is_exact(facts, part)) or (name,)
