"""How much weight did patients gain? The spread of the gain group by group, and its grades."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.figures.distribution_by_group import GroupQuantiles, distribution_by_group
from seriatim.displays.wording import weight as wording
from seriatim.displays.wording.groups import Ends, ends
from seriatim.displays.wording.numbers import interval, number, risk_cell
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

BOX = ("percentile_5", "percentile_25", "median", "percentile_75", "percentile_95")
SMALL_PRINT = (
    "Gain: 100 x (highest weight in the cycle - baseline) / baseline; baseline is the weight charted for the cycle,"
    " else the last one before its first dose. Rounded down to a tenth of a percent.",
    "Fewer doses give less time to gain weight.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:  # noqa: ARG001
    """Nothing for the first screen."""
    return ()


def section(shown: Shown) -> Section | None:
    """Per cycle a sentence, a picture of the spread, and tables of gains and grades."""
    rows = shown.results.where(analysis="weight")
    names = list(dict.fromkeys(row.endpoint for row in rows))
    if not names:
        return None
    blocks: list[Block] = []
    for name in names:
        blocks += _one_cycle([row for row in rows if row.endpoint == name], name, ends(shown.plan))
    return Section("weight", "How much weight did patients gain?", tuple(blocks), SMALL_PRINT)


def _one_cycle(rows: list[ResultRow], name: str, words: Ends) -> list[Block]:
    medians = [row for row in rows if row.statistic == "median"]
    trend = next((row for row in rows if row.statistic == "p_trend_gain"), None)
    blocks: list[Block] = [wording.gained(name, medians[0], medians[-1], trend, words)]
    if len(medians) == 1:
        blocks = [wording.only_group(name, medians[0])]
    worst = max(medians, key=lambda row: (row.missing or 0) / max(1, (row.missing or 0) + (row.denominator or 0)))
    blocks += [sentence for sentence in [wording.missing(worst)] if sentence]
    blocks += [figure for figure in [_picture(rows, name)] if figure]
    return [*blocks, _gain_table(rows, name), _grade_table(rows, name, words)]


def _picture(rows: list[ResultRow], name: str) -> Figure | None:
    boxes = []
    for group in dict.fromkeys(row.group for row in rows if row.statistic == "median"):
        found = {row.statistic: row for row in rows if row.group == group}
        if any(found[statistic].value is None for statistic in BOX):
            return None
        p5, p25, p50, p75, p95 = (found[statistic].value or 0.0 for statistic in BOX)
        middle = found["median"]
        boxes.append(GroupQuantiles(group, p5, p25, p50, p75, p95, middle.denominator or 0, middle.missing or 0))
    figure = name.replace(", ", "_").replace(" ", "_")
    measure = name[:1].upper() + name[1:]
    return distribution_by_group(boxes, measure=measure, unit="%", name=figure, table=f"{figure}_table")


def _gain_table(rows: list[ResultRow], name: str) -> Table:
    lines = []
    for group in dict.fromkeys(row.group for row in rows if row.statistic == "median"):
        found = {row.statistic: row for row in rows if row.group == group}
        known = {row.convention: row for row in rows if row.group == group and row.statistic == "patients"}
        cells = (
            _median_cell(found["median"]), _quartiles_cell(found),
            *(Cell(f"{row.value:.0f}", (row.result_id,)) for row in known.values()),
        )  # fmt: skip
        lines.append(TableRow(group, cells))
    columns = ("Group", "Median, % (95 %)", "Quartiles, %", "Recorded", "No baseline weight", "No weight in the cycle",
               "Cycle not given")  # fmt: skip
    figure = name.replace(", ", "_").replace(" ", "_")
    return Table(f"{figure}_table", f"{name[:1].upper()}{name[1:]}", columns, tuple(lines))


def _median_cell(row: ResultRow) -> Cell:
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    bounds = "" if row.lower is None or row.upper is None else f" ({interval(row.lower, row.upper, 1)})"
    return Cell(f"{number(row.value, 1)}{bounds}", (row.result_id,))


def _quartiles_cell(found: dict[str, ResultRow]) -> Cell:
    low, high = found["percentile_25"], found["percentile_75"]
    if low.value is None or high.value is None:
        return Cell(low.reason, (low.result_id,), "reason")
    return Cell(interval(low.value, high.value, 1), (low.result_id, high.result_id))


def _grade_table(rows: list[ResultRow], name: str, words: Ends) -> Table:
    lines = []
    for group in dict.fromkeys(row.group for row in rows if row.statistic == "worst_grade"):
        grades = [row for row in rows if row.statistic == "worst_grade" and row.group == group]
        severe = next(row for row in rows if row.statistic == "risk" and row.group == group)
        cells = (*(Cell(f"{row.value:.0f}", (row.result_id,)) for row in grades), risk_cell(severe))
        lines.append(TableRow(group, cells))
    columns = ("Group", "0", "1", "2", "3", "Not assessed", "Grade 3: n/N (%; exact 95 % interval)")
    figure = name.replace(", ", "_").replace(" ", "_")
    return Table(f"{figure}_grades", f"{name[:1].upper()}{name[1:]}: patients by grade", columns, tuple(lines),
                 tuple(wording.grades_note({row.statistic: row for row in rows}, words)))  # fmt: skip
