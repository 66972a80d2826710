"""What is each charted value worth to a variable? The bounds in ticks as expressions, as `observations.worth` has them."""  # noqa: E501

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from seriatim.protocols.observations import YES_NO
from seriatim.rules.variables import MICRO, Kind, Variable
from seriatim.vocabulary.ucum import as_ucum

GREATEST_COUNT = 2**40


@dataclass(frozen=True)
class Worth:
    """`low` and `high`, null where the value cannot be used; `empty` where nothing was written."""

    low: nw.Expr
    high: nw.Expr
    empty: nw.Expr


def worth_of(variable: Variable, units: Sequence[str]) -> Worth:
    """Over the columns `text`, `micro`, `unit` and `censored`; `units` are those that the data have."""
    empty = nw.col("text").is_null()
    if variable.kind is Kind.QUANTITY:
        low, high = _quantity(variable, units)
    elif variable.kind is Kind.COUNT:
        low, high = _count(variable)
    else:
        words = YES_NO if variable.kind is Kind.BOOLEAN else _places(variable.levels)
        low = high = _word(words)
    return Worth(low, high, empty)


def _quantity(variable: Variable, units: Sequence[str]) -> tuple[nw.Expr, nw.Expr]:
    low: nw.Expr = nw.lit(None, nw.Int64)
    high: nw.Expr = nw.lit(None, nw.Int64)
    least, most = variable.range_in_ticks or (0, 0)
    for unit in units:
        code = as_ucum(unit.strip())
        if code not in variable.units:
            continue
        step = variable.multiplier(code)
        ticks = _scaled(nw.col("micro"), step, least, most)
        own = nw.col("unit") == unit
        ends = _ends(ticks, step, least, most)
        low, high = (nw.when(own).then(end).otherwise(other) for end, other in zip(ends, (low, high), strict=True))
    return low, high


def _scaled(micro: nw.Expr, step: int, least: int, most: int) -> nw.Expr:
    """Ticks where they are plausible, else null; compared before they are multiplied, so that nothing overflows."""
    fits = (micro >= -(-least // step)) & (micro <= most // step)
    safe = nw.when(fits).then(micro).otherwise(nw.lit(0)).cast(nw.Int64) * step
    return nw.when(fits).then(safe)


def _count(variable: Variable) -> tuple[nw.Expr, nw.Expr]:
    least, most = variable.range_in_ticks or (0, GREATEST_COUNT)
    micro = nw.col("micro")
    size = nw.when(micro < 0).then(micro * -1).otherwise(micro).cast(nw.Int64)
    whole = size // MICRO
    value = nw.when(micro < 0).then(whole * -1).otherwise(whole).cast(nw.Int64)
    exact = (whole * MICRO == size) & (value >= least) & (value <= most)
    return _ends(nw.when(exact).then(value), 1, least, most)


def _ends(ticks: nw.Expr, step: int, least: int, most: int) -> tuple[nw.Expr, nw.Expr]:
    """A bound such as <0.2 reaches from the least plausible value to just below it."""
    bound = nw.col("censored")
    known = ~ticks.is_null()
    below, above = ticks - step, ticks + step
    low = (
        nw.when((bound == "<") | (bound == "<=")).then(nw.lit(least))
        .otherwise(nw.when(bound == ">").then(above).otherwise(ticks))
    )  # fmt: skip
    high = (
        nw.when((bound == ">") | (bound == ">=")).then(nw.lit(most))
        .otherwise(nw.when(bound == "<").then(below).otherwise(ticks))
    )  # fmt: skip
    empty = ((bound == "<") & (below < least)) | ((bound == ">") & (above > most))
    usable = known & ~nw.when(empty).then(nw.lit(True)).otherwise(nw.lit(False))
    return nw.when(usable).then(low).cast(nw.Int64), nw.when(usable).then(high).cast(nw.Int64)


def _places(levels: Sequence[str]) -> Mapping[str, int]:
    spelled = [level.lower() for level in levels]
    return {level: spelled.index(level) for level in spelled}


def _word(words: Mapping[str, int]) -> nw.Expr:
    text = nw.col("text").str.to_lowercase()
    place: nw.Expr = nw.lit(None, nw.Int64)
    for word, number in words.items():
        place = nw.when(text == word).then(nw.lit(number)).otherwise(place)
    return place.cast(nw.Int64)
