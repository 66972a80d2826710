"""How is a derived variable worked out? One quotient of two sums, rounded once to its stated resolution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from sqlglot import exp

from seriatim.rules.amounts import plain_number
from seriatim.rules.facts import Fact, Facts, Missing, Unknown
from seriatim.rules.faults import NotARule
from seriatim.rules.linear import Look, Side, side_of
from seriatim.rules.sql import parse_sql
from seriatim.rules.tree import Term
from seriatim.rules.variables import LARGEST, Kind, Variable
from seriatim.vocabulary.ucum import Unit, UnknownUnit, ratio, unit_of

ROUNDING = ("half_up", "down", "up")
LARGEST_BETWEEN = 2**120


@dataclass(frozen=True, slots=True)
class Formula:
    """`step` times the rounded quotient of two sums of whole numbers; the quotient counts steps of the resolution.

    The denominator must be above zero, else the value is unknown. `lowest` and `highest` bound the plausible steps.
    """

    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    over: int  # the whole number by which the quotient is divided, beside the denominator
    step: int  # ticks in one step of the resolution
    rounding: str
    lowest: int
    highest: int
    needs_128_bits: bool = False  # where what stands between a record and its result does not fit 64

    @property
    def variables(self) -> frozenset[str]:
        return frozenset(term.variable for term in (*self.numerator, *self.denominator))


def parse_formula(
    text: str, variable: Variable, variables: Mapping[str, Variable], resolution: Fraction, rounding: str
) -> Formula:
    """Read the `expr` of a derived variable: a sum, a quotient of two sums, or either times a number.

    >>> from seriatim.rules.variables import Kind
    >>> kg = {n: Variable(n, Kind.QUANTITY, "kg", {"kg": Fraction(1)}, plausible=(Fraction(30), Fraction(250)))
    ...       for n in ("weight", "baseline")}
    >>> gain = Variable("gain", Kind.QUANTITY, "%", {"%": Fraction(1)}, plausible=(Fraction(-30), Fraction(60)))
    >>> formula = parse_formula("(weight - baseline) / baseline", gain, kg, Fraction(1, 10), "half_up")
    >>> work_out(formula, {"weight": Fact(82_500_000, 82_500_000), "baseline": Fact(75_000_000, 75_000_000)})
    Fact(low=10000000, high=10000000, age=0, source='')
    """

    def look(name: str) -> Variable:
        if name not in variables or variables[name].kind is not Kind.QUANTITY:
            raise NotARule.because(f'the name "{name}"', "a declared quantity", "declare it, or mend its spelling")
        return variables[name]

    _require_resolution(variable, resolution, rounding)
    top, bottom, factor = _quotient(parse_sql(text, variables))
    above, below = side_of(top, look), side_of(bottom, look) if bottom is not None else None
    numerator, top_unit = _terms(above, look)
    denominator, bottom_unit = _terms(below, look) if below is not None else ((), Fraction(1))
    _require_unit(above, below, variable, look)
    # value in the variable's unit = (numerator / top_unit) / (denominator / bottom_unit) x factor x into the unit
    per_unit = factor * bottom_unit / top_unit * _into(above, below, variable, look)
    _require_one_percent_sign(above, below, factor, variable)
    formula = _formula(numerator, denominator, per_unit / resolution, variable, resolution, rounding)
    return replace(formula, needs_128_bits=_largest(formula, variables) > LARGEST)


def work_out(formula: Formula, facts: Facts) -> Fact | Unknown:
    """The derived fact; unknown where a part is unknown or only a bound, or the result is implausible."""
    parts = {name: facts.get(name) for name in formula.variables}
    exact = {name: fact.low for name, fact in parts.items() if isinstance(fact, Fact) and fact.low == fact.high}
    if len(exact) < len(parts):
        return Unknown(Missing.ONE_OF_SEVERAL, ", ".join(sorted(set(parts) - set(exact))))
    above = _sum(formula.numerator, exact)
    below = _sum(formula.denominator, exact) * formula.over if formula.denominator else formula.over
    if below <= 0:
        return Unknown(Missing.IMPLAUSIBLE, "divided by nothing")
    steps = rounded_quotient(above, below, formula.rounding)
    if not formula.lowest <= steps <= formula.highest:
        return Unknown(Missing.IMPLAUSIBLE)
    age = max(fact.age for fact in parts.values() if isinstance(fact, Fact))
    return Fact(steps * formula.step, steps * formula.step, age)


def rounded_quotient(above: int, below: int, rounding: str) -> int:
    """A quotient of whole numbers as a whole number; half goes up, towards plus infinity.

    >>> rounded_quotient(5, 2, "half_up"), rounded_quotient(-5, 2, "half_up"), rounded_quotient(-1, 2, "down")
    (3, -2, -1)
    """
    match rounding:
        case "half_up":
            return (2 * above + below) // (2 * below)
        case "down":
            return above // below
        case _:
            return -(-above // below)


def _require_resolution(variable: Variable, resolution: Fraction, rounding: str) -> None:
    if rounding not in ROUNDING:
        raise NotARule.because(f'the rounding "{rounding}"', f"one of {', '.join(ROUNDING)}", "name one")
    step = resolution * variable.ticks_per_unit
    if resolution <= 0 or step.denominator != 1 or variable.plausible is None:
        found = f"the resolution {resolution} of {variable.name}"
        raise NotARule.because(found, "at least a millionth, and a plausible range", "coarsen it, or state the range")


def _formula(
    numerator: tuple[Term, ...],
    denominator: tuple[Term, ...],
    per_step: Fraction,
    variable: Variable,
    resolution: Fraction,
    rounding: str,
) -> Formula:
    """Steps of the resolution; what is common to the sums above and below cancels, so that the numbers stay small."""
    above = [term.coefficient * per_step.numerator for term in numerator]
    over = per_step.denominator
    common = gcd(*above, *(term.coefficient * over for term in denominator) if denominator else (over,))
    below = [term.coefficient for term in denominator]
    if denominator:
        inner = gcd(*below)
        below, over = [value // inner for value in below], inner * over // common
    else:
        over //= common
    low, high = variable.plausible or (Fraction(0), Fraction(0))
    return Formula(
        tuple(Term(t.variable, value // common) for t, value in zip(numerator, above, strict=True)),
        tuple(Term(t.variable, value) for t, value in zip(denominator, below, strict=True)),
        over,
        int(resolution * variable.ticks_per_unit),
        rounding,
        ceil(low / resolution),
        floor(high / resolution),
    )


def _require_one_percent_sign(above: Side, below: Side | None, factor: Fraction, variable: Variable) -> None:
    """A result in % is a hundred times the quotient already; times 100 again is what a spreadsheet would want."""
    least = factor * min(abs(value) for value in above.of.values())
    most = max(abs(value) for value in below.of.values()) if below else Fraction(1)
    if variable.unit == "%" and least / most >= 100:
        raise NotARule.because(f"a factor of 100 beside the unit % of {variable.name}", "one of them", "remove * 100")


def _quotient(node: exp.Expr) -> tuple[exp.Expr, exp.Expr | None, Fraction]:
    """Top, bottom and plain factor of an expression with one division at most."""
    if isinstance(node, exp.Paren):
        return _quotient(node.this)
    if isinstance(node, exp.Mul):
        for number, rest in ((node.expression, node.this), (node.this, node.expression)):
            if isinstance(number, exp.Literal) and not number.is_string:
                top, bottom, factor = _quotient(rest)
                return top, bottom, factor * _factor(number.name)
    if isinstance(node, exp.Div):
        if isinstance(node.expression, exp.Literal) and not node.expression.is_string:
            top, bottom, factor = _quotient(node.this)
            return top, bottom, factor / _factor(node.expression.name)
        return node.this, node.expression, Fraction(1)
    return node, None, Fraction(1)


def _factor(text: str) -> Fraction:
    if not (number := plain_number(text)):
        raise NotARule.because("a factor or divisor of 0", "a number above 0", "mend the number")
    return number


def _terms(side: Side, look: Look) -> tuple[tuple[Term, ...], Fraction]:
    """Whole coefficients of the ticks, and how many of the sum's whole numbers one unit of its first variable is."""
    if side.amounts or side.bare or not side.of:
        raise NotARule.because("a constant inside a formula", "sums of variables", "declare the constant as a factor")
    first = look(next(iter(side.of))[0])
    scaled: dict[str, Fraction] = {}
    for (name, aspect), coefficient in side.of.items():
        variable = look(name)
        if aspect == "age":
            raise NotARule.because(f"the age of {name} in a formula", "its value", "compare the age in a rule")
        scaled[name] = coefficient * _same(variable, first) / variable.ticks_per_unit
    if not all(scaled.values()):
        raise NotARule.because("a variable that cancels out", "each variable once", "remove it")
    common = lcm(*(value.denominator for value in scaled.values()))
    return tuple(Term(name, int(value * common)) for name, value in scaled.items()), Fraction(common)


