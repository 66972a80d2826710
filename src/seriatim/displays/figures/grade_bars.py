"""How severe was each toxicity at its worst, and for how many patients is that unknown?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt

from seriatim.displays.figures import theme
from seriatim.pages import Figure

WIDTH, HEIGHT = 292, 170
# The severe end stands on the common base line, where groups are best compared; the unknown hangs from the top.
LEVELS = {
    "grade 5": (theme.GRADES[5], theme.GRADE_INKS[5]),
    "grade 4": (theme.GRADES[4], theme.GRADE_INKS[4]),
    "grade 3": (theme.GRADES[3], theme.GRADE_INKS[3]),
    "grade 2": (theme.GRADES[2], theme.GRADE_INKS[2]),
    "grade 1": (theme.GRADES[1], theme.GRADE_INKS[1]),
    "none": (theme.GRADES[0], theme.GRADE_INKS[0]),
    "not graded": (theme.NOT_GRADED, theme.INK),
    "not assessed": (theme.NOT_ASSESSED, theme.INK),
}
SMALLEST_LABELLED = 0.07


@dataclass(frozen=True, slots=True)
class GradedGroup:
    """One group's patients by worst grade: `grades` counts grades 1 to 5 in this order; four things stay apart."""

    label: str
    none: int
    grades: tuple[int, int, int, int, int]
    not_graded: int = 0
    not_assessed: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The patients at each level, worst first."""
        graded = {f"grade {grade}": self.grades[grade - 1] for grade in (5, 4, 3, 2, 1)}
        return graded | {"none": self.none, "not graded": self.not_graded, "not assessed": self.not_assessed}


@dataclass(frozen=True, slots=True)
class GradedTerm:
    """One toxicity and its groups in order."""

    label: str
    groups: tuple[GradedGroup, ...]


def grade_bars(
    terms: Sequence[GradedTerm],
    *,
    name: str = "grade_bars",
    caption: str = "",
    columns: int = 3,
    table: str = "",
) -> Figure:
    """Stacked worst grade per group, a panel for each toxicity, with *not graded* and *not assessed* hatched.

    >>> groups = (GradedGroup("1–155", 10, (20, 40, 50, 25, 0), 10), GradedGroup("156–311", 90, (30, 20, 10, 2, 0), 4))
    >>> grade_bars([GradedTerm("Hypotension", groups)]).alternative.split(". ")[1]
    'Hypotension: grade 3 or worse in 75 of 155 in 1–155 and 12 of 156 in 156–311, unknown in 10 and 4.'
    """
    if not terms or not all(term.groups for term in terms):
        raise ValueError("a picture of worst grades needs at least one toxicity, and each toxicity a group")
    panels = [_panel(index, term, first_column=index % columns == 0) for index, term in enumerate(terms)]
    picture = alt.concat(*panels, columns=columns).resolve_scale(x="independent", y="independent")
    return Figure(
        name=name,
        caption=caption or "Worst grade of each patient, as share of the group; the numbers are patients.",
        alternative=_alternative(terms),
        spec=theme.specification(picture, {f"grades_{i}": list(_segments(term)) for i, term in enumerate(terms)}),
        table=table,
    )


def _panel(index: int, term: GradedTerm, *, first_column: bool) -> alt.LayerChart:
    data = f"grades_{index}"
    bars = theme.chart_of(data).mark_rect(stroke=theme.PAPER, strokeWidth=0.8)
    # A narrow sliver carries no number: its table does.
    labelled = theme.chart_of(data).transform_filter(f"datum.share >= {SMALLEST_LABELLED}")
    # On a pattern a number needs paper behind it.
    halo = labelled.transform_filter("datum.patterned").mark_text(fontSize=10, stroke=theme.PAPER, strokeWidth=4)
    numbers = labelled.mark_text(fontSize=10)
    y = alt.Y(
        "low:Q",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(
            title="Patients" if first_column else None,
            format=".0%",
            labelExpr=theme.PERCENT_LABEL,
            tickCount=4,
            minExtent=36,
        ),
    )
    labels, title = _short([group.label for group in term.groups])
    x = theme.group_axis(labels, field="left", title=title)
    layers = [
        bars.encode(x=x, x2=alt.X2("right:Q"), y=y, y2=alt.Y2("high:Q"), color=_colours("level", 0)),
        halo.encode(x=alt.X("place:Q"), y=alt.Y("middle:Q"), text=alt.Text("patients:Q")),
        numbers.encode(
            x=alt.X("place:Q"), y=alt.Y("middle:Q"), text=alt.Text("patients:Q"), color=alt.Color("ink:N", scale=None)
        ),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH, height=HEIGHT, title=term.label)


def _colours(field: str, which: int) -> alt.Color:
    colours = [pair[which] for pair in LEVELS.values()]
    legend = alt.Legend(columns=len(LEVELS), symbolType="square", symbolStrokeWidth=1, symbolStrokeColor=theme.HAIRLINE)
    return alt.Color(f"{field}:N", scale=alt.Scale(domain=list(LEVELS), range=colours), legend=legend)


def _segments(term: GradedTerm) -> Iterator[dict[str, float | str]]:
    for place, group in enumerate(term.groups):
        patients = sum(group.counts.values())
        low = 0.0
        for level, count in group.counts.items():
            if count:
                share = count / patients
                yield _segment(place, level, count, low, share)
                low += share


def _segment(place: int, level: str, count: int, low: float, share: float) -> dict[str, float | str]:
    return {
        "place": place,
        "left": place - 0.42,
        "right": place + 0.42,
        "low": round(low, 6),
        "high": round(low + share, 6),
        "middle": round(low + share / 2, 6),
        "share": round(share, 6),
        "level": level,
        "ink": LEVELS[level][1],
        "patterned": LEVELS[level][0] in theme.HATCHED,
        "patients": count,
    }


def _short(labels: Sequence[str]) -> tuple[list[str], str | None]:
    # Where the full labels would run into each other the groups are numbered.
    if sum(map(len, labels)) <= 42:
        return list(labels), None
    return [str(number) for number, _ in enumerate(labels, 1)], f"Group, from {labels[0]} to {labels[-1]}"


def _alternative(terms: Sequence[GradedTerm]) -> str:
    groups = len(terms[0].groups)
    opening = "Worst grade of each patient" + (f" in {groups} groups." if groups > 1 else ".")
    return " ".join([opening, *(_term_words(term) for term in terms)])


def _term_words(term: GradedTerm) -> str:
    first, last = term.groups[0], term.groups[-1]
    told = f"{term.label}: grade 3 or worse in {_severe(first)} in {first.label}"
    if len(term.groups) == 1:
        return f"{told}, unknown in {_unknown(first)}."
    return f"{told} and {_severe(last)} in {last.label}, unknown in {_unknown(first)} and {_unknown(last)}."


def _unknown(group: GradedGroup) -> int:
    return group.not_graded + group.not_assessed


def _severe(group: GradedGroup) -> str:
    return f"{sum(group.grades[2:])} of {sum(group.counts.values())}"
