"""Is a text one SQL predicate of the allowed kind? The only file that knows the SQL parser.

The parser is lenient where a rule must not be: it reads `creatinine >= 3 mg` as an alias and loses the unit, takes
`a > b > c` and `IN ()`, several statements and comments. So the tokens are looked at first, and then only the node
types listed here pass, each with the parts listed here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from seriatim.rules.faults import Fault, NotARule, shortened

LONGEST_TEXT = 4_000
DEEPEST_NESTING = 20  # of brackets, and of NOT; the parser takes some 13 frames of Python's thousand for each
LONGEST_CHAIN = 150  # links of one AND, OR or sum, which are read one inside the other
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
_IGNORED_PARTS = {"typed", "safe", "quoted"}  # settings of the parser without a meaning here; quoted is asked below
_CONDITIONS = (*COMPARISONS, exp.And, exp.Or, exp.Not, exp.Between, exp.In)
_OF_THE_LANGUAGE = {"AND", "OR", "NOT", "BETWEEN", "IN", "IS", "NULL"}
_SQL = Dialect.get_or_raise(None)


@dataclass(frozen=True)
class Parsed:
    """A parsed text, its faults so far, and the nodes that are one."""

    tree: exp.Expr
    faults: tuple[Fault, ...]
    foreign: frozenset[int]

    def is_foreign(self, node: exp.Expr) -> bool:
        """Is the node, or anything in it, told as a fault already?"""
        return any(id(inner) in self.foreign for inner in node.walk())


def parse_sql(text: str, names: Collection[str] = ()) -> exp.Expr:
    """The parsed text, of allowed nodes alone; raises `NotARule` with every fault. See `read_sql`."""
    parsed = read_sql(text, names)
    if parsed.faults:
        raise NotARule(parsed.faults)
    return parsed.tree


def read_sql(text: str, names: Collection[str] = ()) -> Parsed:
    """The parsed text with its faults; raises `NotARule` where there is nothing to read further.

    `names` are the declared variables: they are names even where SQL has a use for the word, such as `map`.
    """
    if len(text) > LONGEST_TEXT or _nesting(text) > DEEPEST_NESTING:
        raise _too_long(text)
    tokens = _tokens(text)
    faults = list(_loose(tokens, text))
    tree = _one_expression(_with_quotes(tokens, text), names, faults)
    if _is_deep(tree):
        raise _too_long(text)
    foreign = list(_foreign(tree))
    return Parsed(tree, (*faults, *(fault for _, fault in foreign)), frozenset(id(node) for node, _ in foreign))


def _too_long(text: str) -> NotARule:
    found = f'"{shortened(text)}", too long or too deep to read'
    return NotARule.because(found, "a condition that a person can read", "split the rule")


def _nesting(text: str) -> int:
    depth = deepest = 0
    for mark in text:
        depth += (mark == "(") - (mark == ")")
        deepest = max(deepest, depth)
    return deepest


def _tokens(text: str) -> Sequence[Token]:
    try:
        return sqlglot.tokenize(text)
    except SqlglotError:
        raise _unreadable(text, "a quotation mark or bracket is left open") from None


def _unreadable(text: str, reason: str) -> NotARule:
    return NotARule.because(f'"{shortened(text)}" ({reason})', "one condition", "mend its spelling")


def _loose(tokens: Sequence[Token], text: str) -> Iterator[Fault]:
    """What the parser would take in silence: comments, ends of statements, and amounts without quotes."""
    if any(token.comments for token in tokens):
        yield Fault("a comment inside a rule", "the condition alone", "put it into `interpretation` or `text`")
    if any(token.token_type == TokenType.SEMICOLON for token in tokens):
        yield Fault("a semicolon", "exactly one condition", "remove it, and write each rule by itself")
    for start, end in _unquoted(tokens, text):
        amount = text[start:end]
        yield Fault(f"{amount} without quotes", "a threshold with its unit in quotes", f"write '{amount}'")


def _unquoted(tokens: Sequence[Token], text: str) -> Iterator[tuple[int, int]]:
    """Where a number stands directly before a word, another number or a per cent sign: its unit lost its quotes."""
    units = (TokenType.VAR, TokenType.NUMBER, TokenType.MOD, TokenType.L_BRACKET)
    passed = 0
    for number, unit in pairwise(tokens):
        if number.token_type == TokenType.NUMBER and unit.token_type in units and number.start >= passed:
            rest = re.match(r"[^\s(),;']*(?:\s*[/*]\s*[^\s(),;']+)*", text[unit.start :])
            passed = unit.start + len(rest[0] if rest else "")
            yield number.start, passed


def _with_quotes(tokens: Sequence[Token], text: str) -> str:
    """The text with those amounts in quotes, so that what else is wrong is told as well."""
    for start, end in reversed(list(_unquoted(tokens, text))):
        text = f"{text[:start]}'{text[start:end]}'{text[end:]}"
    return text


def _one_expression(text: str, names: Collection[str], faults: Sequence[Fault]) -> exp.Expr:
    tokens = [_named(token, names) for token in _tokens(text)]
    try:
        # Asked for a condition, the parser does not try the text as a statement or a name for a column.
        found = _SQL.parser().parse_into(exp.Condition, tokens, text)
    except RecursionError:
        raise _too_long(text) from None
    except SqlglotError as error:
        raise NotARule([*faults, *_unreadable(text, _reason(error)).faults]) from None
    if len(found) != 1 or found[0] is None:
        one = Fault(f'"{shortened(text)}"', "exactly one condition", "write each rule by itself")
        raise NotARule([*faults, one])
    return found[0]


def _named(token: Token, names: Collection[str]) -> Token:
    """The name of a variable as a plain name, whatever SQL uses the word for."""
    if token.token_type in (TokenType.STRING, TokenType.NUMBER, TokenType.IDENTIFIER) or token.text not in names:
        return token
    if token.text.upper() in _OF_THE_LANGUAGE:
        return token
    return Token(TokenType.VAR, token.text, token.line, token.col, token.start, token.end)


def _reason(error: Exception) -> str:
    told = getattr(error, "errors", None) or [{}]
    place = f" at character {told[0]['col']}" if told[0].get("col") else ""
    return f"it cannot be read{place}"


def _is_deep(tree: exp.Expr) -> bool:
    """Is it nested deeper than the trees made of it can be followed? Asked without recursion."""
    left: list[tuple[exp.Expr, int, int]] = [(tree, 0, 0)]
    while left:
        node, links, nested = left.pop()
        if links > LONGEST_CHAIN or nested > DEEPEST_NESTING:
            return True
        for inner in node.iter_expressions():
            deeper = isinstance(inner, exp.Not | exp.Anonymous)
            deeper |= isinstance(inner, exp.And | exp.Or) and type(inner) is not type(node)
            left.append((inner, links + 1, nested + deeper))
    return False


def _foreign(tree: exp.Expr) -> Iterator[tuple[exp.Expr, Fault]]:
    """Every outermost node that is not of the language, with its fault."""
    left = [tree]
    while left:
        node = left.pop()
        if fault := _fault(node):
            yield node, fault
        else:
            left += reversed(list(node.iter_expressions()))


def _fault(node: exp.Expr) -> Fault | None:
    allowed = _ALLOWED.get(type(node))
    if allowed is None:
        return _not_allowed(node)
    if extra := [name for name, value in node.args.items() if value and name not in allowed | _IGNORED_PARTS]:
        found = f"{shortened(node.sql())} ({', '.join(extra)})"
        return Fault(found, "a plain condition", "write it out with AND, OR, NOT")
    if isinstance(node, exp.Identifier) and node.args.get("quoted"):
        return Fault(f'the quoted name "{node.name}"', "a variable without quotes", "remove the double quotes")
    if isinstance(node, exp.In) and not node.expressions:
        return Fault(f"{shortened(node.sql())}", "at least one word in the brackets", "list the words")
    if isinstance(node, tuple(COMPARISONS)) and any(_is_condition(side) for side in node.iter_expressions()):
        return Fault(f'"{shortened(node.sql())}"', "two sides of one comparison", "write a > b AND b > c")
    return None


def _is_condition(node: exp.Expr) -> bool:
    return isinstance(node.unnest(), _CONDITIONS)


def _not_allowed(node: exp.Expr) -> Fault:
    if isinstance(node, exp.Boolean) or (isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean)):
        return Fault(shortened(node.sql()), "a condition about a variable", "write its name alone, or NOT and its name")
    if isinstance(node, exp.Is | exp.Null):
        found, expected = "a test against NULL", "a condition about a value, since what is unknown is decided elsewhere"
        return Fault(found, expected, "use assessed(variable) if it must be asked")
    name = type(node).__name__.upper()
    return Fault(
        f"{name} ({shortened(node.sql())})", "AND, OR, NOT, comparisons, BETWEEN, IN, + - *", "use these alone"
    )