def _same(variable: Variable, first: Variable) -> Fraction:
    if variable.unit == first.unit:
        return Fraction(1)
    try:
        return ratio(variable.unit, first.unit)
    except UnknownUnit:
        found = f"{variable.name} in {variable.unit}"
        raise NotARule.because(found, f"something in {first.unit}", "add like to like") from None


def _unit(variable: str, code: str) -> Unit:
    try:
        return unit_of(code)
    except UnknownUnit as problem:
        raise NotARule.because(f"{variable}: {problem}", "units of UCUM in a formula", "mend the unit") from None


def _sizes(above: Side, below: Side | None, look: Look) -> Sequence[Unit]:
    firsts = [look(next(iter(side.of))[0]) for side in (above, below) if side is not None]
    return [_unit(first.name, first.unit) for first in firsts]


def _require_unit(above: Side, below: Side | None, variable: Variable, look: Look) -> None:
    units = _sizes(above, below, look)
    powers = dict(units[0].dimension)
    for base, power in units[1].dimension if len(units) > 1 else ():
        powers[base] = powers.get(base, 0) - power
    found = tuple(sorted((base, power) for base, power in powers.items() if power))
    if found != _unit(variable.name, variable.unit).dimension:
        written = f"{variable.name} in {variable.unit}"
        raise NotARule.because(written, "the unit that its formula gives", "mend the unit or the formula")


