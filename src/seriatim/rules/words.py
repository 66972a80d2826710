"""How is a condition read aloud? In plain words, with its threshold and unit."""

from __future__ import annotations

from collections.abc import Mapping

from seriatim.rules.tree import And, AtLeast, Compare, Group, Known, Not, Tree

# Signs are easily mistaken for one another at a bedside: > and < are on the ISMP list of error-prone abbreviations.
SPELT: Mapping[str, str] = {
    ">=": "at least", "<=": "at most", ">": "above", "<": "below", "=": "is", "<>": "is not",
}  # fmt: skip


def words(tree: Tree, labels: Mapping[str, str] | None = None) -> str:
    """The condition in words; `labels` gives the name of a variable as the ward says it.

    >>> words(Compare((), ">=", 0, "creatinine >= 2.5 mg/dL"), {"creatinine": "creatinine"})
    'creatinine at least 2.5 mg/dL'
    """
    named = labels or {}
    if isinstance(tree, Compare):
        return _spelt(tree.text, named)
    if isinstance(tree, Known):
        return f"{named.get(tree.variable, tree.variable)} was assessed"
    if isinstance(tree, Not):
        return f"not ({words(tree.of, named)})"
    if isinstance(tree, Group):
        return f"any that count as {tree.name}"
    parts = [words(part, named) for part in tree.of]
    if isinstance(tree, AtLeast):
        return f"at least {tree.n} of: {'; '.join(parts)}"
    joined = [f"({part})" if isinstance(of, And) else part for of, part in zip(tree.of, parts, strict=True)]
    return " and ".join(_grouped(tree.of, parts)) if isinstance(tree, And) else " or ".join(joined)


def _grouped(trees: tuple[Tree, ...], parts: list[str]) -> list[str]:
    """An alternative inside a list of requirements stands in brackets."""
    return [
        part if isinstance(of, Compare | Known | Not) else f"({part})" for of, part in zip(trees, parts, strict=True)
    ]


def _spelt(text: str, named: Mapping[str, str]) -> str:
    return " ".join(_word(word, named) for word in text.split(" "))


def _word(word: str, named: Mapping[str, str]) -> str:
    """A sign or a name in words; a name may stand in the brackets of a sum."""
    name = word.strip("()-")
    return SPELT.get(word) or (word.replace(name, named[name]) if name in named else word)
