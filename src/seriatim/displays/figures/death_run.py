"""How long has the series gone without a treatment-related death, and how long did it ever before?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

WIDTH, HEIGHT = 760, 230


def death_run(
    deaths: Sequence[int],
    last_case: int,
    *,
    unjudged: Sequence[int] = (),
    upper: float | None = None,
    level: float = 0.95,
    event: str = "treatment-related death",
    name: str = "death_run",
    caption: str = "",
    table: str = "",
) -> Figure:
    """Run chart: patients since the last death, along the case number; it falls to zero at each death.

    `deaths` are case numbers in order, `upper` the bound on the true risk in the run that is still open. Cases of
    `unjudged` stand on the axis but in no run: a patient who was not followed is not one without a death.

    >>> death_run([12, 432], 1241, upper=0.0045).alternative.split("; ")[1]
    'none in the 809 patients since. True risk at most 0.45 % (exact 95 %).'
    """
    if list(deaths) != sorted(set(deaths)) or (deaths and not 1 <= deaths[0] <= deaths[-1] <= last_case):
        raise ValueError(f"deaths must be different case numbers in order, from 1 to {last_case}")
    runs = _runs(deaths, last_case, unjudged)
    words = _run_words(runs, upper, level)
    return Figure(
        name=name,
        caption=caption or _caption(event, len([case for case in unjudged if case <= last_case])),
        alternative=_alternative(deaths, runs, upper, level, event),
        spec=theme.specification(_chart(deaths, last_case, runs, words, event), _datasets(deaths, runs)),
        table=table,
    )


def _caption(event: str, unjudged: int) -> str:
    words = f"Patients since the last {event}; it falls to zero at each (ticks below). The last run is still open."
    if not unjudged:
        return words
    noun = "case that cannot be judged is" if unjudged == 1 else "cases that cannot be judged are"
    return f"{words} {unjudged} {noun} not counted."


def _chart(
    deaths: Sequence[int], last_case: int, runs: Sequence[dict[str, int]], words: list[str], event: str
) -> alt.LayerChart:
    longest = max(1, *(run["length"] for run in runs))
    run = theme.chart_of("runs").mark_rule(color=theme.BLUE, strokeWidth=1.6)
    fall = theme.chart_of("falls").mark_rule(color=theme.BLUE, strokeWidth=0.8, opacity=0.6)
    tick = theme.chart_of("falls").mark_rule(color=theme.VERMILLION, strokeWidth=1.4)
    open_end = theme.chart_of("open").mark_point(
        shape="circle", fill=theme.PAPER, stroke=theme.BLUE, strokeWidth=1.8, opacity=1, size=64
    )
    layers = [
        run.encode(x=_case_axis(last_case), x2=alt.X2("to:Q"), y=_length_axis(longest, event), y2=alt.Y2("length:Q")),
        fall.encode(x=alt.X("to:Q"), y=alt.Y("low:Q"), y2=alt.Y2("length:Q")),
        tick.encode(x=alt.X("to:Q"), y=theme.y_at(HEIGHT + 3), y2=theme.y2_at(HEIGHT + 14)),
        *_last_death(deaths, last_case),
        open_end.encode(x=alt.X("to:Q"), y=alt.Y("length:Q")),
        _run_label(words),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT)


def _case_axis(last_case: int) -> alt.X:
    marks = theme.case_ticks(last_case)
    axis = alt.Axis(format="d", values=marks, tickCount=len(marks), offset=18)
    return alt.X("from:Q", title="Case number", scale=alt.Scale(domain=[0, last_case], nice=False), axis=axis)


def _length_axis(longest: int, event: str) -> alt.Y:
    # Room above the longest run, so that the words stand clear of every line.
    scale = alt.Scale(domain=[0, 1.35 * longest], nice=False)
    return alt.Y("low:Q", title=["Patients since the last", event], scale=scale, axis=alt.Axis(format="d", tickCount=5))


def _run_label(words: list[str]) -> alt.Chart:
    mark = theme.chart_of("open").mark_text(text=words, color=theme.INK, align="right", baseline="top", lineHeight=15)
    label: alt.Chart = mark.encode(x=theme.x_at(WIDTH), y=theme.y_at(2))
    return label


def _last_death(deaths: Sequence[int], last_case: int) -> list[alt.Chart]:
    if not deaths:
        return []
    line = theme.chart_of("last").mark_rule(color=theme.VERMILLION, strokeDash=[3, 3])
    is_early = deaths[-1] < last_case / 2
    words = theme.chart_of("last").mark_text(
        text=f"last death, case {deaths[-1]}",
        color=theme.VERMILLION,
        align="left" if is_early else "right",
        baseline="top",
        dx=6 if is_early else -6,
    )
    return [line.encode(x=alt.X("case:Q")), words.encode(x=alt.X("case:Q"), y=theme.y_at(34))]


def _datasets(deaths: Sequence[int], runs: list[dict[str, int]]) -> theme.Datasets:
    return {"runs": runs, "falls": runs[:-1], "open": runs[-1:], "last": [{"case": case} for case in deaths[-1:]]}


def _runs(deaths: Sequence[int], last_case: int, unjudged: Sequence[int] = ()) -> list[dict[str, int]]:
    """From death to death, and what is left; a run is as long as the patients in it who can be judged."""
    return [
        {"from": start, "to": end, "low": 0, "length": end - start - sum(start < case <= end for case in unjudged)}
        for start, end in pairwise([0, *deaths, last_case])
    ]


def _run_words(runs: Sequence[dict[str, int]], upper: float | None, level: float) -> list[str]:
    bound = [] if upper is None else [f"true risk at most {100 * upper:.2g} % ({100 * level:g} %)"]
    return [f"{runs[-1]['length']} patients without one", *bound]


def _alternative(
    deaths: Sequence[int],
    runs: Sequence[dict[str, int]],
    upper: float | None,
    level: float,
    event: str,
) -> str:
    bound = "" if upper is None else f" True risk at most {100 * upper:.2g} % (exact {100 * level:g} %)."
    counted = sum(run["length"] for run in runs)
    if not deaths:
        return f"None of {counted} patients with {event}.{bound}"
    return (
        f"{len(deaths)} of {counted} patients with {event}, the last at case {deaths[-1]};"
        f" none in the {runs[-1]['length']} patients since.{bound}"
    )
