"""Which tables could have come out, if both margins stayed as they are and nothing else mattered?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

Integers = NDArray[np.int64]

CELLS = 2**20
"""Tables come in slices of about a million cells, so that memory does not grow with the number drawn."""


def random_tables(
    rows: ArrayLike, columns: ArrayLike, generator: np.random.Generator, draws: int
) -> Iterator[Integers]:
    """Yield arrays of (some, rows, columns) of tables with these margins, `draws` tables in all.

    They follow the multiple hypergeometric law: row by row, what is left of the columns is dealt at random.

    >>> drawn = np.concatenate(list(random_tables([2, 3], [1, 4], np.random.default_rng(1), draws=500)))
    >>> drawn.shape, drawn.sum(axis=2)[0].tolist(), drawn.sum(axis=1)[0].tolist()
    ((500, 2, 2), [2, 3], [1, 4])
    """
    sizes, totals = np.asarray(rows, dtype=np.int64), np.asarray(columns, dtype=np.int64)
    slice_size = max(1, CELLS // (sizes.size * totals.size))
    for start in range(0, draws, slice_size):
        yield _dealt(sizes, totals, generator, min(slice_size, draws - start))


def _dealt(sizes: Integers, totals: Integers, generator: np.random.Generator, draws: int) -> Integers:
    tables = np.zeros((draws, sizes.size, totals.size), dtype=np.int64)
    left = np.tile(totals, (draws, 1))
    for row, size in enumerate(sizes[:-1].tolist()):
        tables[:, row] = _row(left, size, generator)
        left -= tables[:, row]
    tables[:, -1] = left
    return tables


def _row(left: Integers, size: int, generator: np.random.Generator) -> Integers:
    """Deal one row of `size` from what each table has left, column by column."""
    row = np.zeros_like(left)
    wanted, behind = np.full(len(left), size), left.sum(axis=1)
    for column in range(left.shape[1] - 1):
        behind = behind - left[:, column]
        row[:, column] = generator.hypergeometric(left[:, column], behind, wanted)
        wanted = wanted - row[:, column]
    row[:, -1] = wanted
    return row
