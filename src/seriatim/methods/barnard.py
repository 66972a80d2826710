"""Could a difference between two groups come about by chance, ordered by the score test and with only sizes fixed?"""

from __future__ import annotations

import numpy as np

from seriatim.methods.kernels.counts import as_counts
from seriatim.methods.kernels.tail_floor import floored
from seriatim.methods.kernels.worst_chance import LARGEST, worst_chance
from seriatim.methods.values import NotEstimable, PValue

METHOD = "Barnard unconditional exact"
CONVENTION = "two-sided, by the absolute score z (pooled variance)"

# Tables as far as the observed one must not be lost to rounding.
_SLACK = 1e-9


def barnard(events_1: int, n_1: int, events_2: int, n_2: int) -> PValue | NotEstimable:
    """Return Barnard's unconditional exact P: how often |z| is as large as observed, at the worst common risk.

    z is the score statistic with pooled variance, positive where the last group's risk is higher. NotEstimable above
    a million possible tables; ValueError where the counts are impossible. Sources: barnard_1947, lydersen_2009.

    Ischaemia in 5 of the first 155 patients and none of the last 155 (Fisher says 0.0605):

    >>> print(f"{barnard(5, 155, 0, 155).value:.4f}")
    0.0266
    """
    as_counts([events_1, events_2], [n_1, n_2])
    if 0 in (n_1, n_2):
        return NotEstimable("a group has no patients")
    if (n_1 + 1) * (n_2 + 1) > LARGEST:
        return NotEstimable("the groups are too large to look at every table; the score test comes close")
    z = _score(n_1, n_2)
    observed = float(z[events_1, events_2])
    value, flags, warning = floored(worst_chance(np.abs(z) >= abs(observed) * (1 - _SLACK)))
    return PValue(value, METHOD, CONVENTION, statistic=observed, flags=flags, warning=warning)


def _score(n_1: int, n_2: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    first, last = np.arange(n_1 + 1.0)[:, None], np.arange(n_2 + 1.0)[None, :]
    pooled = (first + last) / (n_1 + n_2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n_1 + 1 / n_2))
    # Where nobody or everybody had the event nothing differs.
    return (last / n_2 - first / n_1) / np.where(error > 0, error, 1.0)
