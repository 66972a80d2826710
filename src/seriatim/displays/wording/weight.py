"""What may be said about weight gain? Medians with their intervals, never that it did not change."""

from __future__ import annotations

from collections.abc import Mapping

from seriatim.displays.wording.groups import CONSECUTIVE, Ends
from seriatim.displays.wording.numbers import interval, number, p_value, percent
from seriatim.pages import Sentence
from seriatim.results.row import ResultRow


def only_group(name: str, median: ResultRow) -> Sentence:
    """The median of a series that is one group."""
    return Sentence(f"Median {name}: {_median(median)}; the series is one group.", (median.result_id,))


def gained(name: str, first: ResultRow, last: ResultRow, trend: ResultRow | None, ends: Ends = CONSECUTIVE) -> Sentence:
    """The median of the first and of the last group with their intervals, then the drift over all groups."""
    rows = [first, last, *([trend] if trend else [])]
    text = f"Median {name}: {_median(first)} in {ends.first}, {_median(last)} in {ends.last}"
    if trend is not None and trend.value is not None:
        text += f"; drift over all groups P {_equals(trend.value)} (Jonckheere-Terpstra)"
        text += f". The intervals say what {ends.change} remains possible"
    return Sentence(f"{text}.", tuple(row.result_id for row in rows))


def missing(row: ResultRow) -> Sentence | None:
    """The group with the largest share of patients whose gain is not known."""
    patients = (row.missing or 0) + (row.denominator or 0)
    if not row.missing:
        return None
    share = percent(row.missing / patients, patients)
    return Sentence(
        f"Weight gain is not known in {row.missing} of {patients} patients ({share}) of {row.group}: no weight before"
        " the first dose or none after it.",
        (row.result_id,),
        "caution",
    )


def grades_note(rows: Mapping[str, ResultRow], ends: Ends = CONSECUTIVE) -> list[str]:
    """The comparison of grade 3 and the drift of grades, by the names of their statistics."""
    notes = []
    difference, drift = rows.get("risk_difference"), rows.get("p_trend_grades")
    if difference is not None and difference.lower is not None and difference.upper is not None:
        bounds = interval(difference.lower, difference.upper, 1, 100)
        points = number(100 * (difference.value or 0.0))
        notes.append(f"Grade 3, {ends.minus}: {points} points ({bounds}), Miettinen-Nurminen score interval.")
    if drift is not None and drift.value is not None:
        notes.append(f"Drift of grades over all groups: P {_equals(drift.value)} (Jonckheere-Terpstra).")
    return notes


def _equals(p: float) -> str:
    text = p_value(p)
    return text if text.startswith("<") else f"= {text}"


def _median(row: ResultRow) -> str:
    if row.value is None:
        return f"not known ({row.reason})"
    bounds = ""
    if row.lower is not None and row.upper is not None:
        bounds = f" ({100 * (row.level or 0):.0f} % interval {interval(row.lower, row.upper, 1)})"
    return f"{number(row.value, 1)} %{bounds}"
