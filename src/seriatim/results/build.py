"""How do values of methods become result rows? One row for an estimate, one for a P value, one for a reason."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from seriatim.methods.values import Estimate, NotEstimable, PValue
from seriatim.results.references import reference_of
from seriatim.results.row import ResultRow


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row is about: everything that the rows of one comparison share."""

    analysis: str
    endpoint: str
    population: str = "treated patients"
    stratum: str = ""
    group: str = ""
    reference_group: str = ""
    direction: str = ""
    unit: str = ""
    tally: str = ""
    tally_keys: str = ""
    exploratory: bool = True
    assumptions: str = ""

    @property
    def comparison_id(self) -> str:
        """Stable words joined by `/`, so that the same plan names the same rows in every run."""
        parts = (self.analysis, self.endpoint, self.stratum, self.group, self.reference_group)
        return "/".join(part.replace("/", "_").replace(" ", "_") or "-" for part in parts)

    def about(self, **changes: Any) -> Subject:
        return replace(self, **changes)


SHARED = tuple(field.name for field in fields(Subject))


def number_row(subject: Subject, statistic: str, value: float | None, **columns: Any) -> ResultRow:
    """A row for a plain number (a count, a case number), or for its absence with `reason=`."""
    shared: dict[str, Any] = {name: getattr(subject, name) for name in SHARED}
    comparison = subject.comparison_id
    named = {
        "result_id": _result_id(comparison, statistic, columns),
        "comparison_id": comparison,
        "statistic": statistic,
        "value": value,
        "reference": reference_of(columns.get("method", ""), columns.get("convention", "")),
    }
    return ResultRow(**shared | named | columns)


def estimate_row(subject: Subject, statistic: str, estimate: Estimate | NotEstimable, **columns: Any) -> ResultRow:
    """A row for an estimate with its interval, or for the reason why there is none."""
    if isinstance(estimate, NotEstimable):
        return number_row(subject, statistic, None, reason=estimate.reason, **columns)
    interval = estimate.interval
    bounds: dict[str, Any] = {}
    if interval is not None:
        bounds = {
            "lower": interval.lower,
            "upper": interval.upper,
            "level": interval.level,
            "sides": interval.sides,
            "convention": interval.method,
        }
    return number_row(
        subject,
        statistic,
        estimate.value,
        **{"method": estimate.method, "flags": " ".join(estimate.flags), "warning": estimate.warning or ""}
        | bounds
        | columns,
    )


def p_value_row(subject: Subject, statistic: str, p_value: PValue | NotEstimable, **columns: Any) -> ResultRow:
    """A row for a P value with its convention, or for the reason why there is none."""
    if isinstance(p_value, NotEstimable):
        return number_row(subject, statistic, None, reason=p_value.reason, **columns)
    return number_row(
        subject,
        statistic,
        p_value.value,
        **{
            "method": p_value.method,
            "convention": p_value.convention,
            "sides": p_value.sides,
            "seed": p_value.seed,
            "mc_error": p_value.mc_error,
            "flags": " ".join(p_value.flags),
            "warning": p_value.warning or "",
        }
        | columns,
    )


def _result_id(comparison: str, statistic: str, columns: dict[str, Any]) -> str:
    convention = str(columns.pop("id_suffix", ""))
    return f"{comparison}/{statistic}" + (f"/{convention}" if convention else "")
