"""How complete is the record? What each group has, and where the last differs from the first."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.wording import completeness as wording
from seriatim.displays.wording.groups import ends
from seriatim.displays.wording.numbers import difference_cell, p_cell, risk_cell
from seriatim.pages import Section, Sentence, Table, TableRow

SMALL_PRINT = (
    "An item that does not apply to a patient (nothing to grade where there is no record) leaves the denominator.",
    "Interval of a proportion: Clopper-Pearson. Difference: Miettinen-Nurminen score interval.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """The caution, where the record of the last group is not that of the first."""
    differences = shown.results.where(analysis="completeness", statistic="risk_difference")
    if not differences:
        return ()
    sentence = wording.changed(differences, ends(shown.plan))
    return (sentence,) if sentence.tone == "caution" else ()


def section(shown: Shown) -> Section | None:
    """The sentence and the table."""
    rows = shown.results.where(analysis="completeness")
    if not rows:
        return None
    lines = []
    for item in dict.fromkeys(row.endpoint for row in rows):
        own = {(row.statistic, row.group): row for row in rows if row.endpoint == item}
        risks = [row for (statistic, _), row in own.items() if statistic == "risk"]
        difference, p = (
            next((row for (name, _), row in own.items() if name == statistic), None)
            for statistic in ("risk_difference", "p_score")
        )
        cells = (*(risk_cell(row) for row in risks), difference_cell(difference), p_cell(p))
        lines.append(TableRow(item[:1].upper() + item[1:], cells))
    groups = list(dict.fromkeys(row.group for row in rows if row.statistic == "risk"))
    words, level = ends(shown.plan), f"{100 * shown.plan.level:g} %"
    columns = ("Item", *groups, f"{words.minus_heading}, points ({level})", "P (score)")
    table = Table("completeness", f"Patients with each item: n/N (%; exact {level} interval)", columns, tuple(lines))
    differences = [row for row in rows if row.statistic == "risk_difference"]
    sentence = wording.changed(differences, words)
    return Section("completeness", "How complete is the record?", (sentence, table), SMALL_PRINT)
