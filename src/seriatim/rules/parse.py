"""How does the text of a condition become a tree? Names and units are checked, thresholds become whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlglot import exp

from seriatim.rules.faults import Fault, NotARule, gathered, shortened
from seriatim.rules.linear import compared
from seriatim.rules.sql import COMPARISONS, Parsed, read_sql
from seriatim.rules.tree import MIRRORED, And, AtLeast, Compare, Group, Known, Not, Operator, Or, Term, Tree
from seriatim.rules.variables import LARGEST, Kind, Variable

FUNCTIONS = ("at_least", "any_of", "assessed", "hours_since")


def parse(text: str, variables: Mapping[str, Variable], groups: Sequence[str] = ()) -> Tree:
    """Read one condition. `groups` are names that `at_least` may count. Raises `NotARule` with every fault at once.

    >>> from fractions import Fraction
    >>> platelets = Variable("platelets", Kind.QUANTITY, "10*9/L", {"10*9/L": Fraction(1)})
    >>> parse("platelets < '30 10*9/L'", {"platelets": platelets})
    Compare(terms=(Term(variable='platelets', coefficient=1, aspect='value'),), operator='<', constant=30000000, text='platelets < 30 10*9/L')
    """  # noqa: E501
    parsed = read_sql(text, variables)
    reading = _Reading(variables, tuple(groups), parsed, list(parsed.faults))
    tree = reading.condition(parsed.tree)
    if reading.faults:
        raise NotARule(reading.faults)
    return tree


_NOTHING = Or(())  # stands where a fault was found, so that the rest is still read


@dataclass
class _Reading:
    """One reading of one text; gathers faults while it goes on."""

    variables: Mapping[str, Variable]
    groups: tuple[str, ...]
    parsed: Parsed
    faults: list[Fault] = field(default_factory=list)

    def condition(self, node: exp.Expr) -> Tree:
        if not _holds_conditions(node) and self.parsed.is_foreign(node):
            return _NOTHING  # told already
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
        bounds = [partial(self._compare, node.this, ">=", low), partial(self._compare, node.this, "<=", high)]
        least, most = gathered(bounds)
        if isinstance(least, Compare) and isinstance(most, Compare) and _is_empty(least, most):
            found = f'"{shortened(node.sql())}"'
            raise NotARule.because(found, "the lesser bound first", "exchange the bounds")
        return And((least, most))

    def _in(self, node: exp.Expr) -> Tree:
        return Or(tuple(gathered([partial(self._compare, node.this, "=", item) for item in node.expressions])))

    def _compare(self, left: exp.Expr, operator: Operator, right: exp.Expr) -> Tree:
        left, right = left.unnest(), right.unnest()
        if _is_text(left) and not _is_text(right):
            left, operator, right = right, MIRRORED[operator], left
        variable = self.variables.get(left.name) if isinstance(left, exp.Column) else None
        if variable is not None and variable.kind in (Kind.ORDINAL, Kind.CATEGORY, Kind.BOOLEAN):
            return _word(variable, operator, right)
        return compared(left, operator, right, self._variable)

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
        found = f"the function {shortened(node.sql(normalize_functions=False))}"
        raise NotARule.because(found, expected, "use one of these")

    def _at_least(self, given: Sequence[exp.Expr]) -> Tree:
        n = given[0] if given else None
        if not isinstance(n, exp.Literal) or n.is_string or not n.name.isdecimal() or len(given) < 2:
            raise NotARule.because("at_least", "a whole number and what is counted", "write at_least(3, relative)")
        members: list[Tree] = [Group(item.name) if self._is_group(item) else self.condition(item) for item in given[1:]]
        # Of a group it is not known here how many rules it has; the protocol counts them.
        most = len(members) if not any(isinstance(member, Group) for member in members) else LARGEST
        if not 1 <= int(n.name) <= most:
            expected = f"a count from 1 to the {len(members)} that are listed"
            raise NotARule.because(f"at_least({shortened(n.name)}, ...)", expected, "mend the count or the list")
        return AtLeast(int(n.name), tuple(members))

    def _is_group(self, node: exp.Expr) -> bool:
        return isinstance(node, exp.Column) and node.name in self.groups


def _no_condition(node: exp.Expr) -> Tree:
    found = f'"{shortened(node.sql())}"'
    raise NotARule.because(found, "a condition that is true or false", "compare it with something")


def _holds_conditions(node: exp.Expr) -> bool:
    """Is it made of conditions, so that one of them can be told and the others still read?"""
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in ("at_least", "any_of")
    return isinstance(node, exp.Paren | exp.Not | exp.And | exp.Or)


def _is_empty(least: Compare, most: Compare) -> bool:
    return least.terms == most.terms and least.constant > most.constant


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and bool(node.is_string)


def _word(variable: Variable, operator: Operator, right: exp.Expr) -> Tree:
    """A word against the words of the variable; their order counts for an ordinal alone."""
    if variable.kind is Kind.BOOLEAN:
        raise NotARule.because(
            f"{variable.name} {operator} {shortened(right.sql())}",
            f"{variable.name} alone, or NOT {variable.name}",
            "it is a condition by itself",
        )
    if not _is_text(right) or right.name not in variable.levels:
        raise NotARule.because(
            shortened(right.sql()),
            f"one of {', '.join(variable.levels)}, in quotes",
            "write the word as declared",
        )
    if variable.kind is not Kind.ORDINAL and operator not in ("=", "<>"):
        raise NotARule.because(
            f"{variable.name} {operator}", "= or <>, since its words have no order", "list the words with IN"
        )
    place = variable.levels.index(right.name)
    return Compare((Term(variable.name),), operator, place, f"{variable.name} {operator} {right.name}")
