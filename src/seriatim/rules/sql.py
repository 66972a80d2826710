"""Is a text one SQL predicate of the allowed kind? The only file that knows the SQL parser.

The parser is lenient where a rule must not be: it reads `creatinine >= 3 mg` as an alias and loses the unit, takes
`a > b > c`, several statements and comments. So only the node types listed here pass, each with the parts listed here.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from seriatim.rules.faults import Fault, NotARule

LONGEST_TEXT = 4_000
DEEPEST_NESTING = 40
COMPARISONS: dict[type[exp.Expr], str] = {
    exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=", exp.EQ: "=", exp.NEQ: "<>",
}  # fmt: skip
ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
# Node type -> the parts it may have; a part that is not named must be empty.
_BINARY = {"this", "expression"}
_ALLOWED: dict[type[exp.Expr], set[str]] = {
    **dict.fromkeys([*COMPARISONS, *ARITHMETIC, exp.And, exp.Or], _BINARY),
    exp.Not: {"this"},
    exp.Neg: {"this"},
    exp.Paren: {"this"},
    exp.Between: {"this", "low", "high"},
    exp.In: {"this", "expressions"},
    exp.Column: {"this"},
    exp.Identifier: {"this"},
    exp.Literal: {"this", "is_string"},
    exp.Anonymous: {"this", "expressions"},
}
_IGNORED_PARTS = {
    "typed",
    "safe",
    "quoted",
}  # settings of the parser's own without a meaning here; quoted is asked below


def parse_sql(text: str) -> exp.Expr:
    """The parsed text, of allowed nodes alone; raises `NotARule` with every fault."""
    if len(text) > LONGEST_TEXT or _nesting(text) > DEEPEST_NESTING:
        raise NotARule.because("a condition too long or too deep to read", "one a person can read", "split the rule")
    tree = _one_expression(text)
    if faults := list(_foreign(tree)):
        raise NotARule(faults)
    return tree


def _nesting(text: str) -> int:
    depth = deepest = 0
    for mark in text:
        depth += (mark == "(") - (mark == ")")
        deepest = max(deepest, depth)
    return deepest


def _one_expression(text: str) -> exp.Expr:
    try:
        found = sqlglot.parse(text)
    except (SqlglotError, RecursionError) as error:
        reason = str(error).splitlines()[0][:120]
        raise NotARule.because(f'"{text}" ({reason})', "one condition", "mend its spelling") from None
    # A trailing semicolon parses to a second, empty statement; in a string literal it is only a sign.
    if len(found) != 1 or found[0] is None:
        raise NotARule.because(f'"{text}"', "exactly one condition", "write each rule by itself")
    return found[0]


def _foreign(tree: exp.Expr) -> Iterator[Fault]:
    for node in tree.walk():
        allowed = _ALLOWED.get(type(node))
        if allowed is None:
            yield _not_allowed(node)
        elif extra := [name for name, value in node.args.items() if value and name not in allowed | _IGNORED_PARTS]:
            yield Fault(f"{node.sql()} ({', '.join(extra)})", "a plain condition", "write it out with AND, OR, NOT")
        elif isinstance(node, exp.Identifier) and node.args.get("quoted"):
            yield Fault(f'the quoted name "{node.name}"', "a variable without quotes", "remove the double quotes")
        if node.comments:
            yield Fault("a comment inside a rule", "the condition alone", "put it into `interpretation` or `text`")


def _not_allowed(node: exp.Expr) -> Fault:
    if isinstance(node, exp.Alias):
        # sqlglot reads a unit outside the quotes as a name for the comparison.
        return Fault(f"{node.alias} after a number", "a threshold with its unit in quotes", _quoted_amount(node))
    if isinstance(node, exp.Is | exp.Null):
        return Fault(
            "a test against NULL", "unknown is decided by the engine", "use assessed(variable) if it must be asked"
        )
    name = type(node).__name__.upper()
    return Fault(f"{name} ({node.sql()[:60]})", "AND, OR, NOT, comparisons, BETWEEN, IN, + - *", "write it with these")


def _quoted_amount(node: exp.Alias) -> str:
    compared = node.this
    amount = compared.expression.sql() if isinstance(compared, exp.Binary) else "3"
    return f"write '{amount} {node.alias}'"
