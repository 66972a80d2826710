"""Were the patients of the last group like those of the first?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

WIDTH, ROW = 420, 24


@dataclass(frozen=True, slots=True)
class Balance:
    """A characteristic and its standardised difference, last minus first; where it has none, the reason.

    `first` and `last` are the two groups as they are to be read, such as `54 %` and `61 %`.
    """

    label: str
    difference: float | None
    first: str = ""
    last: str = ""
    reason: str = ""


def standardised_differences(
    characteristics: Sequence[Balance],
    *,
    threshold: float = 0.1,
    name: str = "standardised_differences",
    caption: str = "",
    table: str = "",
) -> Figure:
    """A point for each characteristic in the order given, with zero, and the threshold on both sides of it.

    >>> standardised_differences([Balance("Age", 0.31), Balance("Female", -0.02)]).alternative
    'Standardised differences: 1 of 2 characteristics beyond 0.1 (Age 0.31).'
    """
    if not characteristics:
        raise ValueError("standardised differences need at least one characteristic")
    return Figure(
        name=name,
        caption=caption
        or f"Standardised differences, last group minus first. Dashed: {threshold:g} either side of zero.",
        alternative=_alternative(characteristics, threshold),
        spec=theme.specification(_chart(characteristics), _datasets(characteristics, threshold)),
        table=table,
    )


def _chart(characteristics: Sequence[Balance]) -> alt.LayerChart:
    zero = theme.chart_of("zero").mark_rule(color=theme.INK, strokeWidth=1)
    bounds = theme.chart_of("bounds").mark_rule(color=theme.MUTED, strokeDash=[4, 3])
    stem = theme.chart_of("differences").mark_rule(color=theme.HAIRLINE, strokeWidth=1.4)
    point = theme.chart_of("differences").mark_point(filled=True, opacity=1, size=64)
    layers = [
        zero.encode(x=alt.X("x:Q")),
        bounds.encode(x=alt.X("x:Q")),
        stem.encode(x=_difference_axis(characteristics), x2=alt.X2("zero:Q"), y=theme.row_axis(len(characteristics))),
        point.encode(x=alt.X("difference:Q"), y=alt.Y("row:Q"), color=_kinds("color"), shape=_kinds("shape")),
        *_words(),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=ROW * len(characteristics))


def _kinds(channel: str) -> Any:
    words = ["within the threshold", "beyond it"]
    if channel == "shape":
        return alt.Shape("kind:N", scale=alt.Scale(domain=words, range=["circle", "diamond"]))
    return alt.Color("kind:N", scale=alt.Scale(domain=words, range=[theme.BLUE, theme.VERMILLION]))


def _difference_axis(characteristics: Sequence[Balance]) -> alt.X:
    reach = max(0.3, *(1.15 * abs(item.difference) for item in characteristics if item.difference is not None), 0.0)
    axis = alt.Axis(title="Standardised difference", format="+.1f", labelExpr=theme.SIGNED_LABEL, tickCount=7)
    return alt.X("difference:Q", scale=alt.Scale(domain=[-reach, reach], nice=False), axis=axis)


def _words() -> list[alt.Chart]:
    label = theme.chart_of("words").mark_text(align="right", color=theme.INK)
    values = theme.chart_of("words").mark_text(align="left", color=theme.MUTED)
    return [
        label.encode(x=theme.x_at(-12), y=alt.Y("row:Q"), text=alt.Text("label:N")),
        values.encode(x=theme.x_at(WIDTH + 12), y=alt.Y("row:Q"), text=alt.Text("values:N")),
    ]


def _datasets(characteristics: Sequence[Balance], threshold: float) -> theme.Datasets:
    numbered = list(enumerate(characteristics))
    return {
        "zero": [{"x": 0}],
        "bounds": [{"x": -threshold}, {"x": threshold}],
        "differences": [
            {"row": row, "difference": item.difference, "zero": 0, "kind": _kind(item.difference, threshold)}
            for row, item in numbered
            if item.difference is not None
        ],
        "words": [{"row": row, "label": item.label, "values": _values(item)} for row, item in numbered],
    }


def _kind(difference: float, threshold: float) -> str:
    return "beyond it" if abs(difference) > threshold else "within the threshold"


def _values(item: Balance) -> str:
    if item.difference is None:
        return item.reason or "not estimable"
    return f"{item.first} → {item.last}" if item.first or item.last else ""


def _alternative(characteristics: Sequence[Balance], threshold: float) -> str:
    beyond = [item for item in characteristics if item.difference is not None and abs(item.difference) > threshold]
    named = theme.in_words([f"{item.label} {item.difference:.2f}".replace("-", "−") for item in beyond])
    return f"Standardised differences: {len(beyond)} of {len(characteristics)} characteristics beyond {threshold:g}" + (
        f" ({named})." if beyond else "."
    )
