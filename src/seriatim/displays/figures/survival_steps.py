"""How long did patients stay free of the event, group by group, and how many were still followed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import altair as alt

from seriatim.displays.figures import theme
from seriatim.displays.figures.at_risk import at_risk_rows
from seriatim.pages import Figure

WIDTH, HEIGHT = 620, 260
ROWS_BELOW = HEIGHT + 62


@dataclass(frozen=True, slots=True)
class SurvivalStep:
    """The share still free of the event from this time on, with its interval where there is one."""

    time: float
    survival: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class SurvivalGroup:
    """One group: its Kaplan-Meier steps from time 0, times of censoring, and pairs of (time, patients at risk)."""

    label: str
    steps: tuple[SurvivalStep, ...]
    at_risk: tuple[tuple[float, int], ...]
    censored: tuple[float, ...] = ()


def survival_steps(
    groups: Sequence[SurvivalGroup],
    *,
    outcome: str = "alive",
    time: str = "Months from the first dose",
    name: str = "survival_steps",
    caption: str = "",
    table: str = "",
) -> Figure:
    """Kaplan-Meier steps per group with bands, ticks for censoring, and the number at risk below the axis.

    >>> steps = (SurvivalStep(0, 1.0), SurvivalStep(6, 0.5))
    >>> survival_steps([SurvivalGroup("1–155", steps, ((0, 2), (6, 1)))]).alternative
    'Share alive, by Kaplan-Meier. 1–155: 2 at risk at the start, 50 % alive at 6, the last step.'
    """
    if not groups or not all(group.steps and group.at_risk for group in groups) or len(groups) > len(theme.SERIES):
        raise ValueError(f"survival needs one to {len(theme.SERIES)} groups, and each its steps and numbers at risk")
    return Figure(
        name=name,
        caption=caption or f"Share {outcome} by Kaplan-Meier; a tick is a patient whose follow-up ends there.",
        alternative=_alternative(groups, outcome),
        spec=theme.specification(_chart(groups, outcome, time), _datasets(groups)),
        table=table,
    )


def _chart(groups: Sequence[SurvivalGroup], outcome: str, time: str) -> alt.LayerChart:
    labels = [group.label for group in groups]
    # The key shows lines, not the pale bands behind them.
    legend = alt.Legend(symbolType="stroke", symbolOpacity=1, symbolSize=300, symbolStrokeWidth=2)
    colour = alt.Color(
        "group:N", scale=alt.Scale(domain=labels, range=list(theme.SERIES[: len(labels)])), legend=legend
    )
    dash = alt.StrokeDash(
        "group:N", scale=alt.Scale(domain=labels, range=list(theme.DASHES[: len(labels)])), legend=legend
    )
    band = theme.chart_of("steps").mark_area(opacity=0.13, interpolate="step-after")
    line = theme.chart_of("steps").mark_line(strokeWidth=1.8, interpolate="step-after")
    tick = theme.chart_of("censored").mark_point(shape="stroke", angle=90, size=30, strokeWidth=1, opacity=0.9)
    layers = [
        band.encode(x=_time_axis(groups, time), y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q"), color=colour),
        line.encode(x=alt.X("time:Q"), y=_share_axis(outcome), color=colour, strokeDash=dash),
        tick.encode(x=alt.X("time:Q"), y=alt.Y("survival:Q"), color=colour),
        *at_risk_rows("at_risk", labels, below=ROWS_BELOW, heading="At risk"),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT)


def _time_axis(groups: Sequence[SurvivalGroup], title: str) -> alt.X:
    times = sorted({time for group in groups for time, _ in group.at_risk})
    last = max(times[-1], *(group.steps[-1].time for group in groups))
    # The numbers at risk stand below the times they are of, so the axis is marked at these.
    axis = alt.Axis(title=title, values=times)
    return alt.X("time:Q", scale=alt.Scale(domain=[0, last], nice=False), axis=axis)


def _share_axis(outcome: str) -> alt.Y:
    axis = alt.Axis(title=f"Patients {outcome}", format=".0%", labelExpr=theme.PERCENT_LABEL, tickCount=5)
    return alt.Y("survival:Q", scale=alt.Scale(domain=[0, 1]), axis=axis)


def _datasets(groups: Sequence[SurvivalGroup]) -> theme.Datasets:
    return {
        "one": [{}],
        "steps": [asdict(step) | {"group": group.label} for group in groups for step in _drawn_steps(group)],
        "censored": [
            {"time": time, "survival": _survival_at(group, time), "group": group.label}
            for group in groups
            for time in group.censored
        ],
        "at_risk": [{"x": time, "n": n, "row": row} for row, group in enumerate(groups) for time, n in group.at_risk],
    }


def _drawn_steps(group: SurvivalGroup) -> list[SurvivalStep]:
    # The last level holds until follow-up ends, so the line goes on to there.
    last = group.steps[-1]
    end = max((last.time, *group.censored))
    return [*group.steps, *([SurvivalStep(end, last.survival, last.lower, last.upper)] if end > last.time else [])]


def _survival_at(group: SurvivalGroup, time: float) -> float:
    return next((step.survival for step in reversed(group.steps) if step.time <= time), 1.0)


def _alternative(groups: Sequence[SurvivalGroup], outcome: str) -> str:
    return " ".join([f"Share {outcome}, by Kaplan-Meier.", *(_group_words(group, outcome) for group in groups)])


def _group_words(group: SurvivalGroup, outcome: str) -> str:
    last = group.steps[-1]
    return (
        f"{group.label}: {group.at_risk[0][1]} at risk at the start,"
        f" {theme.percent(last.survival, group.at_risk[0][1])} {outcome} at {last.time:g}, the last step."
    )
