"""Which of the ten CONSORT-Harms recommendations does this report answer, and where?"""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.pages import Cell, Section, Sentence, Table, TableRow

# Recommendation in own words -> (analyses of which one must be in the plan; empty = always, what answers it).
# Source: Ioannidis et al., Ann Intern Med 2004;141:781-8 (key consort_harms_2004), restated.
ITEMS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("1 Title or abstract says that harms were studied", (), "Title and first screen"),
    ("2 Introduction says that the review looks at harms and benefits", ("response",), "Response section"),
    ("3 Events are listed with definitions, grades and the scale", (), "Plan and methods: the endpoints"),
    ("4 How harms were collected: charted or asked for, over which time", ("completeness",), "Completeness"),
    ("5 How harms were analysed, repeats and grades included", (), "Plan and methods"),
    ("6 Withdrawals and stops due to harms, group by group", ("doses",), "Doses: why the first cycle ended"),
    ("7 Denominators for each analysis of harms", (), "n/N in every cell; who was counted"),
    ("8 Absolute risk by group, type and grade, with seriousness", ("incidence", "terms"), "Toxicity; terms"),
    ("9 Subgroup analyses and what was looked for without a plan", (), "Role of each endpoint; exploratory results"),
    ("10 Balanced discussion with limits", (), "Cautions of the first screen; small print"),
)


FOR_AUTHORS = ("1", "2", "10")


def lead(shown: Shown) -> tuple[Sentence, ...]:  # noqa: ARG001
    """Nothing on the first screen."""
    return ()


def section(shown: Shown) -> Section | None:
    """The checklist, each item with where it is answered or that this plan does not ask for it."""
    asked = {request.name for request in shown.plan.analyses}
    rows = [TableRow(item, _cells(item, needed, place, asked)) for item, needed, place in ITEMS]
    columns = ("Recommendation", "Answered", "Where")
    note = "Items 1, 2 and 10 also need words that only the authors can write."
    return Section(
        "checklist",
        "CONSORT-Harms checklist",
        (Table("checklist", "The ten recommendations", columns, tuple(rows), (note,)),),
    )


def _cells(item: str, needed: tuple[str, ...], place: str, asked: set[str]) -> tuple[Cell, ...]:
    if not needed or asked & set(needed):
        # A program can show what the authors have to say, and cannot say it for them.
        answered = "in part" if item.split(maxsplit=1)[0] in FOR_AUTHORS else "yes"
        return Cell(answered, (), "text"), Cell(place, (), "text")
    return Cell("no", (), "reason"), Cell(f"the plan does not ask for {' or '.join(needed)}", (), "text")
