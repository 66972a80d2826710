"""Is a loss that would matter excluded? The interval of a difference, against zero and against the margin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

WIDTH, ROW = 430, 54


@dataclass(frozen=True, slots=True)
class MarginRow:
    """A difference last minus first with its interval, as fractions; `margin` is a loss (positive), or None.

    Where there is no difference `reason` says why.
    """

    label: str
    counts: str
    difference: float | None
    lower: float | None
    upper: float | None
    margin: float | None = None
    reason: str = ""


def interval_against_margin(
    rows: Sequence[MarginRow],
    *,
    name: str = "interval_against_margin",
    caption: str = "",
    outcome: str = "response",
    minus: str = "last minus first",
    last: str = "the last group",
    table: str = "",
) -> Figure:
    """A row for each stratum: its interval in percentage points, zero, the margin, and the words for each side.

    >>> row = MarginRow("Melanoma", "30/150 → 27/150", -0.02, -0.11, 0.07, 0.10)
    >>> interval_against_margin([row]).alternative.split("points. ")[1]
    'Melanoma: −2.0 (−11.0 to 7.0); a loss of more than 10 points is not excluded.'
    """
    if not rows:
        raise ValueError("an interval against a margin needs at least one row")
    return Figure(
        name=name,
        caption=caption or f"Difference in {outcome}, {minus}, with its interval. Dashed: margin of the plan.",
        alternative=_alternative(rows, outcome, minus),
        spec=theme.specification(_chart(rows, outcome, minus, last), _datasets(rows)),
        table=table,
    )


def margin_words(row: MarginRow) -> str:
    """What the interval says about the margin, and no more.

    >>> margin_words(MarginRow("Renal", "", 0.01, -0.04, 0.06, 0.10))
    'a loss of more than 10 points is excluded'
    """
    if row.difference is None or row.lower is None:
        return row.reason or "no interval"
    if row.margin is None:
        return "no margin was set"
    verdict = "excluded" if row.lower > -row.margin else "not excluded"
    return f"a loss of more than {100 * row.margin:g} points is {verdict}"


def _chart(rows: Sequence[MarginRow], outcome: str, minus: str, last: str) -> alt.LayerChart:
    bar = theme.chart_of("rows").mark_rule(color=theme.BLUE, strokeWidth=2.2)
    point = theme.chart_of("rows").mark_point(
        shape="square", fill=theme.BLUE, stroke=theme.PAPER, strokeWidth=1, opacity=1, size=84
    )
    zero = theme.chart_of("zero").mark_rule(color=theme.INK, strokeWidth=1)
    margin = theme.chart_of("margins").mark_rule(color=theme.VERMILLION, strokeDash=[4, 3], strokeWidth=1.6)
    layers = [
        zero.encode(x=alt.X("zero:Q")),
        margin.encode(x=alt.X("margin:Q"), y=alt.Y("top:Q"), y2=alt.Y2("bottom:Q")),
        bar.encode(x=_point_axis(rows, minus), x2=alt.X2("upper:Q"), y=theme.row_axis(len(rows))),
        point.encode(x=alt.X("difference:Q"), y=alt.Y("row:Q")),
        *_words(),
        *_sides(outcome, last),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=ROW * len(rows))


def _point_axis(rows: Sequence[MarginRow], minus: str) -> alt.X:
    ends = [abs(100 * end) for row in rows for end in (row.lower, row.upper, row.margin) if end is not None]
    reach = 1.15 * max([*ends, 5.0])
    axis = alt.Axis(
        title=f"Percentage points, {minus}", format="+d", labelExpr=theme.SIGNED_LABEL, tickCount=7, offset=6
    )
    return alt.X("lower:Q", scale=alt.Scale(domain=[-reach, reach], nice=False), axis=axis)


def _words() -> list[alt.Chart]:
    left = theme.chart_of("words").mark_text(align="left", color=theme.INK, fontWeight="bold", dy=-8)
    counts = theme.chart_of("words").mark_text(align="left", color=theme.MUTED, dy=8)
    right = theme.chart_of("words").mark_text(align="left", color=theme.INK, fontWeight="bold", dy=-8)
    verdict = theme.chart_of("words").mark_text(align="left", color=theme.MUTED, dy=8)
    return [
        left.encode(x=theme.x_at(-190), y=alt.Y("row:Q"), text=alt.Text("label:N")),
        counts.encode(x=theme.x_at(-190), y=alt.Y("row:Q"), text=alt.Text("counts:N")),
        right.encode(x=theme.x_at(WIDTH + 14), y=alt.Y("row:Q"), text=alt.Text("interval:N")),
        verdict.encode(x=theme.x_at(WIDTH + 14), y=alt.Y("row:Q"), text=alt.Text("verdict:N")),
    ]


def _sides(outcome: str, last: str) -> list[alt.Chart]:
    def side(text: str, align: Literal["left", "right"], dx: int) -> alt.Chart:
        mark = theme.chart_of("zero").mark_text(text=text, align=align, dx=dx, color=theme.MUTED, baseline="bottom")
        words: alt.Chart = mark.encode(x=alt.X("zero:Q"), y=theme.y_at(-6))
        return words

    return [
        side(f"← less {outcome} in {last}", "right", -8),
        side(f"more {outcome} in {last} →", "left", 8),
    ]


def _datasets(rows: Sequence[MarginRow]) -> theme.Datasets:
    return {
        "zero": [{"zero": 0}],
        "rows": [_interval_row(place, row) for place, row in enumerate(rows) if row.difference is not None],
        "margins": [
            {"margin": -100 * row.margin, "top": place - 0.36, "bottom": place + 0.36}
            for place, row in enumerate(rows)
            if row.margin is not None
        ],
        "words": [_word_row(place, row) for place, row in enumerate(rows)],
    }


def _interval_row(place: int, row: MarginRow) -> dict[str, Any]:
    points = {"difference": row.difference, "lower": row.lower, "upper": row.upper}
    return {"row": place} | {name: None if value is None else 100 * value for name, value in points.items()}


def _word_row(place: int, row: MarginRow) -> dict[str, Any]:
    return {
        "row": place,
        "label": row.label,
        "counts": row.counts,
        "interval": _interval_words(row),
        "verdict": margin_words(row),
    }


def _interval_words(row: MarginRow) -> str:
    if row.difference is None or row.lower is None or row.upper is None:
        return "not estimable"
    return f"{_points(row.difference)} ({_points(row.lower)} to {_points(row.upper)})"


def _points(value: float) -> str:
    return f"{100 * value:.1f}".replace("-", "−")


def _alternative(rows: Sequence[MarginRow], outcome: str, minus: str) -> str:
    opening = f"Difference in {outcome}, {minus}, in points."
    return " ".join([opening, *(f"{row.label}: {_interval_words(row)}; {margin_words(row)}." for row in rows)])
