"""Was a dose less dangerous in the last group than in the first, or were only fewer doses given?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from seriatim.displays.figures import theme
from seriatim.displays.figures.at_risk import at_risk_rows
from seriatim.pages import Figure

WIDTH, HEIGHT = 430, 210
ROWS_BELOW = HEIGHT + 62


@dataclass(frozen=True, slots=True)
class DoseRisk:
    """One dose number: patients given it, those with their event before the next, and the interval of that share."""

    dose: int
    given: int
    events: int
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class CumulativeRisk:
    """The share with an event by this dose number, were dosing to go on, with its interval where there is one."""

    dose: int
    risk: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class HazardGroup:
    """One group of patients, dose by dose."""

    label: str
    doses: tuple[DoseRisk, ...]
    cumulative: tuple[CumulativeRisk, ...] = ()


def hazard_by_dose(
    groups: Sequence[HazardGroup], *, event: str, name: str = "hazard_by_dose", caption: str = "", table: str = ""
) -> Figure:
    """Risk of each dose against its number for a few groups, the numbers given below it, and the risk added up.

    >>> first = HazardGroup("1–155", (DoseRisk(1, 155, 3, 0.004, 0.056), DoseRisk(2, 150, 6, 0.015, 0.085)))
    >>> hazard_by_dose([first], event="hypotension").alternative
    'Risk of hypotension at each dose number. 1–155: 9 events in 305 doses, from dose 1 to dose 2.'
    """
    if not groups or not all(group.doses for group in groups) or len(groups) > len(theme.SERIES):
        raise ValueError(f"risk per dose needs one to {len(theme.SERIES)} groups, and each group a dose")
    panels = [_per_dose(groups, event)]
    if any(group.cumulative for group in groups):
        panels.append(_cumulative(groups, event))
    return Figure(
        name=name,
        caption=caption
        or "Points: share of patients given the dose who had the event before the next, with intervals.",
        alternative=_alternative(groups, event),
        spec=theme.specification(alt.HConcatChart(hconcat=panels), _datasets(groups)),
        table=table,
    )


def _per_dose(groups: Sequence[HazardGroup], event: str) -> alt.LayerChart:
    bar = theme.chart_of("doses").mark_rule(strokeWidth=1.5)
    point = theme.chart_of("doses").mark_point(filled=True, opacity=1, size=52)
    layers = [
        bar.encode(x=_dose_axis(groups), y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q"), color=_colour(groups)),
        point.encode(
            x=alt.X("x:Q"), y=_share_axis("Patients given the dose"), color=_colour(groups), shape=_shape(groups)
        ),
        *at_risk_rows("given", [group.label for group in groups], below=ROWS_BELOW, heading="Doses given"),
    ]
    return _panel(layers, f"Risk of {event} at each dose")


def _cumulative(groups: Sequence[HazardGroup], event: str) -> alt.LayerChart:
    band = theme.chart_of("cumulative").mark_area(opacity=0.14, interpolate="step-after")
    line = theme.chart_of("cumulative").mark_line(strokeWidth=1.8, interpolate="step-after")
    dash = alt.StrokeDash("group:N", scale=alt.Scale(domain=_labels(groups), range=list(theme.DASHES)))
    layers = [
        band.encode(x=_dose_axis(groups), y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q"), color=_colour(groups)),
        line.encode(x=alt.X("x:Q"), y=_share_axis("Patients"), color=_colour(groups), strokeDash=dash),
    ]
    return _panel(layers, f"Risk of {event} added up over the doses")


def _panel(layers: list[Any], title: str) -> alt.LayerChart:
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT, title=title)


def _dose_axis(groups: Sequence[HazardGroup]) -> alt.X:
    last = max(risk.dose for group in groups for risk in group.doses)
    marks = list(range(1, last + 1))
    axis = alt.Axis(title="Dose number", values=marks, tickCount=len(marks), format="d", tickSize=0)
    return alt.X("x:Q", scale=alt.Scale(domain=[0.5, last + 0.5], nice=False), axis=axis)


def _share_axis(title: str) -> alt.Y:
    axis = alt.Axis(title=title, format="~%", labelExpr=theme.PERCENT_LABEL, tickCount=5)
    return alt.Y("risk:Q", scale=alt.Scale(domainMin=0), axis=axis)


def _labels(groups: Sequence[HazardGroup]) -> list[str]:
    return [group.label for group in groups]


def _colour(groups: Sequence[HazardGroup]) -> alt.Color:
    scale = alt.Scale(domain=_labels(groups), range=list(theme.SERIES[: len(groups)]))
    return alt.Color("group:N", scale=scale, legend=alt.Legend())


def _shape(groups: Sequence[HazardGroup]) -> alt.Shape:
    scale = alt.Scale(domain=_labels(groups), range=list(theme.SHAPES[: len(groups)]))
    return alt.Shape("group:N", scale=scale, legend=alt.Legend())


def _datasets(groups: Sequence[HazardGroup]) -> theme.Datasets:
    return {
        "one": [{}],
        "doses": [
            _dose_row(group.label, risk, _beside(row, groups))
            for row, group in enumerate(groups)
            for risk in group.doses
        ],
        "given": [
            {"x": risk.dose, "n": risk.given, "row": row} for row, group in enumerate(groups) for risk in group.doses
        ],
        "cumulative": [row for group in groups for row in _cumulative_rows(group)],
    }


def _cumulative_rows(group: HazardGroup) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"x": point.dose, "risk": point.risk, "lower": point.lower, "upper": point.upper, "group": group.label}
        for point in group.cumulative
    ]
    # The last risk holds until the dose that was not given.
    return [*rows, *({**row, "x": row["x"] + 0.5} for row in rows[-1:])]


def _beside(row: int, groups: Sequence[HazardGroup]) -> float:
    # Groups at one dose number stand side by side, so that no interval hides another.
    return 0.2 * (row - (len(groups) - 1) / 2)


def _dose_row(label: str, risk: DoseRisk, beside: float) -> dict[str, Any]:
    share = risk.events / risk.given
    return {"x": risk.dose + beside, "risk": share, "lower": risk.lower, "upper": risk.upper, "group": label}


def _alternative(groups: Sequence[HazardGroup], event: str) -> str:
    return " ".join([f"Risk of {event} at each dose number.", *(_group_words(group) for group in groups)])


def _group_words(group: HazardGroup) -> str:
    events, given = sum(risk.events for risk in group.doses), sum(risk.given for risk in group.doses)
    first, last = group.doses[0].dose, group.doses[-1].dose
    return f"{group.label}: {events} events in {given} doses, from dose {first} to dose {last}."
