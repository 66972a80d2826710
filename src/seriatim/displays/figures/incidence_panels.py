"""How did each toxicity change along the series, patient by patient and group by group?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from string import ascii_uppercase

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

WIDTH, HEIGHT = 292, 148
RUG_TOP, RUG_BOTTOM, AXIS_OFFSET = 4, 13, 17


@dataclass(frozen=True, slots=True)
class GroupProportion:
    """One group of consecutive cases; `lower` and `upper` are fractions, the ends of its exact interval."""

    first_case: int
    last_case: int
    events: int
    patients: int
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The smooth risk at one case number with its band, as fractions."""

    case: float
    risk: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class PracticeChange:
    """What changed in practice, from which case number on."""

    case: int
    label: str


@dataclass(frozen=True, slots=True)
class EndpointPanel:
    """One endpoint: the case numbers with an event, its groups in order, and perhaps a smooth curve."""

    label: str
    events: tuple[int, ...]
    groups: tuple[GroupProportion, ...]
    curve: tuple[CurvePoint, ...] = ()


def incidence_panels(
    panels: Sequence[EndpointPanel],
    changes: Sequence[PracticeChange] = (),
    *,
    name: str = "incidence_panels",
    caption: str = "",
    shared_scale: bool = True,
    columns: int = 3,
    table: str = "",
) -> Figure:
    """Small multiples, an endpoint each: a tick per event, group proportions with intervals, curve, practice changes.

    With `shared_scale=False` each panel fills its own height, and the caption says so.

    >>> groups = (GroupProportion(1, 155, 28, 155, 0.124, 0.250), GroupProportion(156, 311, 6, 156, 0.014, 0.082))
    >>> incidence_panels([EndpointPanel("Line sepsis", (4, 9, 200), groups)]).alternative.split(". ")[1]
    'Line sepsis: 28 of 155 (18 %) in the first group, 6 of 156 (4 %) in the last.'
    """
    if not panels or not all(panel.groups for panel in panels):
        raise ValueError("a picture of incidence needs at least one endpoint, and each endpoint a group")
    charts = [
        _panel(panel, index, changes, _axes(panel, index, len(panels), columns, shared_scale))
        for index, panel in enumerate(panels)
    ]
    picture = alt.concat(*charts, columns=columns).resolve_scale(x="independent", y="independent")
    return Figure(
        name=name,
        caption=caption or _caption(panels, changes, shared_scale),
        alternative=_alternative(panels, changes),
        spec=theme.specification(picture, _datasets(panels, changes)),
        table=table,
    )


@dataclass(frozen=True, slots=True)
class _Axes:
    last_case: int
    top: float
    first_column: bool
    lowest: bool

    def x(self) -> alt.X:
        title = "Case number" if self.lowest else None
        axis = alt.Axis(title=title, offset=AXIS_OFFSET, values=theme.case_ticks(self.last_case), format="d")
        return alt.X("case:Q", scale=alt.Scale(domain=[0, self.last_case + 1], nice=False), axis=axis)

    def y(self) -> alt.Y:
        title = "Patients" if self.first_column else None
        form = ".0%" if self.top > 0.05 else ".1%"
        axis = alt.Axis(title=title, format=form, labelExpr=theme.PERCENT_LABEL, tickCount=4, minExtent=36)
        return alt.Y("risk:Q", scale=alt.Scale(domain=[0, self.top], nice=False), axis=axis)


def _axes(panel: EndpointPanel, index: int, panels: int, columns: int, shared_scale: bool) -> _Axes:
    top = 1.0 if shared_scale else _rounded_up(max(group.upper for group in panel.groups))
    return _Axes(panel.groups[-1].last_case, top, index % columns == 0, index + columns >= panels)


def _panel(panel: EndpointPanel, index: int, changes: Sequence[PracticeChange], axes: _Axes) -> alt.LayerChart:
    first, last = panel.groups[0], panel.groups[-1]
    ends = f"{_counted(first)} first → {_counted(last)} last" if len(panel.groups) > 1 else _counted(first)
    title = alt.TitleParams(text=panel.label, subtitle=ends)
    layers = [
        *(_change_lines() if changes else []),
        *(_curve(f"curve_{index}") if panel.curve else []),
        *_groups(f"groups_{index}", axes),
        _rug(f"events_{index}"),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT, title=title)


