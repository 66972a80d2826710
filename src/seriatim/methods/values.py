"""What does a method return? An estimate with its interval, a P value with its convention, or the reason why not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds at a confidence level; `sides` is 1 for a bound on one side only (the other is then the edge)."""

    lower: float
    upper: float
    level: float
    method: str
    sides: int = 2


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and, where it has one, its interval. `flags` are short machine words, `warning` a sentence."""

    value: float
    method: str
    interval: Interval | None = None
    flags: tuple[str, ...] = ()
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class PValue:
    """A probability under the null, never without the convention by which tables count as extreme.

    `statistic` is the test statistic where the method has one (a z, a chi-square, a sum of scores).
    `seed` and `mc_error` are set only where the value was simulated.
    """

    value: float
    method: str
    convention: str
    sides: int = 2
    statistic: float | None = None
    seed: int | None = None
    mc_error: float | None = None
    flags: tuple[str, ...] = ()
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """The reason why a number cannot be given; it becomes a row of the result like any other."""

    reason: str
