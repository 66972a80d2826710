"""How many stood behind each point of a curve? Numbers in rows below its axis, a row for each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt

from seriatim.displays.figures import theme

ROW_HEIGHT = 15


def at_risk_rows(data: str, labels: Sequence[str], *, below: float, heading: str) -> list[alt.Chart]:
    """Text layers that print field `n` at `x` for each label, from `below` pixels under the top of the panel.

    The named data hold `x`, `n` and `row`, the place of the label in `labels`.
    """
    title = _line(heading, below - ROW_HEIGHT, theme.MUTED, "normal")
    return [title, *(layer for row, label in enumerate(labels) for layer in _row(data, row, label, below))]


def _row(data: str, row: int, label: str, below: float) -> list[alt.Chart]:
    y = below + row * ROW_HEIGHT
    numbers = theme.chart_of(data).transform_filter(f"datum.row == {row}")
    printed: alt.Chart = numbers.mark_text(color=theme.INK, fontSize=10.5).encode(
        x=alt.X("x:Q"), y=theme.y_at(y), text=alt.Text("n:Q")
    )
    return [_line(label, y, theme.SERIES[row % len(theme.SERIES)], "bold"), printed]


def _line(text: str, y: float, colour: str, weight: Literal["normal", "bold"]) -> alt.Chart:
    mark = alt.Chart(alt.NamedData(name="one")).mark_text(
        text=text, color=colour, align="right", fontSize=10.5, fontWeight=weight
    )
    line: alt.Chart = mark.encode(x=theme.x_at(-14), y=theme.y_at(y))
    return line
