"""Is a loss of response excluded, and if no margin was declared, how large a loss is not?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pydantic import Field

from seriatim.documents import Document
from seriatim.methods import miettinen_nurminen
from seriatim.methods.values import Estimate, NotEstimable, PValue
from seriatim.results.build import Subject, number_row, p_value_row
from seriatim.results.row import ResultRow

# The variance of the interval comes first, so that interval, P and verdict cannot contradict each other;
# Farrington and Manning's stands beside it because most programs print that one.
VARIANCES: tuple[tuple[str, miettinen_nurminen.Variance], ...] = (
    ("p_noninferiority", "Miettinen-Nurminen"),
    ("p_noninferiority_farrington_manning", "Farrington-Manning"),
)
Test = Callable[..., PValue | NotEstimable]  # takes `margin` as a rate and `variance`


class Margin(Document):
    """The loss in percentage points that would matter, for one endpoint, and who says so."""

    endpoint: str
    points: float = Field(gt=0, lt=100)
    source: str = Field(min_length=1)

    @property
    def words(self) -> str:
        return f"margin {self.points:g} points, {self.source}"


def loss_rows(
    about: Subject, difference: Estimate | NotEstimable, test: Test, margin: Margin | None
) -> list[ResultRow]:
    """The largest loss not excluded; with a margin also its P values and whether a loss of that size is excluded."""
    rows = [_largest_loss(about, difference)]
    if margin is None:
        return rows
    declared = replace(about, assumptions=margin.words)
    for statistic, variance in VARIANCES:
        rows.append(p_value_row(declared, statistic, test(margin=margin.points / 100, variance=variance)))
    return [*rows, _verdict(declared, difference, margin)]


def _largest_loss(about: Subject, difference: Estimate | NotEstimable) -> ResultRow:
    statistic = "largest_loss_not_excluded"
    if isinstance(difference, NotEstimable) or difference.interval is None:
        return number_row(about, statistic, None, reason=_reason(difference))
    interval = difference.interval
    method = f"lower limit of the two-sided interval of the difference, {interval.method}"
    return number_row(about, statistic, max(0.0, -interval.lower), level=interval.level, sides=2, method=method)


def _verdict(about: Subject, difference: Estimate | NotEstimable, margin: Margin) -> ResultRow:
    if isinstance(difference, NotEstimable) or difference.interval is None:
        return number_row(about, "loss_excluded", None, reason=_reason(difference))
    excluded = difference.interval.lower > -margin.points / 100
    alpha = (1 - difference.interval.level) / 2
    return number_row(about, "loss_excluded", float(excluded), sides=1, level=1 - alpha,
                      method="does the interval of the difference lie above minus the margin")  # fmt: skip


def _reason(difference: Estimate | NotEstimable) -> str:
    return difference.reason if isinstance(difference, NotEstimable) else "the difference has no interval"
