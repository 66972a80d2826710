"""How likely is a Mann-Whitney count without ties as small as this one?

U counts the pairs in which the first sample lies after the second; its generating function is the Gaussian binomial
coefficient. Adding up its coefficients takes seconds for 137 events among 1,241 cases, or loses all digits to
subtraction where both samples are large; its characteristic function takes milliseconds. Straight inversion would
drown a tail of 1e-50 in the rounding error of the centre, so the law is tilted first (every u weighted by
exp(theta u)) until the tail that is wanted is the centre. Source: pagano_tritchler_1983.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, ceil, exp, fsum, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import exprel

from seriatim.methods.kernels.tail_floor import SMALLEST

Floats = NDArray[np.float64]

NEGLIGIBLE = 50.0
"""Whatever is provably below exp(-50) of the tilted law is left out; the part that counts is above exp(-15)."""

CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Grid:
    """Over how many values the law repeats, and how many of its frequencies matter."""

    length: int
    frequencies: int


def lower_tail(u: int, m: int, n: int) -> float:
    """Give P(U <= u) for samples of m and n without ties, relatively accurate however small it is.

    Needs 2 u < m n; the upper tail is its mirror image. `tail_work` tells the cost.

    Two events are the first two of four cases in one of six orders:

    >>> round(lower_tail(0, 2, 2) * 6, 10)
    1.0
    """
    theta = _tilt(u, m, n)
    law = _tilted_law(theta, m, n, _law_grid(theta, m, n))[: u + 1]
    # Going down from u, each term undoes its tilt relative to u; no factor exceeds one.
    relative = float(np.sum(law[::-1] * np.exp(theta * np.arange(law.size) + theta * (u + 1 - law.size))))
    log_scale = _log_mean_tilt(theta, m, n) - theta * u
    return relative * exp(log_scale) if log_scale > log(SMALLEST) else 0.0


def tail_work(u: int, m: int, n: int) -> float:
    """Estimate the elementary steps of `lower_tail`; 1e7 take about a second."""
    grid = _law_grid(_tilt(u, m, n), m, n)
    return grid.frequencies * m + grid.length


def _tilt(u: int, m: int, n: int) -> float:
    """Find the negative theta whose tilted law has its mean at u, or a little below the middle."""
    middle, deviation = m * n / 2, sqrt(m * n * (m + n + 1) / 12)
    wanted = min(u + 0.5, middle - deviation / 4)
    steepest = -1.0
    while _tilted_mean(steepest, m, n) > wanted:
        steepest *= 2
    flattest = 0.0
    for _ in range(50):
        theta = (steepest + flattest) / 2
        steepest, flattest = (steepest, theta) if _tilted_mean(theta, m, n) > wanted else (theta, flattest)
    return steepest


def _tilted_mean(theta: float, m: int, n: int) -> float:
    i = np.arange(1, m + 1)
    return float(np.sum(_pull(n + i, theta) - _pull(i, theta)))


def _pull(size: NDArray[np.int64], theta: float) -> Floats:
    pulled: Floats = size * np.exp(size * theta) / np.expm1(size * theta)
    return pulled


def _log_mean_tilt(theta: float, m: int, n: int) -> float:
    """Logarithm of the mean of exp(theta U) under the null."""
    i = np.arange(1, m + 1)
    return fsum(np.log(exprel((n + i) * theta)) - np.log(exprel(i * theta)))


def _law_grid(theta: float, m: int, n: int) -> Grid:
    # Chernoff: the tilted law above k weighs at most exp(theta k) / (mean of exp(theta U)).
    beyond = (NEGLIGIBLE - _log_mean_tilt(theta, m, n)) / -theta
    length = 2 ** ceil(np.log2(min(m * n, beyond) + 2))
    needed = ceil(length * _highest_frequency(theta, m, n) / (2 * pi)) + 1
    return Grid(length, min(needed, length // 2 + 1))


def _highest_frequency(theta: float, m: int, n: int) -> float:
    """Find a frequency above which the characteristic function is provably negligible.

    Given their number, the tilted positions of the events are independent Bernoulli trials. The modulus at phi is
    then at most exp(|w(phi)| - w(0)) / P(number = m), with w the Fourier sum of the variances: these rise and fall
    once, so |w(phi)| <= their maximum / sin(phi / 2), and P(number = m) >= 1 / sqrt(1 + 12 w(0)) at the mode.
    """
    variance = _bernoulli_variances(theta, m, n)
    total = float(variance.sum())
    to_spare = total - NEGLIGIBLE - log(1 + 12 * total) / 2
    sine = float(variance.max()) / to_spare if to_spare > 0 else 1.0
    return 2 * asin(min(sine, 1.0))


def _bernoulli_variances(theta: float, m: int, n: int) -> Floats:
    """Variances of one trial a position, with success odds that fall as exp(theta j) and m successes expected."""
    position = np.arange(m + n)
    early, late = -float(m + n), 2.0 * (m + n)
    for _ in range(60):
        edge = (early + late) / 2
        chance = 1 / (1 + np.exp(np.minimum(theta * (edge - position), 700)))
        early, late = (edge, late) if chance.sum() < m else (early, edge)
    variances: Floats = chance * (1 - chance)
    return variances


def _tilted_law(theta: float, m: int, n: int, grid: Grid) -> Floats:
    spectrum = np.zeros(grid.length // 2 + 1, dtype=np.complex128)
    step = max(1, CHUNK // m)
    for start in range(0, grid.frequencies, step):
        k = np.arange(start, min(start + step, grid.frequencies))
        spectrum[k] = _characteristic(theta, 2 * pi / grid.length * k, m, n)
    law = np.fft.irfft(np.conj(spectrum), grid.length)
    return np.maximum(law, 0.0)


def _characteristic(theta: float, phi: NDArray[np.floating], m: int, n: int) -> NDArray[np.complex128]:
    i = np.arange(1, m + 1)
    point = (theta + 1j * phi)[:, None]
    # In logarithms: near roots of unity single factors are huge and others tiny.
    numerator = np.log(np.expm1((n + i) * point) / np.expm1((n + i) * theta))
    denominator = np.log(np.expm1(i * point) / np.expm1(i * theta))
    product: NDArray[np.complex128] = np.exp((numerator - denominator).sum(axis=1))
    return product
