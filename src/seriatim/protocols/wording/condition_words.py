"""How is a condition of a protocol read aloud? With the ward's names, units spelt out, and groups by their name."""

from __future__ import annotations

import re

from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.wording.unit_words import unit_words
from seriatim.rules.parse import parse
from seriatim.rules.tree import And, Compare, Tree, replaced
from seriatim.rules.variables import Variable
from seriatim.rules.words import words


def condition_words(protocol: TreatmentProtocol, text: str) -> str:
    """A condition as its file writes it, in words.

    >>> from seriatim.protocols.load import read_protocol
    >>> condition_words(read_protocol("consensus-2014"), "creatinine >= '3 mg/dL' AND NOT intubated")
    'serum creatinine at least 3 milligrams per decilitre and not (intubated)'
    """
    return tree_words(protocol, read_condition(protocol, text))


def read_condition(protocol: TreatmentProtocol, text: str) -> Tree:
    """A condition as a tree in which the groups are still named, not filled with their rules."""
    return parse(text, protocol.variables, groups(protocol))


def tree_words(protocol: TreatmentProtocol, tree: Tree) -> str:
    """A condition that was read, in words."""
    labels = {name: variable.text or name for name, variable in protocol.variables.items()}
    return words(replaced(tree, lambda part: _spelt(part, protocol)), labels)


def groups(protocol: TreatmentProtocol) -> tuple[str, ...]:
    """The names that rules count under."""
    return tuple(dict.fromkeys(rule.declared.counts_as for rule in protocol.rules if rule.declared.counts_as))


def _spelt(part: Tree, protocol: TreatmentProtocol) -> Tree:
    if isinstance(part, And):
        return _with_ranges(part)
    if not isinstance(part, Compare):
        return part
    asked = [protocol.variables[term.variable] for term in part.terms]
    tokens = part.text.split(" ")
    spelt = [_token(token, before, asked) for before, token in zip(["", *tokens], tokens, strict=False)]
    return Compare(part.terms, part.operator, part.constant, " ".join(token for token in spelt if token))


def _with_ranges(both: And) -> Tree:
    """Two bounds of one variable as one range: creatinine from 2.5 to 2.9, in place of its name twice."""
    parts: list[Tree] = []
    for part in both.of:
        last = parts[-1] if parts else None
        if isinstance(part, Compare) and isinstance(last, Compare) and _is_range(last, part):
            parts[-1] = Compare(last.terms, last.operator, last.constant, _range_text(last.text, part.text))
        else:
            parts.append(part)
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _is_range(low: Compare, high: Compare) -> bool:
    """Only for bounds written variable first; a range that was joined already has no third bound."""
    one = (low.terms == high.terms, len(low.terms) == 1, low.operator in (">", ">="), high.operator in ("<", "<="))
    starts = (low.text.split(" ")[1:2] == [low.operator], high.text.split(" ")[1:2] == [high.operator])
    return all(one) and all(starts) and low.text.split(" ")[0] == high.text.split(" ")[0]


def _range_text(low: str, high: str) -> str:
    name, least, lower, *unit = low.split(" ")
    _, most, upper, *other = high.split(" ")
    first = [lower] if unit in (other, [other[0].removesuffix("s"), *other[1:]] if other else other) else [lower, *unit]
    if (least, most) == (">=", "<="):
        return " ".join([name, "from", *first, "to", upper, *other])
    return " ".join([name, least, *first, "and", most, upper, *other])


def _token(token: str, before: str, asked: list[Variable]) -> str:
    """A unit after its number, or a level, as it is said; anything else as it is."""
    if any(token in variable.levels for variable in asked):
        return token.replace("_", " ")
    if re.fullmatch(r"\d{4,}", token):
        return f"{int(token):,}"  # Source: ISMP: 1000 without its comma is read as 100 or as 10000
    if before.strip("(-").replace(",", "").replace(".", "", 1).isdigit():
        return unit_words(token, one=before == "1")
    return token
