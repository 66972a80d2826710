"""How long has nobody died of treatment, and how sure is that?"""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.figures.death_run import death_run
from seriatim.displays.wording import deaths as wording
from seriatim.displays.wording.numbers import difference_cell, p_cell, risk_cell
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import numbers, select

MOST_DRAWN = 500  # deaths on one run chart
SMALL_PRINT = (
    "Relatedness as the source judges it; deaths of unknown relation are inside the bounds and in the second reading.",
    "A case followed for less than the plan's days ends the run as not yet ripe.",
    "Exact bound: Clopper-Pearson with no event; the two-sided limit is printed, the one-sided one is lower.",
    "A run without deaths is the statistic most sensitive to re-attribution of a single death.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """The run and its bound."""
    length, bound = _row(shown, "final_run"), _row(shown, "risk_in_run")
    return (wording.run(length, bound),) if length and bound else ()


def section(shown: Shown) -> Section | None:
    """Sentences, run chart, deaths per group, chance of the run."""
    if not shown.results.where(analysis="deaths"):
        return None
    blocks: list[Block] = [*lead(shown), *_sentences(shown)]
    if figure := _picture(shown):
        blocks.append(figure)
    blocks.append(_group_table(shown))
    if table := _chance_table(shown):
        blocks.append(table)
    return Section("deaths", "Did anybody die of treatment?", tuple(blocks), SMALL_PRINT)


def _row(shown: Shown, statistic: str) -> ResultRow | None:
    return shown.results.one(analysis="deaths", statistic=statistic)


def _sentences(shown: Shown) -> list[Sentence]:
    made: list[Sentence | None] = []
    main, other = _row(shown, "final_run"), _row(shown, "final_run_if_unknown_are_related")
    if (row := _row(shown, "last_death")) is not None:
        made.append(wording.last(row))
    final, anywhere = _row(shown, "p_final_run"), _row(shown, "p_run_anywhere")
    if final and (anywhere or final.reason):
        made.append(wording.chance(final, anywhere or final))
    if main and other:
        made += [wording.unknown(main, other), wording.not_ripe(main)]
    return [sentence for sentence in made if sentence is not None]


def _picture(shown: Shown) -> Figure | None:
    tally, length, bound = shown.tallies.get("deaths_by_case"), _row(shown, "final_run"), _row(shown, "risk_in_run")
    last = _row(shown, "last_death")
    if tally is None or length is None or length.value is None or bound is None or not length.value:
        return None
    deaths = [int(case) for case in numbers(select(tally, death="related"), "case_number")]
    if not deaths or len(deaths) > MOST_DRAWN:
        return None
    end = int((last.value if last else 0) or 0) + int(length.value)
    return death_run(deaths, end, upper=bound.upper, level=bound.level or 0.95, table="deaths")


def _group_table(shown: Shown) -> Table:
    risks = shown.results.where(analysis="deaths", statistic="risk")
    difference, p = _row(shown, "risk_difference"), _row(shown, "p_score")
    groups = [*(TableRow(row.group, (risk_cell(row), Cell(str(row.missing)))) for row in risks)]
    compared = TableRow("Last minus first, points (95 %)", (difference_cell(difference), p_cell(p)))
    columns = ("Group", "Treatment-related deaths: n/N (%; exact 95 % interval)", "Not yet ripe or not followed")
    notes = ("In the last row the second cell is the P value of the score test.",)
    return Table("deaths", "Treatment-related deaths by group", columns, (*groups, compared), notes)


def _chance_table(shown: Shown) -> Table | None:
    final = shown.results.where(analysis="deaths", statistic="p_final_run_given")
    anywhere = shown.results.where(analysis="deaths", statistic="p_run_anywhere_given")
    rows = [TableRow(str(a.numerator), (p_cell(a), p_cell(b))) for a, b in zip(final, anywhere, strict=True)]
    if not rows:
        return None
    columns = ("Earlier deaths", "P of the final run", "P of such a run anywhere")
    return Table("chance_of_run", "The chance of the run, by how many died before it", columns, tuple(rows))