def _groups(data: str, axes: _Axes) -> list[alt.Chart]:
    # Only the points carry scales and axes: the layers share them.
    span = theme.chart_of(data).mark_rule(color=theme.BLUE, strokeWidth=1, opacity=0.4)
    bar = theme.chart_of(data).mark_rule(color=theme.BLUE, strokeWidth=1.6)
    point = theme.chart_of(data).mark_point(
        shape="circle", fill=theme.BLUE, stroke=theme.PAPER, strokeWidth=1, opacity=1, size=50
    )
    return [
        span.encode(x=alt.X("first:Q"), x2=alt.X2("last:Q"), y=alt.Y("risk:Q")),
        bar.encode(x=alt.X("case:Q"), y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q")),
        point.encode(x=axes.x(), y=axes.y()),
    ]


def _curve(data: str) -> list[alt.Chart]:
    band = theme.chart_of(data).mark_area(color=theme.VERMILLION, opacity=0.16, clip=True)
    line = theme.chart_of(data).mark_line(color=theme.VERMILLION, strokeWidth=1.6, clip=True)
    return [
        band.encode(x=alt.X("case:Q"), y=alt.Y("lower:Q"), y2=alt.Y2("upper:Q")),
        line.encode(x=alt.X("case:Q"), y=alt.Y("risk:Q")),
    ]


def _rug(data: str) -> alt.Chart:
    # Below the line of zero, so that no tick is mistaken for a proportion.
    tick = theme.chart_of(data).mark_rule(color=theme.INK, strokeWidth=0.6, opacity=0.65)
    rug: alt.Chart = tick.encode(x=alt.X("case:Q"), y=theme.y_at(HEIGHT + RUG_TOP), y2=theme.y2_at(HEIGHT + RUG_BOTTOM))
    return rug


def _change_lines() -> list[alt.Chart]:
    line = theme.chart_of("changes").mark_rule(color=theme.MUTED, strokeWidth=0.9, strokeDash=[2, 3])
    letter = theme.chart_of("changes").mark_text(color=theme.MUTED, fontSize=10.5, baseline="bottom")
    return [
        line.encode(x=alt.X("case:Q"), y=theme.y_at(0), y2=theme.y2_at(HEIGHT)),
        letter.encode(x=alt.X("case:Q"), y=theme.y_at(-1), text=alt.Text("letter:N")),
    ]


def _datasets(panels: Sequence[EndpointPanel], changes: Sequence[PracticeChange]) -> theme.Datasets:
    datasets: theme.Datasets = {}
    if changes:
        datasets["changes"] = [{"case": change.case, "letter": letter} for letter, change in _lettered(changes)]
    for index, panel in enumerate(panels):
        datasets[f"groups_{index}"] = [_group_row(group) for group in panel.groups]
        datasets[f"events_{index}"] = [{"case": case} for case in panel.events]
        if panel.curve:
            datasets[f"curve_{index}"] = [asdict(point) for point in panel.curve]
    return datasets


def _group_row(group: GroupProportion) -> dict[str, float]:
    return {
        "case": (group.first_case + group.last_case) / 2,
        "first": group.first_case,
        "last": group.last_case,
        "risk": group.events / group.patients,
        "lower": group.lower,
        "upper": group.upper,
    }


def _rounded_up(highest: float) -> float:
    return next((step for step in (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8) if step >= highest), 1.0)


def _counted(group: GroupProportion) -> str:
    return f"{group.events}/{group.patients} ({theme.percent(group.events / group.patients, group.patients)})"


def _lettered(changes: Sequence[PracticeChange]) -> list[tuple[str, PracticeChange]]:
    return list(zip(ascii_uppercase, sorted(changes, key=lambda change: change.case), strict=False))


def _caption(panels: Sequence[EndpointPanel], changes: Sequence[PracticeChange], shared_scale: bool) -> str:
    ticks = ["Each tick below an axis is one patient with the event."] if any(panel.events for panel in panels) else []
    parts = [*ticks, "Points: share of a group with its exact interval, drawn at the middle case of the group."]
    if any(panel.curve for panel in panels):
        parts.append("Line and band: smooth risk along the series, with its interval.")
    if not shared_scale:
        parts.append("Each panel has its own vertical scale.")
    if changes:
        parts.append(f"Dotted lines: {_change_words(changes)}.")
    return " ".join(parts)


def _change_words(changes: Sequence[PracticeChange]) -> str:
    return "; ".join(f"{letter}, {change.label} (case {change.case})" for letter, change in _lettered(changes))


def _alternative(panels: Sequence[EndpointPanel], changes: Sequence[PracticeChange]) -> str:
    groups = panels[0].groups
    words = [
        f"Share of patients with each event along case numbers {groups[0].first_case} to {groups[-1].last_case}"
        + (f", in {len(groups)} groups." if len(groups) > 1 else "."),
        *(_panel_words(panel) for panel in panels),
    ]
    return " ".join([*words, f"Practice changes: {_change_words(changes)}."] if changes else words)


def _panel_words(panel: EndpointPanel) -> str:
    first, last = panel.groups[0], panel.groups[-1]
    if len(panel.groups) == 1:
        return f"{panel.label}: {_in_words(first)}."
    return f"{panel.label}: {_in_words(first)} in the first group, {_in_words(last)} in the last."


def _in_words(group: GroupProportion) -> str:
    return f"{group.events} of {group.patients} ({theme.percent(group.events / group.patients, group.patients)})"
