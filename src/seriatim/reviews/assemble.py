"""In which order does the report answer? First screen, a section a question, who was counted, the plan, provenance."""

from __future__ import annotations

from types import ModuleType

from seriatim import shelves
from seriatim.displays._contract import Shown
from seriatim.displays.incidence import picture
from seriatim.displays.wording.incidence import OF_A_TEST
from seriatim.pages import Block, Page, Section, Sentence

# The order of the storyboard; a stranger's section follows after these, before who was counted.
ORDER = (
    "incidence", "doses", "risk_per_dose", "deaths", "labs", "weight", "response", "terms", "case_mix", "completeness",
    "adherence", "protocol_replay", "screening_effect",
)  # fmt: skip
LAST = ("counted", "checklist", "methods")


def assemble(shown: Shown) -> Page:
    """The whole report as a value."""
    displays = [shelves.take("displays", name) for name in _in_order()]
    sections = [section for display in displays if (section := display.section(shown))]
    return Page(shown.plan.title, _population_line(shown), (_answer(shown, displays), *sections))


def _in_order() -> list[str]:
    known = list(shelves.names_on("displays"))
    others = [name for name in known if name not in ORDER and name not in LAST]
    return [name for name in (*ORDER, *others, *LAST) if name in known]


def _answer(shown: Shown, displays: list[ModuleType]) -> Section:
    sentences: list[Sentence] = [sentence for display in displays for sentence in display.lead(shown)]
    # What this review cannot tell comes worst first, and the choice of a test last.
    blocks: list[Block] = [*sorted(sentences, key=_weight)]
    if figure := picture(shown):
        blocks.append(figure)
    return Section("answer", "The answer", tuple(blocks))


def _weight(sentence: Sentence) -> int:
    """Where a sentence of the first screen stands: the answers in their order, then the cautions, about a test last."""
    if sentence.tone != "caution":
        return 0
    return 2 if OF_A_TEST in sentence.text else 1


def _population_line(shown: Shown) -> str:
    """How many patients, from which month to which, in how many groups."""
    sizes = shown.results.where(analysis="accrual", statistic="patients")
    if not sizes:
        return shown.plan.population.label
    total = int(sum(row.value or 0 for row in sizes))
    months = [
        row.value
        for statistic in ("first_month", "last_month")
        for row in shown.results.where(analysis="accrual", statistic=statistic)
        if row.value is not None
    ]
    when = f", first treated from {_month(min(months))} to {_month(max(months))}" if months else ""
    return f"{total} {shown.plan.population.label}{when}, {_groups([int(row.value or 0) for row in sizes])}."


def _groups(sizes: list[int]) -> str:
    """The sizes of the groups; equal ones are not listed.

    >>> _groups([155] * 7 + [156]), _groups([86, 96, 72]), _groups([1241])
    ('in 8 groups of 155, the last of 156', 'in 3 groups of 86, 96, 72', 'in one group')
    """
    if len(sizes) == 1:
        return "in one group"
    first, last = sizes[0], sizes[-1]
    if any(size != first for size in sizes[:-1]) or (len(sizes) == 2 and first != last):
        return f"in {len(sizes)} groups of {', '.join(map(str, sizes))}"
    return f"in {len(sizes)} groups of {first}" + (f", the last of {last}" if last != first else "")


def _month(value: float) -> str:
    year, month = divmod(int(value), 100)
    return f"{year}-{month:02d}"
