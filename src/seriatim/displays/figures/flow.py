"""Who was counted? From the records read to the patients in the tables, with everyone who was set aside."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

BOX_WIDTH, ASIDE_LEFT, WIDTH = 300, 350, 720
BOX, GAP, LINE = 46, 22, 15
LETTERS_A_LINE = 58


@dataclass(frozen=True, slots=True)
class SetAside:
    """How many did not go on, and why."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class FlowStep:
    """Those who reached this step, and those set aside on the way to the next."""

    label: str
    count: int
    set_aside: tuple[SetAside, ...] = ()


def flow(steps: Sequence[FlowStep], *, name: str = "flow", caption: str = "", table: str = "") -> Figure:
    """Boxes from top to bottom with arrows, and beside each arrow who was set aside and why.

    >>> steps = [FlowStep("records read", 5, (SetAside(2, "no date of the first dose"),)), FlowStep("patients", 3)]
    >>> flow(steps).alternative
    '5 records read; 2 set aside (2 no date of the first dose); 3 patients.'
    """
    if not steps:
        raise ValueError("a flow needs at least one step")
    boxes = _boxes(steps)
    return Figure(
        name=name,
        caption=caption or "From the records read to the patients counted, with those set aside and the reason.",
        alternative="; ".join(words for step in steps for words in _step_words(step)) + ".",
        spec=theme.specification(_chart(boxes), _datasets(boxes)),
        table=table,
    )


def _chart(boxes: list[dict[str, Any]]) -> alt.LayerChart:
    height = boxes[-1]["bottom"] + 1
    x = alt.X("left:Q", scale=alt.Scale(domain=[0, WIDTH], nice=False), axis=theme.NO_AXIS)
    y = theme.row_axis(height, field="top", first=0)
    box = theme.chart_of("boxes").mark_rect(fill=theme.PAPER, stroke=theme.MUTED, strokeWidth=1, cornerRadius=3)
    count = theme.chart_of("boxes").mark_text(color=theme.INK, fontWeight="bold", fontSize=14, dy=-8)
    label = theme.chart_of("boxes").mark_text(color=theme.INK, dy=9)
    arrow = theme.chart_of("arrows").mark_rule(color=theme.MUTED)
    head = theme.chart_of("arrows").mark_point(
        shape="triangle-down", fill=theme.MUTED, stroke=None, opacity=1, size=36, dy=-4
    )
    branch = theme.chart_of("asides").mark_rule(color=theme.HAIRLINE)
    words = theme.chart_of("asides").mark_text(color=theme.MUTED, align="left", baseline="top", lineHeight=LINE)
    layers = [
        arrow.encode(x=alt.X("middle:Q"), y=alt.Y("from:Q"), y2=alt.Y2("to:Q")),
        head.encode(x=alt.X("middle:Q"), y=alt.Y("tip:Q")),
        branch.encode(x=alt.X("middle:Q"), x2=alt.X2("start:Q"), y=alt.Y("at:Q")),
        words.encode(x=alt.X("words_left:Q"), y=alt.Y("first_line:Q"), text=alt.Text("words:N")),
        box.encode(x=x, x2=alt.X2("right:Q"), y=y, y2=alt.Y2("bottom:Q")),
        count.encode(x=alt.X("middle:Q"), y=alt.Y("centre:Q"), text=alt.Text("count:Q")),
        label.encode(x=alt.X("middle:Q"), y=alt.Y("centre:Q"), text=alt.Text("label:N")),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=height)


def _boxes(steps: Sequence[FlowStep]) -> list[dict[str, Any]]:
    boxes: list[dict[str, Any]] = []
    top = 0
    for step in steps:
        lines = [line for aside in step.set_aside for line in _aside_lines(aside)]
        boxes.append(_box(step, top, lines))
        top += BOX + max(2 * GAP, LINE * len(lines) + GAP)
    return boxes


def _box(step: FlowStep, top: int, lines: list[str]) -> dict[str, Any]:
    return {
        "left": 0,
        "right": BOX_WIDTH,
        "middle": BOX_WIDTH / 2,
        "top": top,
        "bottom": top + BOX,
        "centre": top + BOX / 2,
        "count": step.count,
        "label": step.label,
        "words": lines,
    }


def _datasets(boxes: list[dict[str, Any]]) -> theme.Datasets:
    gaps = [(box, below["top"]) for box, below in pairwise(boxes)]
    return {
        "boxes": [{name: value for name, value in box.items() if name != "words"} for box in boxes],
        "arrows": [
            {"middle": BOX_WIDTH / 2, "from": box["bottom"], "to": below, "tip": below - 4} for box, below in gaps
        ],
        "asides": [_aside(box, below) for box, below in gaps if box["words"]],
    }


def _aside(box: dict[str, Any], below: float) -> dict[str, Any]:
    at = (box["bottom"] + below) / 2
    return {
        "middle": BOX_WIDTH / 2,
        "start": ASIDE_LEFT - 8,
        "words_left": ASIDE_LEFT,
        "at": at,
        "first_line": at - LINE * len(box["words"]) / 2 + 2,
        "words": box["words"],
    }


def _aside_lines(aside: SetAside) -> list[str]:
    return textwrap.wrap(f"{aside.count} {aside.reason}", LETTERS_A_LINE, subsequent_indent="   ")


def _step_words(step: FlowStep) -> list[str]:
    asides = ", ".join(f"{aside.count} {aside.reason}" for aside in step.set_aside)
    lost = [f"{sum(aside.count for aside in step.set_aside)} set aside ({asides})"] if asides else []
    return [f"{step.count} {step.label}", *lost]
