"""How do the rules become formulas over whole numbers, and is there a patient for whom they hold?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from importlib import import_module
from itertools import product
from typing import Any

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.known import Known
from seriatim.protocols.declared.amount import seconds
from seriatim.protocols.examples import normal_facts
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.protocols.verify.finding import Unsettled
from seriatim.rules.facts import Fact, Unknown
from seriatim.rules.formula import Formula, rounded_quotient
from seriatim.rules.linear import GREATEST_AGE_SECONDS, GREATEST_COUNT
from seriatim.rules.tree import And, AtLeast, Compare, Group, Not, Term, Tree, atoms, variables
from seriatim.rules.tree import Known as Assessed
from seriatim.rules.variables import Kind, Variable

# Work, not time, is limited, so that the same protocol gets the same answer on a slow machine.
MOST_WORK = 40_000_000
COUNTED_FROM_ONE = ("planned_dose", "cycle", "course")


@cache
def z3() -> Any:
    """The solver's module, which comes with the extra `verify`."""
    try:
        return import_module("z3")
    except ImportError:
        raise Misuse("static checks need the solver Z3: python -m pip install 'seriatim[verify]'") from None


@dataclass(frozen=True)
class World:
    """One patient as unknowns of the solver: each variable's ticks, age, and whether it is known."""

    values: Mapping[str, Any]
    ages: Mapping[str, Any]
    known: Mapping[str, Any]
    open: Mapping[str, Any] = field(default_factory=dict)  # rule -> is its hold still open
    like: World | None = None  # the patient from whom `moved` differ
    differs: tuple[str, ...] = ()

    def moved(self, values: Mapping[str, Any]) -> World:
        """The same patient but for these values."""
        return World({**self.values, **values}, self.ages, self.known, self.open, self, tuple(values))

    def with_open(self, holds: Mapping[str, Any]) -> World:
        """The same patient with these holds open, or perhaps open, from before."""
        return World(self.values, self.ages, self.known, holds)


def definite(tree: Tree, world: World) -> Any:
    """The formula of a condition that certainly holds."""
    return _formula(tree, world, True)


def possible(tree: Tree, world: World) -> Any:
    """The formula of a condition that holds or may hold."""
    return _formula(tree, world, False)


def _formula(tree: Tree, world: World, certain: bool) -> Any:
    solver = z3()
    if isinstance(tree, Compare):
        return _comparison(tree, world, certain)
    if isinstance(tree, Assessed):
        return world.known[tree.variable]
    if isinstance(tree, Not):
        return solver.Not(_formula(tree.of, world, not certain))
    if isinstance(tree, Group):
        raise TypeError(f"the group {tree.name!r} stands for rules; a protocol puts them in its place")
    parts = [_formula(part, world, certain) for part in tree.of]
    if isinstance(tree, AtLeast):
        return _at_least(tree.n, parts)
    return solver.And(*parts) if isinstance(tree, And) else solver.Or(*parts)


def _at_least(n: int, parts: Sequence[Any]) -> Any:
    solver = z3()
    if n <= 0 or n > len(parts):
        return solver.BoolVal(n <= 0)
    return solver.AtLeast(*parts, n)


def _comparison(atom: Compare, world: World, certain: bool) -> Any:
    solver = z3()
    total = sum((term.coefficient * _term(term, world) for term in atom.terms), solver.IntVal(0))
    holds = {
        "<": total < atom.constant,
        "<=": total <= atom.constant,
        ">": total > atom.constant,
        ">=": total >= atom.constant,
        "=": total == atom.constant,
        "<>": total != atom.constant,
    }[atom.operator]
    known = [world.known[term.variable] for term in atom.terms]
    return solver.And(*known, holds) if certain else solver.Or(*(solver.Not(one) for one in known), holds)


def _term(term: Term, world: World) -> Any:
    return world.ages[term.variable] if term.aspect == "age" else world.values[term.variable]


@dataclass(frozen=True)
class Patient:
    """One patient that the solver found, and in which values the patient is not like the normal one."""

    facts: Known
    unusual: tuple[str, ...]
    open: tuple[str, ...] = ()  # rules whose hold is still open


