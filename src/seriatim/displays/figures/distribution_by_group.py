"""How was a measurement, such as weight gain, spread in each group?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

WIDTH, HEIGHT = 760, 240


@dataclass(frozen=True, slots=True)
class GroupQuantiles:
    """One group's 5th, 25th, 50th, 75th and 95th percentile in the unit of the figure, and who stands behind them."""

    label: str
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float
    patients: int
    missing: int = 0


def distribution_by_group(
    groups: Sequence[GroupQuantiles],
    *,
    measure: str,
    unit: str,
    name: str = "distribution_by_group",
    caption: str = "",
    table: str = "",
) -> Figure:
    """An open box for each group: whiskers to the 5th and 95th percentile, the median thick and in numbers.

    >>> groups = [GroupQuantiles("1–155", 1, 4, 6.5, 9, 14, 150, 5), GroupQuantiles("156–311", 1, 4, 6, 9, 13, 156)]
    >>> distribution_by_group(groups, measure="Weight gain", unit="%").alternative.split(": ")[1]
    'median 6.5 % (quartiles 4 and 9) in 1–155, 6 % (4 and 9) in 156–311; missing for 5 patients.'
    """
    if not groups:
        raise ValueError("a distribution by group needs at least one group")
    if wrong := [group.label for group in groups if not group.p5 <= group.p25 <= group.p50 <= group.p75 <= group.p95]:
        raise ValueError(f"percentiles out of order in {', '.join(wrong)}")
    rows = [asdict(group) | _places(place, group) for place, group in enumerate(groups)]
    return Figure(
        name=name,
        caption=caption or f"{measure}, {unit}: median, quartiles (box), 5th and 95th percentile (whiskers).",
        alternative=_alternative(groups, measure, unit),
        spec=theme.specification(_chart(groups, measure, unit), {"groups": rows}),
        table=table,
    )


def _chart(groups: Sequence[GroupQuantiles], measure: str, unit: str) -> alt.LayerChart:
    whisker = theme.chart_of("groups").mark_rule(color=theme.BLUE, strokeWidth=1.3)
    # Open, since a solid box prints heavy and hides its median.
    box = theme.chart_of("groups").mark_rect(fill=theme.BLUE, fillOpacity=0.12, stroke=theme.BLUE, strokeWidth=1.3)
    median = theme.chart_of("groups").mark_rule(color=theme.INK, strokeWidth=2.4)
    number = theme.chart_of("groups").mark_text(color=theme.INK, align="left", dx=5, fontWeight="bold")
    missing = theme.chart_of("groups").transform_filter("datum.missing > 0").mark_text(color=theme.MUTED, fontSize=10)
    y = alt.Y("p5:Q", title=f"{measure}, {unit}", scale=alt.Scale(zero=False))
    x = theme.group_axis([group.label for group in groups])
    layers = [
        whisker.encode(x=x, y=y, y2=alt.Y2("p25:Q")),
        whisker.encode(x=alt.X("place:Q"), y=alt.Y("p75:Q"), y2=alt.Y2("p95:Q")),
        box.encode(x=alt.X("left:Q"), x2=alt.X2("right:Q"), y=alt.Y("p25:Q"), y2=alt.Y2("p75:Q")),
        median.encode(x=alt.X("left:Q"), x2=alt.X2("right:Q"), y=alt.Y("p50:Q")),
        number.encode(x=alt.X("right:Q"), y=alt.Y("p50:Q"), text=alt.Text("p50:Q", format="~r")),
        missing.encode(x=alt.X("place:Q"), y=theme.y_at(-8), text=alt.Text("words:N")),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT)


def _places(place: int, group: GroupQuantiles) -> dict[str, Any]:
    return {"place": place, "left": place - 0.22, "right": place + 0.22, "words": f"{group.missing} missing"}


def _alternative(groups: Sequence[GroupQuantiles], measure: str, unit: str) -> str:
    first, last = groups[0], groups[-1]
    missing = sum(group.missing for group in groups)
    opening = f"{measure} in {len(groups)} groups" if len(groups) > 1 else measure
    told = f"median {first.p50:g} {unit} (quartiles {first.p25:g} and {first.p75:g}) in {first.label}"
    if len(groups) > 1:
        told += f", {last.p50:g} {unit} ({last.p25:g} and {last.p75:g}) in {last.label}"
    return f"{opening}: {told}; missing for {missing} patients."