def _into(above: Side, below: Side | None, variable: Variable, look: Look) -> Fraction:
    factors = [unit.factor for unit in _sizes(above, below, look)]
    return factors[0] / (factors[1] if len(factors) > 1 else 1) / unit_of(variable.unit).factor


def _largest(formula: Formula, variables: Mapping[str, Variable]) -> int:
    """The largest number that the expression over a frame comes to, if it can hold it at all: see `derived`."""
    above = _reach(formula.numerator, variables)
    below = formula.over * (_reach(formula.denominator, variables) if formula.denominator else 1)
    moved = above + below * (max(0, -formula.lowest) + 1)
    result = max(abs(formula.lowest), abs(formula.highest)) * formula.step
    factors = (formula.over, *(abs(term.coefficient) for term in (*formula.numerator, *formula.denominator)))
    if 2 * moved + below > LARGEST_BETWEEN or max(result, *factors) > LARGEST:
        raise NotARule.because("numbers too large to work out", "a coarser resolution or range", "coarsen it")
    return 2 * moved + below


def _reach(terms: Sequence[Term], variables: Mapping[str, Variable]) -> int:
    ranges = [(abs(t.coefficient), variables[t.variable].range_in_ticks or (LARGEST,)) for t in terms]
    return sum(coefficient * max(map(abs, limits)) for coefficient, limits in ranges)


def _sum(terms: Sequence[Term], exact: Mapping[str, int]) -> int:
    return sum(term.coefficient * exact[term.variable] for term in terms)
