"""How much evidence is there for each way to cut a series in segments, all ways summed?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Segmentations:
    """Log evidence by number of changes, places weighing alike, and the chance of each place given the number.

    `place[k - 1, t - 1]` is the chance that one of k changes lies between block t and block t + 1.
    """

    log_evidence: Floats
    place: Floats


def segmentations(segment: Floats, most: int) -> Segmentations:
    """Sum over all cuts of n blocks into up to `most` + 1 segments; `segment[i, j]` is the log evidence of i..j.

    Forward and backward sums, exactly; cost grows as the number of changes times the square of the blocks.
    Source: fearnhead_2006.

    Three blocks whose evidence does not depend on the cut: both places are equally likely.

    >>> segmentations(np.log(np.ones((3, 3))), most=1).place.tolist()
    [[0.5, 0.5]]
    """
    n = len(segment)
    # ahead[m][t]: blocks before t in m + 1 segments; behind[m][t]: blocks from t on in m + 1 segments.
    ahead, behind = [_padded(segment[0], before=True)], [_padded(segment[:, -1], before=False)]
    upper = np.where(np.triu(np.ones((n, n), dtype=bool)), segment, -np.inf)
    for _ in range(most):
        ahead.append(_padded(_log_sum(ahead[-1][:n, None] + upper, axis=0), before=True))
        behind.append(_padded(_log_sum(upper + behind[-1][None, 1:], axis=1), before=False))
    places = np.array([_places(ahead, behind, changes) for changes in range(1, most + 1)]).reshape(most, n - 1)
    ways = np.array([gammaln(n) - gammaln(k + 1) - gammaln(n - k) for k in range(most + 1)])
    return Segmentations(np.array([row[n] for row in ahead]) - ways, places)


def _padded(row: Floats, before: bool) -> Floats:
    """Indexed by the cut: nothing lies before cut 0, nor after the last."""
    return np.concatenate([[-np.inf], row] if before else [row, [-np.inf]])


def _log_sum(terms: Floats, axis: int) -> Floats:
    highest = np.maximum(terms.max(axis=axis, keepdims=True), -1e300)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.exp(terms - highest).sum(axis=axis)) + np.squeeze(highest, axis))


def _places(ahead: list[Floats], behind: list[Floats], changes: int) -> Floats:
    n = len(ahead[0]) - 1
    joined = np.array([ahead[m][1:n] + behind[changes - 1 - m][1:n] for m in range(changes)])
    return np.asarray(np.exp(_log_sum(joined, axis=0) - ahead[changes][n]))
