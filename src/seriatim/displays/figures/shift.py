"""From which grade at baseline to which worst grade did a laboratory value go?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

TILE = 40


@dataclass(frozen=True, slots=True)
class ShiftCount:
    """Patients who went from one level to another."""

    baseline: str
    worst: str
    patients: int


@dataclass(frozen=True, slots=True)
class ShiftGroup:
    """One group and its counts; a pair without a count is zero."""

    label: str
    counts: tuple[ShiftCount, ...]


def shift(
    groups: Sequence[ShiftGroup],
    *,
    levels: Sequence[str],
    test: str,
    name: str = "shift",
    caption: str = "",
    table: str = "",
) -> Figure:
    """A square of counts for each group, baseline against worst, no change framed on the diagonal.

    `levels` are in order, and may end in words such as *not graded*.

    >>> group = ShiftGroup("1–3", (ShiftCount("0", "3", 2), ShiftCount("0", "0", 1)))
    >>> shift([group], levels=["0", "1", "2", "3"], test="Creatinine").alternative
    'Creatinine grade from baseline to worst. 1–3: 2 of 3 patients got worse.'
    """
    if not groups or not levels:
        raise ValueError("a shift needs at least one group and its levels in order")
    if unknown := {level for group in groups for count in group.counts for level in (count.baseline, count.worst)} - {
        *levels
    }:
        raise ValueError(f"levels {sorted(unknown)} are not among {list(levels)}")
    datasets = _datasets(groups, levels)
    deepest = max(tile["share"] for tiles in datasets.values() for tile in tiles) or 1.0
    panels = [_panel(index, group, levels, test, deepest) for index, group in enumerate(groups)]
    return Figure(
        name=name,
        caption=caption
        or f"{test}: patients by grade at baseline (rows) and worst grade (columns). Framed: no change.",
        alternative=_alternative(groups, levels, test),
        spec=theme.specification(alt.HConcatChart(hconcat=panels, spacing=34), datasets),
        table=table,
    )


def _panel(index: int, group: ShiftGroup, levels: Sequence[str], test: str, deepest: float) -> alt.LayerChart:
    title = f"Worst {test.lower()} grade"
    x = alt.X("worst:N", title=title, scale=alt.Scale(domain=list(levels)), axis=alt.Axis(labelAngle=0, ticks=False))
    y = alt.Y("baseline:N", title="At baseline" if index == 0 else None, scale=alt.Scale(domain=list(levels)))
    data = f"shift_{index}"
    tile = theme.chart_of(data).mark_rect(fill=theme.BLUE, stroke=theme.PAPER, strokeWidth=1)
    frame = theme.chart_of(data).transform_filter("datum.same").mark_rect(fill=None, stroke=theme.MUTED, strokeWidth=1)
    number = theme.chart_of(data).transform_filter("datum.patients > 0").mark_text(color=theme.INK)
    # Pale even at its deepest, so that the number is read on it by day and by night.
    depth = alt.Opacity("share:Q", scale=alt.Scale(domain=[0, deepest], range=[0.04, 0.5]), legend=None)
    layers = [
        tile.encode(x=x, y=y, opacity=depth),
        frame.encode(x=alt.X("worst:N"), y=alt.Y("baseline:N")),
        number.encode(x=alt.X("worst:N"), y=alt.Y("baseline:N"), text=alt.Text("patients:Q")),
    ]
    size = TILE * len(levels)
    return alt.LayerChart(
        layer=layers, width=size, height=size, title=alt.TitleParams(text=group.label, subtitle=_worse(group, levels))
    )


def _datasets(groups: Sequence[ShiftGroup], levels: Sequence[str]) -> theme.Datasets:
    return {f"shift_{index}": _tiles(group, levels) for index, group in enumerate(groups)}


def _tiles(group: ShiftGroup, levels: Sequence[str]) -> list[dict[str, Any]]:
    counted = {(count.baseline, count.worst): count.patients for count in group.counts}
    total = max(1, sum(counted.values()))
    return [
        {
            "baseline": baseline,
            "worst": worst,
            "patients": counted.get((baseline, worst), 0),
            "share": round(counted.get((baseline, worst), 0) / total, 6),
            "same": baseline == worst,
        }
        for baseline in levels
        for worst in levels
    ]


def _worse(group: ShiftGroup, levels: Sequence[str]) -> str:
    places = {level: place for place, level in enumerate(levels)}
    known = [count for count in group.counts if count.baseline.isdigit() and count.worst.isdigit()]
    worse = sum(count.patients for count in known if places[count.worst] > places[count.baseline])
    return f"{worse} of {sum(count.patients for count in known)} patients got worse"


def _alternative(groups: Sequence[ShiftGroup], levels: Sequence[str], test: str) -> str:
    opening = f"{test} grade from baseline to worst."
    return " ".join([opening, *(f"{group.label}: {_worse(group, levels)}." for group in groups)])
