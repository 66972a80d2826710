"""How does a comparison of sums become one of whole numbers? Each side is a sum of multiples of variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from math import gcd, lcm
from typing import Literal

from sqlglot import exp

from seriatim.rules.amounts import in_unit_of, plain_number, split_amount
from seriatim.rules.faults import NotARule, gathered, shortened
from seriatim.rules.tree import Compare, Operator, Term
from seriatim.rules.variables import LARGEST, Kind, Variable
from seriatim.vocabulary.ucum import UnknownUnit, ratio

Asked = tuple[str, Literal["value", "age"]]
Look = Callable[[str], Variable]
SECONDS = Variable("age", Kind.QUANTITY, "s", {"s": Fraction(1)})
GREATEST_COUNT = 10**6
GREATEST_AGE_SECONDS = 10**10


@dataclass(frozen=True)
class Side:
    """A sum: multiples of variables, amounts with a unit, and a pure number."""

    of: Mapping[Asked, Fraction] = field(default_factory=dict)
    amounts: tuple[tuple[Fraction, str, str], ...] = ()  # number, unit, and the text as written
    number: Fraction = Fraction(0)
    bare: tuple[str, ...] = ()  # the numbers without a unit, as written: a bare zero is one too

    def plus(self, other: Side) -> Side:
        names = [*self.of, *(name for name in other.of if name not in self.of)]
        summed = {name: self.of.get(name, Fraction(0)) + other.of.get(name, Fraction(0)) for name in names}
        return Side(summed, self.amounts + other.amounts, self.number + other.number, self.bare + other.bare)

    def times(self, factor: Fraction) -> Side:
        scaled = {name: value * factor for name, value in self.of.items()}
        amounts = tuple((n * factor, unit, text) for n, unit, text in self.amounts)
        return Side(scaled, amounts, self.number * factor, self.bare)


def compared(left: exp.Expr, operator: Operator, right: exp.Expr, look: Look) -> Compare:
    """The comparison of two sums as one of whole numbers against a constant."""
    one, other = gathered([partial(side_of, left, look), partial(side_of, right, look)])
    both = one.plus(other.times(Fraction(-1)))
    terms, constant = whole_numbers(both, look)
    comparison = Compare(terms, operator, constant, f"{_words(left)} {operator} {_words(right)}")
    _require_plausible(comparison, look)
    return comparison


def side_of(node: exp.Expr, look: Look) -> Side:
    """A sum as declared; a product needs a plain number on one side, and there is no quotient in a condition."""
    if isinstance(node, exp.Paren):
        return side_of(node.this, look)
    if isinstance(node, exp.Neg):
        return side_of(node.this, look).times(Fraction(-1))
    if isinstance(node, exp.Add | exp.Sub):
        one, other = gathered([partial(side_of, node.this, look), partial(side_of, node.expression, look)])
        return one.plus(other.times(Fraction(1 if isinstance(node, exp.Add) else -1)))
    if isinstance(node, exp.Mul):
        return _product(side_of(node.this, look), side_of(node.expression, look), node)
    if isinstance(node, exp.Literal):
        return _literal(node)
    if isinstance(node, exp.Column):
        return Side({(look(node.name).name, "value"): Fraction(1)})
    if age := _age(node, look):
        return age
    move = "divide in a declared variable with `expr`" if isinstance(node, exp.Div) else "write it with + - * alone"
    raise NotARule.because(f'"{shortened(node.sql())}"', "a sum of variables and amounts", move)


def whole_numbers(both: Side, look: Look) -> tuple[tuple[Term, ...], int]:
    """Whole coefficients and the constant of `sum of terms OP constant`, the least that say the same."""
    asked = [name for name, coefficient in both.of.items() if coefficient]
    if not asked:
        raise NotARule.because("a comparison without a variable", "at least one variable", "name what is compared")
    reference = _seen(asked[0], look)
    scaled = {name: both.of[name] * _per_tick(name, reference, look) for name in asked}
    constant = -_constant(both, reference)
    common = lcm(*(value.denominator for value in (*scaled.values(), constant)))
    terms = tuple(Term(name, int(scaled[name, aspect] * common), aspect) for name, aspect in asked)
    return _reduced(terms, int(constant * common))


def _reduced(terms: tuple[Term, ...], constant: int) -> tuple[tuple[Term, ...], int]:
    """Divide by the factor common to all coefficients and the constant: smaller numbers, same answer."""
    common = gcd(constant, *(term.coefficient for term in terms))
    return tuple(Term(term.variable, term.coefficient // common, term.aspect) for term in terms), constant // common


def _seen(asked: Asked, look: Look) -> Variable:
    """The variable whose unit the sum is in; an age is in seconds."""
    name, aspect = asked
    variable = SECONDS if aspect == "age" else look(name)
    if variable.kind not in (Kind.QUANTITY, Kind.COUNT):
        raise NotARule.because(f"{name} in a sum", "a quantity or a count", "compare it with one of its words")
    return variable


def _per_tick(asked: Asked, reference: Variable, look: Look) -> Fraction:
    variable = _seen(asked, look)
    if variable.kind is not reference.kind:
        raise NotARule.because(
            f"{variable.name} beside {reference.name}", "quantities of one kind", "compare like with like"
        )
    if variable.kind is Kind.COUNT:
        return Fraction(1)
    try:
        converted = ratio(variable.unit, reference.unit) if variable.unit != reference.unit else Fraction(1)
    except UnknownUnit:
        raise NotARule.because(
            f"{variable.name} in {variable.unit}", f"something in {reference.unit}", "compare like with like"
        ) from None
    # An age comes in whole seconds, not in ticks.
    return converted if variable is SECONDS else converted / variable.ticks_per_unit


def _constant(both: Side, reference: Variable) -> Fraction:
    if reference.kind is Kind.COUNT:
        if both.amounts:
            found = f"'{shortened(both.amounts[0][2])}'"
            raise NotARule.because(found, "a whole number", "write it without quotes or unit")
        return both.number
    if both.bare:
        number, unit = shortened(both.bare[0]), "h" if reference is SECONDS else reference.unit
        expected = f"an amount with its unit, such as '{number} {unit}'"
        raise NotARule.because(f"the bare number {number}", expected, "quote it with its unit")
    converted = gathered([partial(in_unit_of, reference, *amount) for amount in both.amounts])
    return sum(converted, Fraction(0))


def _literal(node: exp.Literal) -> Side:
    if node.is_string:
        return Side(amounts=((*split_amount(node.name), node.name),))
    return Side(number=plain_number(node.name), bare=(node.name,))


def _product(left: Side, right: Side, node: exp.Expr) -> Side:
    if right.of or right.amounts:
        left, right = right, left
    if right.of or right.amounts:
        raise NotARule.because(
            f'"{shortened(node.sql())}"', "a variable times a plain number", "multiply by a number alone"
        )
    return left.times(right.number)


def _age(node: exp.Expr, look: Look) -> Side | None:
    if not isinstance(node, exp.Anonymous) or node.name.lower() != "hours_since" or len(node.expressions) != 1:
        return None
    inner = node.expressions[0]
    return Side({(look(inner.name).name, "age"): Fraction(1)}) if isinstance(inner, exp.Column) else None


def _require_plausible(comparison: Compare, look: Look) -> None:
    """A threshold that no plausible value lies on either side of is a slip of the pen; a product must fit 64 bits."""
    low = high = reach = 0
    for term in comparison.terms:
        ends = [term.coefficient * end for end in _range(term, look)]
        low, high, reach = low + min(ends), high + max(ends), reach + max(map(abs, ends))
    limits = ", ".join(term.variable for term in comparison.terms)
    if not low <= comparison.constant <= high:
        raise NotARule.because(
            f'the threshold of "{shortened(comparison.text)}"',
            f"one inside the plausible range of {limits}",
            "mend the threshold, its unit or the range",
        )
    if reach > LARGEST:
        found = f'"{shortened(comparison.text)}"'
        raise NotARule.because(found, "numbers that fit 64 bits", f"state the plausible range of {limits}")


def _range(term: Term, look: Look) -> tuple[int, int]:
    if term.aspect == "age":
        return (0, GREATEST_AGE_SECONDS)
    variable = look(term.variable)
    return variable.range_in_ticks or ((0, GREATEST_COUNT) if variable.kind is Kind.COUNT else (-LARGEST, LARGEST))


def _words(node: exp.Expr) -> str:
    text = str(node.sql(normalize_functions=False)).replace("'", "")
    return re.sub(r"(?i)\bhours_since\((\w+)\)", r"time since \1", text)
