"""Where does a cumulative sum chart stand after each case, and when does it signal?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Path:
    """The chart after each case, and the cases (from 1) at which it reached its limit."""

    values: Floats
    signals: tuple[int, ...]


def cusum_path(steps: Floats, limit: float | None, resets: bool) -> Path:
    """Add up steps, never below 0; at a signal the chart starts again from 0 before the next case if it `resets`.

    >>> path = cusum_path(np.array([1.0, 2.0, 1.0, -5.0]), limit=3, resets=True)
    >>> path.values.tolist(), path.signals
    ([1.0, 3.0, 1.0, 0.0], (2,))
    """
    values, height = np.zeros(len(steps)), 0.0
    signals: list[int] = []
    for index, step in enumerate(steps.tolist()):
        if resets and signals and signals[-1] == index:
            height = 0.0
        height = max(0.0, height + step)
        values[index] = height
        if limit is not None and height >= limit:
            signals.append(index + 1)
    return Path(values, tuple(signals))
