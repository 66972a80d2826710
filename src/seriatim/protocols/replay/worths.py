"""What is each charted value worth to a variable? The bounds in ticks as expressions, as `observations.worth` has them."""  # noqa: E501

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw

from seriatim.protocols.bedside.observations import YES_NO
from seriatim.protocols.replay.charted import BOUNDS
from seriatim.rules.variables import MICRO, Kind, Variable
from seriatim.vocabulary.ucum import as_ucum

GREATEST_COUNT = 2**40


@dataclass(frozen=True)
class Worth:
    """`low` and `high`, null where the value cannot be used; `empty` where nothing was written."""

    low: nw.Expr
    high: nw.Expr
    empty: nw.Expr


def words_of(variables: Iterable[Variable]) -> tuple[str, ...]:
    """Every word in lower case that a value of some variable may be."""
    levels = {level.lower() for variable in variables for level in variable.levels}
    return tuple(sorted({*levels, *YES_NO}))


def worth_of(variable: Variable, units: Sequence[str], words: Sequence[str]) -> Worth:
    """Over the columns of `charted`; `units` are those that the data have, `words` those of `words_of`."""
    empty = nw.col("empty") > 0
    if variable.kind is Kind.QUANTITY:
        low, high = _quantity(variable, units)
    elif variable.kind is Kind.COUNT:
        low, high = _count(variable)
    else:
        meant = YES_NO if variable.kind is Kind.BOOLEAN else _places(variable.levels)
        low = high = _word(meant, words)
    return Worth(low, high, empty)


def _quantity(variable: Variable, units: Sequence[str]) -> tuple[nw.Expr, nw.Expr]:
    low: nw.Expr = nw.lit(None, nw.Int64)
    high: nw.Expr = nw.lit(None, nw.Int64)
    least, most = variable.range_in_ticks or (0, 0)
    for place, unit in enumerate(units):
        code = as_ucum(unit.strip())
        if code not in variable.units:
            continue
        step = variable.multiplier(code)
        ticks = _scaled(nw.col("micro"), step, least, most)
        own = nw.col("unit") == place
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
    under, at_most, over, at_least = (nw.col("censored") == place for place in range(len(BOUNDS)))
    known = ~ticks.is_null()
    below, above = ticks - step, ticks + step
    low = (
        nw.when(under | at_most).then(nw.lit(least))
        .otherwise(nw.when(over).then(above).otherwise(ticks))
    )  # fmt: skip
    high = (
        nw.when(over | at_least).then(nw.lit(most))
        .otherwise(nw.when(under).then(below).otherwise(ticks))
    )  # fmt: skip
    empty = (under & (below < least)) | (over & (above > most))
    usable = known & ~nw.when(empty).then(nw.lit(True)).otherwise(nw.lit(False))
    return nw.when(usable).then(low).cast(nw.Int64), nw.when(usable).then(high).cast(nw.Int64)


def _places(levels: Sequence[str]) -> Mapping[str, int]:
    spelled = [level.lower() for level in levels]
    return {level: spelled.index(level) for level in spelled}


def _word(meant: Mapping[str, int], words: Sequence[str]) -> nw.Expr:
    place: nw.Expr = nw.lit(None, nw.Int64)
    for word, number in meant.items():
        place = nw.when(nw.col("word") == words.index(word)).then(nw.lit(number)).otherwise(place)
    return place.cast(nw.Int64)
