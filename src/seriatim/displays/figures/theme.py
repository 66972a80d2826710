"""Which colours, type sizes and axis rules do all figures share?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt

# Metric-compatible faces, so that text measured where the figure is drawn fits where it is read.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"

INK = "#1d242b"
MUTED = "#5a646e"
HAIRLINE = "#c9cfd5"
GRID = "#e6e9ec"
PAPER = "#fefefe"

# Okabe and Ito's colours that keep 3:1 against white; their orange, sky blue and yellow do not.
BLUE = "#0072b2"
VERMILLION = "#d55e00"
GREEN = "#008f6b"
PURPLE = "#b5588f"
SERIES = (BLUE, VERMILLION, GREEN, PURPLE)
SHAPES = ("circle", "square", "triangle-up", "diamond")
DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])

# One ramp whose lightness alone orders the grades, so that it survives grey print.
GRADES = {0: "#eef1f4", 1: "#fbd9b5", 2: "#f3a869", 3: "#d9702f", 4: "#9c3f12", 5: "#4a1a06"}
GRADE_INKS = {0: INK, 1: INK, 2: INK, 3: INK, 4: PAPER, 5: PAPER}
# Neither is a grade: a renderer hatches the first and dots the second; without patterns they stay pale.
NOT_GRADED = "#d8d4e8"
NOT_ASSESSED = "#f6f5ee"
HATCHED = {NOT_GRADED: "lines", NOT_ASSESSED: "dots"}

# A page with a dark background exchanges these, colour by colour, and leaves the specification alone.
DARK = {
    INK: "#e7eaee",
    MUTED: "#a4aeb8",
    HAIRLINE: "#4a535d",
    GRID: "#2a3138",
    PAPER: "#14181c",
    BLUE: "#5eb1ea",
    VERMILLION: "#ff9350",
    GREEN: "#3fc79e",
    PURPLE: "#e08fbd",
    GRADES[0]: "#262d34",
    GRADES[1]: "#4d2b14",
    GRADES[2]: "#783f19",
    GRADES[3]: "#9c501b",
    GRADES[4]: "#eea56b",
    GRADES[5]: "#ffe6d0",
    NOT_GRADED: "#3d3958",
    NOT_ASSESSED: "#1f2421",
}

CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "padding": 4,
    "view": {"stroke": None},
    "concat": {"spacing": 26},
    "axis": {
        "domainColor": HAIRLINE,
        "domainWidth": 1,
        "gridColor": GRID,
        "gridWidth": 1,
        "labelColor": MUTED,
        "labelFontSize": 11,
        "labelPadding": 5,
        "tickColor": HAIRLINE,
        "tickSize": 4,
        "titleColor": MUTED,
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "titlePadding": 9,
    },
    "axisX": {"grid": False},
    "axisY": {"domain": False, "ticks": False},
    "title": {
        "anchor": "start",
        "color": INK,
        "fontSize": 13,
        "fontWeight": "bold",
        "frame": "group",
        "offset": 12,
        "subtitleColor": MUTED,
        "subtitleFontSize": 11.5,
        "subtitlePadding": 4,
    },
    "legend": {
        "labelColor": INK,
        "labelFontSize": 11.5,
        "labelLimit": 320,
        "orient": "top",
        "symbolSize": 70,
        "title": None,
    },
    "header": {"labelColor": INK, "labelFontSize": 12, "titleColor": MUTED, "titleFontSize": 11.5},
    "text": {"color": INK, "fontSize": 11.5},
    "rule": {"color": MUTED},
    # A figure is read as one image with one text alternative, so its marks stay silent.
    "mark": {"aria": False},
}


# The specification's own format has no space before the sign.
SIGNED_LABEL = "datum.value == 0 ? '0' : datum.label"
PERCENT_LABEL = "replace(datum.label, '%', '\u202f%')"
# `axis=None` in one layer of several makes Vega-Lite 6.4 fail where another layer says nothing of it.
NO_AXIS = alt.Axis(title=None, labels=False, ticks=False, domain=False, grid=False)

Datasets = dict[str, list[dict[str, Any]]]


def specification(chart: alt.TopLevelMixin, datasets: Datasets) -> dict[str, Any]:
    """The chart as a plain Vega-Lite specification that carries this theme and the data its parts name.

    Parts name their data because the drawing library copies inline data at every step of a composition. They name
    their channels by class, never by a bare string or value, of which each makes the library hash its whole schema.
    What a figure can say is fixed by its code, so tests hold it against that schema, and not every report.
    """
    plain: dict[str, Any] = chart.to_dict(validate=False)
    return plain | {"config": CONFIG, "datasets": datasets}


def chart_of(name: str) -> alt.Chart:
    """A chart over one of the named datasets."""
    return alt.Chart(alt.NamedData(name=name))


def x_at(pixels: float) -> alt.XValue:
    """A place from the left edge of the panel, whatever the scale."""
    return alt.XValue(pixels)  # type: ignore[no-untyped-call]


def y_at(pixels: float) -> alt.YValue:
    """A place from the top edge of the panel."""
    return alt.YValue(pixels)  # type: ignore[no-untyped-call]


def y2_at(pixels: float) -> alt.Y2Value:
    """Where something ends that begins at `y_at`."""
    return alt.Y2Value(pixels)  # type: ignore[no-untyped-call]


def group_axis(labels: Sequence[str], *, field: str = "place", title: str | None = None) -> alt.X:
    """Groups in their order at 0, 1, 2 ..., so that a shape can be as wide beside its group as its data say."""
    # The labels go through JSON into the expression, which thus holds them as text and nothing else.
    axis = alt.Axis(
        title=title,
        values=list(range(len(labels))),
        labelExpr=f"{json.dumps(list(labels))}[datum.value]",
        ticks=False,
        labelOverlap=False,
    )
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=[-0.55, len(labels) - 0.45], nice=False), axis=axis)


def row_axis(rows: float, *, field: str = "row", first: float = -0.5) -> alt.Y:
    """Rows from the top down, without an axis of their own: their words stand beside them."""
    # Never a domain written backwards: where zero must be in it Vega folds such a domain to a point.
    scale = alt.Scale(domain=[first, rows + first], reverse=True, zero=False, nice=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=NO_AXIS)


def case_ticks(last_case: int) -> list[int]:
    """Round case numbers to mark on an axis, with the first and the last case.

    >>> case_ticks(1241)
    [1, 250, 500, 750, 1000, 1241]
    """
    step = next((step for step in (1, 5, 10, 25, 50, 100, 250, 500, 1000) if last_case / step <= 6), last_case // 5)
    return [1, *range(step, last_case - step // 2, step), last_case] if step > 1 else list(range(1, last_case + 1))


def percent(value: float, patients: int) -> str:
    """A fraction as percent, without decimals under 200 patients.

    >>> percent(28 / 155, 155), percent(3 / 809, 809)
    ('18 %', '0.4 %')
    """
    return f"{100 * value:.{0 if patients < 200 else 1}f} %"


def in_words(parts: Sequence[str]) -> str:
    """A list as it is said.

    >>> in_words(["sepsis", "diarrhoea", "hypotension"])
    'sepsis, diarrhoea and hypotension'
    """
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else "none"
