"""How does the text of a condition become a tree? Names and units are checked, thresholds become whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlglot import exp

from seriatim.rules.faults import Fault, NotARule
from seriatim.rules.linear import compared
from seriatim.rules.sql import COMPARISONS, parse_sql
from seriatim.rules.tree import MIRRORED, And, AtLeast, Compare, Group, Known, Not, Operator, Or, Term, Tree
from seriatim.rules.variables import Kind, Variable

FUNCTIONS = ("at_least", "any_of", "assessed", "hours_since")


def parse(text: str, variables: Mapping[str, Variable], groups: Sequence[str] = ()) -> Tree:
    """Read one condition. `groups` are names that `at_least` may count. Raises `NotARule` with every fault at once.

    >>> from fractions import Fraction
    >>> platelets = Variable("platelets", Kind.QUANTITY, "10*9/L", {"10*9/L": Fraction(1)})
    >>> parse("platelets < '30 10*9/L'", {"platelets": platelets})
    Compare(terms=(Term(variable='platelets', coefficient=1, aspect='value'),), operator='<', constant=30000000, text='platelets < 30 10*9/L')
    """  # noqa: E501
    reading = _Reading(variables, tuple(groups))
    tree = reading.condition(parse_sql(text))
    if reading.faults:
        raise NotARule(reading.faults)
    return tree


_NOTHING = Or(())  # stands where a fault was found, so that the rest is still read


@dataclass
class _Reading:
    """One reading of one text; gathers faults while it goes on."""

    variables: Mapping[str, Variable]
    groups: tuple[str, ...]
    faults: list[Fault] = field(default_factory=list)

    def condition(self, node: exp.Expr) -> Tree:
        for kind, read in self._readers().items():
            if isinstance(node, kind):
                return self._guarded(partial(read, node))
        return self._guarded(partial(_no_condition, node))

    def _readers(self) -> dict[type[exp.Expr], Callable[..., Tree]]:
        return {
            exp.Paren: lambda node: self.condition(node.this),
            exp.Not: lambda node: Not(self.condition(node.this)),
            exp.And: lambda node: And(tuple(self._joined(node, exp.And))),
            exp.Or: lambda node: Or(tuple(self._joined(node, exp.Or))),
            exp.Between: self._between,
            exp.In: self._in,
            exp.Column: self._boolean,
            exp.Anonymous: self._function,
            **dict.fromkeys(COMPARISONS, self._comparison),
        }

    def _guarded(self, read: Callable[[], Tree]) -> Tree:
        try:
            return read()
        except NotARule as problem:
            self.faults += problem.faults
            return _NOTHING

    def _joined(self, node: exp.Expr, kind: type[exp.Expr]) -> list[Tree]:
        """`a AND b AND c` as one condition of three, since the parser nests them two by two."""
        sides = (node.this, node.expression)
        return [
            tree
            for side in sides
            for tree in (self._joined(side, kind) if isinstance(side, kind) else [self.condition(side)])
        ]

    def _comparison(self, node: exp.Expr) -> Tree:
        operator: Operator = COMPARISONS[type(node)]  # type: ignore[assignment]
        return self._compare(node.this, operator, node.expression)

    def _between(self, node: exp.Expr) -> Tree:
        low, high = node.args["low"], node.args["high"]
        return And((self._compare(node.this, ">=", low), self._compare(node.this, "<=", high)))

    def _in(self, node: exp.Expr) -> Tree:
        return Or(tuple(self._guarded(partial(self._compare, node.this, "=", item)) for item in node.expressions))

    def _compare(self, left: exp.Expr, operator: Operator, right: exp.Expr) -> Tree:
        if _is_text(left) and not _is_text(right):
            left, operator, right = right, MIRRORED[operator], left
        variable = self._lone(left)
        if variable is not None and variable.kind in (Kind.ORDINAL, Kind.CATEGORY, Kind.BOOLEAN):
            return _word(variable, operator, right)
        return compared(left, operator, right, self._variable)

    def _lone(self, node: exp.Expr) -> Variable | None:
        return self._variable(node.name) if isinstance(node, exp.Column) else None

    def _variable(self, name: str) -> Variable:
        if name not in self.variables:
            raise NotARule.because(
                f'the name "{name}"',
                f"one of {', '.join(self.variables) or 'no variable'}",
                "declare it under variables, or mend its spelling",
            )
        return self.variables[name]

    def _boolean(self, node: exp.Expr) -> Tree:
        variable = self._variable(node.name)
        if variable.kind is not Kind.BOOLEAN:
            raise NotARule.because(f"{variable.name} by itself", "a comparison, since it is no yes-or-no", "compare it")
        return Compare((Term(variable.name),), "=", 1, variable.name)

    def _function(self, node: exp.Expr) -> Tree:
        name, given = node.name.lower(), node.expressions
        if name == "at_least":
            return self._at_least(given)
        if name == "any_of" and given:
            return Or(tuple(self.condition(item) for item in given))
        if name == "assessed" and len(given) == 1 and isinstance(given[0], exp.Column):
            return Known(self._variable(given[0].name).name, f"{given[0].name} is assessed")
        expected = (
            "at_least(n, conditions or a group), any_of(conditions), assessed(variable), hours_since(variable) > '6 h'"
        )
        raise NotARule.because(f"the function {node.sql()[:60]}", expected, "use one of these")

    def _at_least(self, given: Sequence[exp.Expr]) -> Tree:
        n = given[0] if given else None
        if not isinstance(n, exp.Literal) or n.is_string or not n.name.isdigit() or n.name == "0" or len(given) < 2:
            raise NotARule.because("at_least", "a whole number and what is counted", "write at_least(3, relative)")
        members: list[Tree] = [Group(item.name) if self._is_group(item) else self.condition(item) for item in given[1:]]
        return AtLeast(int(n.name), tuple(members))

    def _is_group(self, node: exp.Expr) -> bool:
        return isinstance(node, exp.Column) and node.name in self.groups


def _no_condition(node: exp.Expr) -> Tree:
    raise NotARule.because(f'"{node.sql()[:60]}"', "a condition that is true or false", "compare it with something")


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and bool(node.is_string)


def _word(variable: Variable, operator: Operator, right: exp.Expr) -> Tree:
    """A word against the words of the variable; their order counts for an ordinal alone."""
    if not _is_text(right) or right.name not in variable.levels:
        raise NotARule.because(
            right.sql()[:60],
            f"one of {', '.join(variable.levels) or 'its name alone'}, in quotes",
            "write the word as declared",
        )
    if variable.kind is not Kind.ORDINAL and operator not in ("=", "<>"):
        raise NotARule.because(
            f"{variable.name} {operator}", "= or <>, since its words have no order", "list the words with IN"
        )
    place = variable.levels.index(right.name)
    return Compare((Term(variable.name),), operator, place, f"{variable.name} {operator} {right.name}")
