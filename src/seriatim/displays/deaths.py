"""How long has nobody died of treatment, and how sure is that?"""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.figures.death_run import death_run
from seriatim.displays.wording import deaths as wording
from seriatim.displays.wording.groups import ends
from seriatim.displays.wording.numbers import difference_cell, p_cell, risk_cell
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow
from seriatim.tallies.tally import Tally, numbers, select

MOST_DRAWN = 500  # deaths on one run chart
COUNTED = {
    "relatedness unknown": "Died, relation unknown",
    "not related": "Died of something else",
    "follow-up too short": "Follow-up too short",
    "no follow-up": "No follow-up",
    "not printed": "Not printed",
}
UNJUDGED = ("follow-up too short", "no follow-up", "not printed")
SMALL_PRINT = (
    "Relatedness as the source judges it. A death anywhere in the record is a death; where the record contradicts"
    " itself the relation is unknown. Deaths of unknown relation are inside the bounds and in the second reading.",
    "A case can be judged if it died, of anything, or was followed for the plan's days. The run is counted back from"
    " the last case that can be judged; cases after it are not yet ripe.",
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
    notes = SMALL_PRINT if _row(shown, "final_run") else SMALL_PRINT[:1]
    return Section("deaths", "Did anybody die of treatment?", tuple(blocks), notes)


def _row(shown: Shown, statistic: str) -> ResultRow | None:
    return shown.results.one(analysis="deaths", statistic=statistic)


def _sentences(shown: Shown) -> list[Sentence]:
    made: list[Sentence | None] = []
    if _row(shown, "final_run") is None:  # arms have none; a printed run has, whatever its groups are
        return [wording.of_arms(shown.results.where(analysis="deaths", statistic="risk"))]
    length, shortest, ripe = (_row(shown, name) for name in ("final_run", "shortest_run", "not_ripe"))
    if (row := _row(shown, "last_death")) is not None:
        made.append(wording.last(row))
    if (final := _row(shown, "p_final_run")) is not None:
        made.append(wording.chance(final, _row(shown, "p_run_anywhere")))
    if length and (other := _row(shown, "final_run_if_unknown_are_related")):
        made.append(wording.unknown(length, other))
    if length and shortest and ripe:
        made += [wording.unjudged(length, shortest), wording.not_ripe(ripe)]
    return [sentence for sentence in made if sentence is not None]


def _picture(shown: Shown) -> Figure | None:
    tally, length, bound = shown.tallies.get("deaths_by_case"), _row(shown, "final_run"), _row(shown, "risk_in_run")
    last_judged = _row(shown, "last_judged")
    if tally is None or length is None or bound is None or last_judged is None or not length.value:
        return None
    deaths = _cases(tally, "related")
    if not deaths or len(deaths) > MOST_DRAWN:
        return None
    end = int(last_judged.value or 0)
    unjudged = [case for level in UNJUDGED if level in tally.levels("death") for case in _cases(tally, level)]
    return death_run(deaths, end, unjudged=unjudged, upper=bound.upper, level=bound.level or 0.95, table="deaths")


def _cases(tally: Tally, level: str) -> list[int]:
    return [int(case) for case in numbers(select(tally, death=level), "case_number")]


def _group_table(shown: Shown) -> Table:
    risks = shown.results.where(analysis="deaths", statistic="risk")
    shown_levels = [level for level in COUNTED if any(row.value for row in _patients(shown, level))]
    rows = [
        TableRow(row.group, (risk_cell(row), *(_count(shown, level, row.group) for level in shown_levels)))
        for row in risks
    ]
    level = f"{100 * shown.plan.level:g} %"
    columns = ("Group", f"Treatment-related deaths: n/N (%; exact {level} interval)")
    notes = _compared(shown, level)
    counted = tuple(COUNTED[name] for name in shown_levels)
    return Table("deaths", "Deaths by group", (*columns, *counted), tuple(rows), notes)


def _patients(shown: Shown, level: str) -> list[ResultRow]:
    return shown.results.where(analysis="deaths", statistic="patients", convention=level)


def _count(shown: Shown, level: str, group: str) -> Cell:
    row = next(row for row in _patients(shown, level) if row.group == group)
    return Cell(f"{row.value:.0f}", (row.result_id,))


def _compared(shown: Shown, level: str) -> tuple[str, ...]:
    """The first group against the last, as a note: a row of its own would have other columns."""
    difference, p = _row(shown, "risk_difference"), _row(shown, "p_score")
    if difference is None or p is None:
        return ()
    change = difference_cell(difference).text
    return (f"{ends(shown.plan).minus_heading}, points ({level}): {change}; P by the score test: {p_cell(p).text}.",)


def _chance_table(shown: Shown) -> Table | None:
    final = shown.results.where(analysis="deaths", statistic="p_final_run_given")
    anywhere = shown.results.where(analysis="deaths", statistic="p_run_anywhere_given")
    rows = [TableRow(str(a.numerator), (p_cell(a), p_cell(b))) for a, b in zip(final, anywhere, strict=True)]
    if not rows:
        return None
    columns = ("Earlier deaths", "P of the final run", "P of such a run anywhere")
    return Table("chance_of_run", "The chance of the run, by how many died before it", columns, tuple(rows))
