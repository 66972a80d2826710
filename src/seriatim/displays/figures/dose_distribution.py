"""How many doses did patients get, group by group, and not only on average?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

WIDTH, HEIGHT = 760, 270


@dataclass(frozen=True, slots=True)
class DoseGroup:
    """One group: pairs of (doses given, patients), and the median with its interval in doses where it has one."""

    label: str
    counts: tuple[tuple[int, int], ...]
    median: float | None
    lower: float | None = None
    upper: float | None = None

    @property
    def patients(self) -> int:
        return sum(patients for _, patients in self.counts)


def dose_distribution(
    groups: Sequence[DoseGroup],
    *,
    name: str = "dose_distribution",
    caption: str = "",
    doses: str = "Doses in the first cycle",
    table: str = "",
) -> Figure:
    """A spindle for each group, as wide at each number of doses as patients got that many; median and interval on it.

    >>> dose_distribution([DoseGroup("1–3", ((12, 1), (13, 2)), 13.0), DoseGroup("4–6", ((7, 3),), 7.0)]).alternative
    'Doses in the first cycle in 2 groups: median 13 in 1–3 (12 to 13), 7 in 4–6 (7 to 7).'
    """
    if not groups or not all(group.counts for group in groups):
        raise ValueError("a distribution of doses needs at least one group, and each group a patient")
    return Figure(
        name=name,
        caption=caption or f"{doses}. Width: share of the group with that many. Point and bar: median and interval.",
        alternative=_alternative(groups, doses),
        spec=theme.specification(
            _chart(groups, doses), {"spindles": list(_spindles(groups)), "medians": _medians(groups)}
        ),
        table=table,
    )


def _chart(groups: Sequence[DoseGroup], doses: str) -> alt.LayerChart:
    highest = max(number for group in groups for number, _ in group.counts)
    marks = list(range(0, highest + 1, 1 if highest <= 8 else 2 if highest <= 20 else 5))
    y = alt.Y(
        "low:Q",
        title=doses,
        scale=alt.Scale(domain=[-0.5, highest + 0.5], nice=False),
        axis=alt.Axis(values=marks, tickCount=len(marks)),
    )
    spindle = theme.chart_of("spindles").mark_rect(color=theme.BLUE, opacity=0.38)
    bar = theme.chart_of("medians").mark_rule(color=theme.INK, strokeWidth=2)
    point = theme.chart_of("medians").mark_point(
        shape="circle", fill=theme.INK, stroke=theme.PAPER, strokeWidth=1, opacity=1, size=64
    )
    number = theme.chart_of("medians").mark_text(color=theme.INK, align="left", dx=9, fontWeight="bold")
    layers = [
        spindle.encode(
            x=theme.group_axis([group.label for group in groups], field="left"),
            x2=alt.X2("right:Q"),
            y=y,
            y2=alt.Y2("high:Q"),
        ),
        bar.encode(x=alt.X("place:Q"), y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q")),
        point.encode(x=alt.X("place:Q"), y=alt.Y("median:Q")),
        number.encode(x=alt.X("place:Q"), y=alt.Y("median:Q"), text=alt.Text("median:Q", format="~r")),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT)


def _spindles(groups: Sequence[DoseGroup]) -> Iterator[dict[str, float]]:
    # One scale of width for all groups, so that equal widths are equal shares.
    widest = max(patients / group.patients for group in groups for _, patients in group.counts)
    for place, group in enumerate(groups):
        for number, patients in group.counts:
            half = 0.44 * patients / group.patients / widest
            yield {
                "left": round(place - half, 4),
                "right": round(place + half, 4),
                "low": number - 0.42,
                "high": number + 0.42,
            }


def _medians(groups: Sequence[DoseGroup]) -> list[dict[str, float | None]]:
    return [
        {"place": place, "median": group.median, "lower": group.lower, "upper": group.upper}
        for place, group in enumerate(groups)
        if group.median is not None
    ]


def _alternative(groups: Sequence[DoseGroup], doses: str) -> str:
    if len(groups) == 1:
        return f"{doses}: {_group_words(groups[0])}."
    first, last = _group_words(groups[0]), _group_words(groups[-1]).removeprefix("median ")
    return f"{doses} in {len(groups)} groups: {first}, {last}."


def _group_words(group: DoseGroup) -> str:
    given = [number for number, patients in group.counts if patients]
    median = "median not estimable" if group.median is None else f"median {group.median:g}"
    return f"{median} in {group.label} ({min(given)} to {max(given)})"
