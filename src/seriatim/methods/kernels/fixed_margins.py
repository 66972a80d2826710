"""What is the exact law of a statistic over all tables with the same margins?

Column by column: a state is how many of each group are placed so far and the value of the statistic so far; states
that agree are merged. Positive terms only. For small tables of several groups and several categories; two-outcome
tables have their own, much faster engine (`table_trend`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, prod

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

Addition = Callable[[Integers, Integers], Integers]
"""(placed before, this column) -> what the column adds: arrays of (..., groups) to (..., values)."""


@dataclass(frozen=True, slots=True)
class Law:
    """Every reachable state (rows, groups placed so far and values so far) with its unnormalised weight."""

    placed: Integers
    value: Integers
    weight: Floats


MOST_PATIENTS = 5_000


def fixed_margin_law(table: Integers, addition: Addition) -> Law:
    """Give the law of a sum over columns, over all tables with the margins of `table` (groups, categories).

    Tables weigh as the product of 1 / count! (multiple hypergeometric), scaled so that nothing underflows early.
    """
    sizes, totals = table.sum(axis=1), table.sum(axis=0).tolist()
    nobody = np.zeros((1, sizes.size), dtype=np.int64)
    law = Law(nobody, np.zeros((1, addition(nobody, nobody).shape[-1]), dtype=np.int64), np.ones(1))
    for total in totals[:-1]:
        law = _with_column(law, _columns(total, sizes), sizes, addition)
    return _with_column(law, (sizes - law.placed)[:, None, :], sizes, addition)


def fixed_margin_work(table: Integers, one_value: bool) -> float:
    """Bound the states that `fixed_margin_law` forms; a million take about half a second.

    Before a column there are no more states than ways to fill the columns so far. Where the statistic is `one_value`
    below the squared number of patients placed, there are also no more than placements times values.
    """
    sizes, totals = [int(size) for size in table.sum(axis=1)], [int(total) for total in table.sum(axis=0)]
    # With more patients the second bound costs more to find than it could save.
    placements = _placements_by_total(sizes) if one_value and sum(sizes) <= MOST_PATIENTS else None
    work, placed, tables = 0.0, 0, 1.0
    for total in totals[:-1]:
        ways = _column_ways(total, sizes)
        states = tables if placements is None else min(tables, placements[placed] * (placed**2 + 1))
        work, placed, tables = work + states * ways, placed + total, tables * ways
    return work


def _placements_by_total(sizes: list[int]) -> Floats:
    """Count the ways to have placed 0, 1, 2 ... patients, group by group."""
    ways = np.ones(1)
    for size in sizes:
        ways = np.convolve(ways, np.ones(size + 1))
    return ways


def _column_ways(total: int, sizes: list[int]) -> float:
    free = prod(min(size, total) + 1 for size in sizes[:-1])
    return float(min(free, comb(total + len(sizes) - 1, len(sizes) - 1)))


def _columns(total: int, sizes: Integers) -> Integers:
    """List every way to share `total` patients of one category among the groups."""
    ways = np.zeros((1, 0), dtype=np.int64)
    for size in sizes[:-1].tolist():
        chosen = np.arange(min(size, total) + 1)
        ways = np.hstack([np.repeat(ways, chosen.size, axis=0), np.tile(chosen, len(ways))[:, None]])
        ways = ways[ways.sum(axis=1) <= total]
    ways = np.hstack([ways, total - ways.sum(axis=1, keepdims=True)])
    fitting: Integers = ways[ways[:, -1] <= sizes[-1]]
    return fitting


def _with_column(law: Law, ways: Integers, sizes: Integers, addition: Addition) -> Law:
    placed = law.placed[:, None, :]
    after = placed + ways
    fits = np.all(after <= sizes, axis=-1)
    value = law.value[:, None, :] + addition(placed, ways)
    weight = law.weight[:, None] * _way_weights(ways)
    states = np.hstack([after[fits], value[fits]])
    _, first, place = np.unique(_row_codes(states), return_index=True, return_inverse=True)
    weights = np.zeros(first.size)
    np.add.at(weights, place, weight[fits])
    return Law(after[fits][first], value[fits][first], weights)


def _row_codes(states: Integers) -> Integers:
    """Number the rows so that equal rows have equal numbers; sorting numbers is far faster than sorting rows."""
    codes = np.zeros(len(states), dtype=np.int64)
    for column in states.T:
        shifted = column - column.min()
        span = int(shifted.max()) + 1
        if int(codes.max()) > 2**62 // span:
            codes = np.unique(codes, return_inverse=True)[1]
        codes = codes * span + shifted
    return codes


def _way_weights(ways: Integers) -> Floats:
    """Relative weights of the ways to fill a column, the likeliest of them 1."""
    logarithms = -gammaln(ways + 1.0).sum(axis=-1)
    weights: Floats = np.exp(logarithms - logarithms.max())
    return weights