class Prover:
    """The formulas of one protocol, and the questions that are asked of them.

    `on_grid`: quantities take only values of their recording resolution; otherwise every tick, as results in another
    accepted unit do. `also` are further conditions that will be asked about. Whether a variable is known is left open
    only where a condition asks it (`assessed`). A derived value is free within its range unless a condition asks one of
    its parts too.
    """

    def __init__(
        self, protocol: TreatmentProtocol, *, on_grid: bool = False, prefix: str = "", also: Sequence[Tree] = ()
    ) -> None:
        self.protocol = protocol
        self.on_grid = on_grid
        resumes = [rule.resume for rule in protocol.rules if rule.resume is not None]
        self.trees = [*(rule.tree for rule in protocol.rules), *resumes, *also]
        self.asked = frozenset(name for tree in self.trees for name in variables(tree))
        self.limits: list[Any] = []
        self.world = self._world(prefix)
        self._formulas: dict[int, tuple[Tree, Any]] = {}  # the tree is kept, so that no other takes over its id
        self._solver = z3().Solver()
        self._solver.add(*self.limits)

    @cached_property
    def normal(self) -> Known:
        """A patient for whom no rule holds, where there is one."""
        usual = normal_facts(self.protocol)
        least = {name: value_range(self.protocol, name)[0] for name in usual}
        return {
            name: Fact(max(fact.low, least[name]), max(fact.high, least[name])) if isinstance(fact, Fact) else fact
            for name, fact in usual.items()
        }

    @property
    def ranks(self) -> tuple[int, ...]:
        """The ranks of the actions that the rules come to, the most restrictive first."""
        return tuple(sorted({rule.then.rank for rule in self.protocol.rules if rule.then > Action.GIVE}, reverse=True))

    def reaches(
        self, rank: int, world: World | None = None, but: Iterable[str] = (), rules: Iterable[Rule] | None = None
    ) -> Any:
        """The formula of a verdict of at least a rank, without the rules `but`; `rules` stand for the protocol's."""
        one, left_out = world or self.world, set(but)
        if one.like is not None:
            # Writing the formulas anew for each value took most of the time; in the finished one a value is exchanged.
            exchanged = [(one.like.values[name], one.values[name]) for name in one.differs]
            return z3().substitute(self.reaches(rank, one.like, left_out, rules), *exchanged)
        asked = [rule for rule in (rules or self.protocol.rules) if rule.then.rank >= rank and rule.id not in left_out]
        return z3().Or(*(self.holds(rule, one) for rule in asked))

    def holds(self, rule: Rule, world: World | None = None) -> Any:
        """The formula of a rule that holds, or whose hold is still open in this world."""
        one = world or self.world
        now = self._written(rule.tree, one)
        if rule.resume is None or rule.id not in one.open:
            return now
        return z3().Or(now, z3().And(one.open[rule.id], z3().Not(self._written(rule.resume, one))))

    def _written(self, tree: Tree, world: World) -> Any:
        """The formula of a condition in the prover's own world, which is written once."""
        if world.values is not self.world.values:
            return definite(tree, world)
        if id(tree) not in self._formulas:
            self._formulas[id(tree)] = tree, definite(tree, world)
        return self._formulas[id(tree)][1]

    def is_possible(self, *conditions: Any) -> bool:
        """Is there a patient for whom all of these hold? Raises `Unsettled`."""
        return self._checked(conditions) is not None

    def _checked(self, conditions: Sequence[Any]) -> Any:
        module = z3()
        self._solver.push()
        try:
            self._solver.set("rlimit", MOST_WORK)
            self._solver.add(*conditions)
            answer = self._solver.check()
            if answer == module.unknown:
                raise Unsettled(self._solver.reason_unknown())
            return self._solver.model() if answer == module.sat else None
        finally:
            self._solver.pop()

    def patient(self, *conditions: Any, keep: Mapping[str, int] | None = None) -> Patient | None:
        """Such a patient, as much like the normal one as one variable at a time allows; None where there is none."""
        if self._checked(conditions) is None:
            return None
        wanted = [*conditions, *(self.world.values[name] == value for name, value in (keep or {}).items())]
        wanted = self._most_usual(wanted, self.asked - set(keep or ()))
        return self._read(self._checked(wanted))

    def patients(self, other: Prover, *conditions: Any) -> tuple[Patient, Patient] | None:
        """One patient as this protocol sees it and as a joined one does."""
        if self._checked(conditions) is None:
            return None
        wanted = other._most_usual(self._most_usual(conditions, self.asked), other.asked)
        model = self._checked(wanted)
        return self._read(model), other._read(model)

    def join(self, other: Prover, links: Iterable[Any]) -> None:
        """From now on both are asked about one patient; `links` say which of their variables are the same."""
        self._solver.add(*other.limits, *links)
        other._solver = self._solver

    def open_holds(self) -> None:
        """From now on each rule with `resume` may come with its hold still open from before; joined provers share
        them by the rule's id."""
        lasting = [rule.id for rule in self.protocol.rules if rule.resume is not None]
        self.world = self.world.with_open({name: z3().Bool(f"open {name}") for name in lasting})

    def _most_usual(self, conditions: Sequence[Any], names: Iterable[str]) -> list[Any]:
        wanted = list(conditions)
        for name in self.world.open:
            wanted += self._first_possible([z3().Not(self.world.open[name])], wanted)
        for name in sorted(names):
            wanted += self._usual(name, wanted)
        return wanted

    def _read(self, model: Any) -> Patient:
        facts = {name: self._fact(name, model) for name in sorted(self.asked)}
        unusual = tuple(name for name in facts if not self._is_normal(name, facts[name]))
        open_holds = [name for name, hold in self.world.open.items() if z3().is_true(model.eval(hold))]
        return Patient(facts, unusual, tuple(open_holds))

    def value(self, name: str, unknown: Any, *conditions: Any) -> int:
        """A value that an unknown of this variable can have under the conditions, with few decimals."""
        model = self._checked([*conditions, *self._first_possible(self._plain(name, unknown), conditions)])
        return int(model.eval(unknown, model_completion=True).as_long())

    def _usual(self, name: str, wanted: Sequence[Any]) -> list[Any]:
        """The normal value where the conditions allow it, else one with few decimals."""
        fact, value = self.normal.get(name), self.world.values[name]
        usual = [value == fact.low] if isinstance(fact, Fact) else []
        return self._first_possible([*usual, *self._plain(name, value)], wanted)

    def _plain(self, name: str, value: Any) -> list[Any]:
        step = grid_step(self.protocol, name)
        return [value % (step // 10**digits) == 0 for digits in range(3) if step % 10**digits == 0 and step > 1]

    def _first_possible(self, choices: Sequence[Any], wanted: Sequence[Any]) -> list[Any]:
        return next(([choice] for choice in choices if self._checked([*wanted, choice]) is not None), [])

    def _is_normal(self, name: str, fact: Fact | Unknown) -> bool:
        usual = self.normal.get(name)
        return isinstance(usual, Fact) and isinstance(fact, Fact) and usual.low == fact.low

    def _fact(self, name: str, model: Any) -> Fact | Unknown:
        if not z3().is_true(model.eval(self.world.known[name], model_completion=True)):
            return Unknown()
        value = model.eval(self.world.values[name], model_completion=True).as_long()
        age = model.eval(self.world.ages[name], model_completion=True).as_long()
        return Fact(value, value, age)

    def _world(self, prefix: str) -> World:
        names = self.asked | {part for name in self.asked for part in self._parts(name)}
        doubted = {atom.variable for tree in self.trees for atom in atoms(tree) if isinstance(atom, Assessed)}
        values, known, ages = {}, {}, {}
        for name in sorted(names):
            values[name] = self._value(prefix, name)
            known[name] = z3().Bool(f"{prefix}known {name}") if name in doubted else z3().BoolVal(True)
            ages[name] = self._age(prefix, name)
        self.worked_out = tuple(sorted(name for name in names if self._parts(name)))
        for name in self.worked_out:
            self.limits += defined(self.protocol.formulas[name], values[name], values)
        return World(values, ages, known)

    def _parts(self, name: str) -> frozenset[str]:
        """The parts of a derived variable where a rule asks one of them beside it."""
        formula = self.protocol.formulas.get(name)
        return formula.variables if formula is not None and formula.variables & self.asked else frozenset()

    def _value(self, prefix: str, name: str) -> Any:
        low, high = value_range(self.protocol, name)
        step = grid_step(self.protocol, name)
        if (self.on_grid or name in self.protocol.formulas) and step > 1:
            number = z3().Int(f"{prefix}steps of {name}")
            low, high, value = -(-low // step), high // step, number * step
        else:
            number = value = z3().Int(f"{prefix}{name}")
        self.limits += [number >= low, number <= high]
        return value

    def plausible(self, name: str, value: Any) -> list[Any]:
        """An unknown of this variable is plausible, and charted where the chart's values are asked about."""
        (low, high), step = value_range(self.protocol, name), grid_step(self.protocol, name)
        stepped = step > 1 and (self.on_grid or name in self.protocol.formulas)
        return [value >= low, value <= high, *([value % step == 0] if stepped else [])]

    def _age(self, prefix: str, name: str) -> Any:
        age, most = z3().Int(f"{prefix}age of {name}"), self.protocol.document.variables[name].max_age
        self.limits += [age >= 0, age <= (seconds(most) if most else GREATEST_AGE_SECONDS)]
        return age


def defined(formula: Formula, value: Any, parts: Mapping[str, Any]) -> list[Any]:
    """A derived value is the rounded quotient of its parts."""
    above = sum(term.coefficient * parts[term.variable] for term in formula.numerator)
    below = formula.over * sum(term.coefficient * parts[term.variable] for term in formula.denominator)
    below = below if formula.denominator else z3().IntVal(formula.over)
    # value = step x n, so below x value lies within a step x below of above x step.
    exact, step, held = above * formula.step, formula.step, below * value
    within = {
        "half_up": [2 * held <= 2 * exact + step * below, 2 * exact + step * below < 2 * held + 2 * step * below],
        "down": [held <= exact, exact < held + step * below],
        "up": [held >= exact, held < exact + step * below],
    }[formula.rounding]
    return [below > 0, *within]


def value_range(protocol: TreatmentProtocol, name: str) -> tuple[int, int]:
    """The least and the greatest plausible value of a variable in ticks; of a derived one, that its parts can give."""
    variable: Variable = protocol.variables[name]
    first = 1 if protocol.document.variables[name].history in COUNTED_FROM_ONE else 0
    low, high = variable.range_in_ticks or (first, GREATEST_COUNT)
    if name not in protocol.formulas:
        return low, high
    given = _given_by_parts(protocol, protocol.formulas[name])
    return max(low, min(given, default=low)), min(high, max(given, default=high))


def _given_by_parts(protocol: TreatmentProtocol, formula: Formula) -> tuple[int, ...]:
    """The derived values at the corners of what is plausible of the parts, in ticks; none where one is a division by
    nothing. A quotient of two sums only rises or only falls in each part, so its extremes are among them."""
    parts = sorted(formula.variables)
    corners = [dict(zip(parts, ends, strict=True)) for ends in product(*(value_range(protocol, one) for one in parts))]
    above = [sum(term.coefficient * corner[term.variable] for term in formula.numerator) for corner in corners]
    below = [
        formula.over * sum(term.coefficient * corner[term.variable] for term in formula.denominator)
        for corner in corners
        if formula.denominator
    ]
    below = below or [formula.over] * len(corners)
    if min(below) <= 0:
        return ()
    steps = [rounded_quotient(up, down, formula.rounding) for up, down in zip(above, below, strict=True)]
    return tuple(step * formula.step for step in steps)


def grid_step(protocol: TreatmentProtocol, name: str) -> int:
    """One step of the chart in ticks."""
    declared, variable = protocol.document.variables[name], protocol.variables[name]
    if variable.kind is not Kind.QUANTITY:
        return 1
    resolution = declared.round.to if declared.expr and declared.round else declared.resolution
    return max(1, int(Fraction(resolution or 0) * variable.ticks_per_unit))
