"""The slow plain way to an exact unconditional interval: every table, every risk, every difference of a fine grid."""

from __future__ import annotations

from math import comb, inf, log, sqrt

Table = tuple[int, int]


def restricted_rate(first: int, n_1: int, last: int, n_2: int, delta: float) -> float:
    """Maximise the likelihood of the first group's rate under a fixed difference, by ternary search."""

    def likelihood(rate: float) -> float:
        total = 0.0
        for events, n, risk in ((first, n_1, rate), (last, n_2, rate + delta)):
            for count, chance in ((events, risk), (n - events, 1 - risk)):
                if count:
                    total += count * log(chance) if chance > 0 else -inf
        return total

    low, high = max(0.0, -delta), min(1.0, 1.0 - delta)
    for _ in range(200):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (left, high) if likelihood(left) < likelihood(right) else (low, right)
    return (low + high) / 2


def z(first: int, n_1: int, last: int, n_2: int, delta: float) -> float:
    rate = restricted_rate(first, n_1, last, n_2, delta)
    variance = rate * (1 - rate) / n_1 + (rate + delta) * (1 - rate - delta) / n_2
    distance = last / n_2 - first / n_1 - delta
    if abs(distance) < 1e-9:
        return 0.0
    return distance / sqrt(max(variance, 1e-14))


def binomial(events: int, n: int, risk: float) -> float:
    return comb(n, events) * risk**events * (1 - risk) ** (n - events)


def one_sided(first: int, n_1: int, last: int, n_2: int, delta: float, risks: int = 400) -> float:
    """The largest chance, over a grid of risks, of a table as far above `delta` as the one observed."""
    observed = z(first, n_1, last, n_2, delta)
    far = [(x, y) for x in range(n_1 + 1) for y in range(n_2 + 1) if z(x, n_1, y, n_2, delta) >= observed - 1e-6]
    low, high = max(0.0, -delta), min(1.0, 1.0 - delta)
    grid = [low + (high - low) * step / risks for step in range(risks + 1)]
    return max(sum(binomial(x, n_1, rate) * binomial(y, n_2, rate + delta) for x, y in far) for rate in grid)


def lowest_kept(first: int, n_1: int, last: int, n_2: int, tail: float, step: float) -> float:
    """The first difference of a grid, from -1 inwards, that the one-sided test does not reject."""
    delta = -1.0 + step
    while one_sided(first, n_1, last, n_2, delta) <= tail:
        delta += step
    return delta
