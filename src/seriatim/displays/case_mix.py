"""Who were the patients? Their characteristics by group, how far apart the groups are, and who was not treated."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.figures.standardised_differences import Balance, standardised_differences
from seriatim.displays.wording import case_mix as wording
from seriatim.displays.wording.groups import Ends, ends
from seriatim.displays.wording.numbers import count_of, number
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

AGE, SCREENING = "age", "screening"
SMALL_PRINT = (
    "Standardised difference: in units of the spread within the two groups compared; of a characteristic with levels it"
    " is a distance without direction. Over those recorded.",
    "No P value: whether such groups could be samples of one population is not the question.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """The caution, where the patients of the last group are not those of the first."""
    distances = shown.results.where(analysis="case_mix", statistic="standardised_difference")
    sentence = wording.differ(distances, ends(shown.plan))
    return (sentence,) if sentence.tone == "caution" else ()


def section(shown: Shown) -> Section | None:
    """How far apart the groups are, the table of characteristics, and screening."""
    rows = shown.results.where(analysis="case_mix")
    if not rows:
        return None
    distances = [row for row in rows if row.statistic == "standardised_difference"]
    shares = [row for row in rows if row.statistic in ("share", "median") and row.endpoint != SCREENING]
    words = ends(shown.plan)
    blocks: list[Block] = [wording.differ(distances, words)]
    blocks += [sentence for sentence in [wording.missing(shares)] if sentence]
    blocks += [figure for figure in [_picture(distances, words)] if figure]
    blocks.append(_table(rows, distances))
    blocks += _screening(rows)
    return Section("case_mix", "Who were the patients?", tuple(blocks), SMALL_PRINT)


def _picture(distances: list[ResultRow], words: Ends) -> Figure | None:
    if not any(row.value is not None for row in distances):
        return None
    farthest = sorted(distances, key=lambda row: -abs(row.value or 0.0))
    points = [Balance(wording.name_of(row.endpoint).capitalize(), row.value, reason=row.reason) for row in farthest]
    caption = (
        f"How far apart {words.first} and {words.last} are. Of a characteristic with levels it is a distance, without"
        " direction."
    )
    return standardised_differences(points, threshold=wording.APART_FROM, caption=caption, table="case_mix")


def _table(rows: list[ResultRow], distances: list[ResultRow]) -> Table:
    distance = {row.endpoint: row for row in distances}
    groups = list(dict.fromkeys(row.group for row in rows if row.group and row.statistic in ("share", "median")
                                and row.endpoint != SCREENING))  # fmt: skip
    lines: list[TableRow] = []
    for variable in dict.fromkeys(row.endpoint for row in rows if row.endpoint != SCREENING):
        own = [row for row in rows if row.endpoint == variable]
        apart = _distance_cell(distance.get(variable))
        if variable == AGE:
            lines.append(TableRow("Age, median (quartiles)", (*(_age_cell(own, group) for group in groups), apart)))
        else:
            lines += _levels(variable, own, groups, apart)
    columns = ("Characteristic", *groups, "Standardised difference")
    return Table("case_mix", "Patients before treatment: n/N (%)", columns, tuple(lines))


def _levels(variable: str, own: list[ResultRow], groups: list[str], apart: Cell) -> list[TableRow]:
    blank = Cell("", (), "text")
    header = wording.name_of(variable).capitalize()
    unknown = [row for row in own if row.statistic == "share" and not row.group]
    if unknown:
        cells = tuple(Cell(unknown[0].reason, (unknown[0].result_id,), "reason") for _ in groups)
        return [TableRow(header, (*cells, blank))]
    shares = [row for row in own if row.statistic == "share"]
    lines = [TableRow(header, (*(blank for _ in groups), apart))]
    for level in dict.fromkeys(row.convention for row in shares):
        by_group = {row.group: row for row in shares if row.convention == level}
        cells = tuple(Cell(count_of(by_group[group]), (by_group[group].result_id,)) for group in groups)
        lines.append(TableRow(level, (*cells, blank), level=1))
    return lines


def _age_cell(own: list[ResultRow], group: str) -> Cell:
    by_name = {row.statistic: row for row in own if row.group in (group, "")}
    middle = by_name.get("median")
    if middle is None or middle.value is None:
        return Cell(middle.reason if middle else "not computed", (middle.result_id,) if middle else (), "reason")
    low, high = by_name["lower_quartile"], by_name["upper_quartile"]
    bounds = f"{number(low.value or 0.0, 0)} to {number(high.value or 0.0, 0)}"
    missing = f"; {middle.missing} not recorded" if middle.missing else ""
    ids = (low.result_id, middle.result_id, high.result_id)
    return Cell(f"{number(middle.value, 0)} ({bounds}{missing})", ids)


def _distance_cell(row: ResultRow | None) -> Cell:
    if row is None:
        return Cell("", (), "text")
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    return Cell(number(row.value, 2), (row.result_id,))


def _screening(rows: list[ResultRow]) -> list[Block]:
    own = [row for row in rows if row.endpoint == SCREENING]
    by_year = [row for row in own if row.statistic == "treated_of_screened"]
    blocks: list[Block] = [wording.screened(by_year[-1])] if by_year else []
    if by_year and by_year[-1].value is not None:
        lines = tuple(TableRow(row.group, (Cell(count_of(row), (row.result_id,)),)) for row in by_year)
        blocks.append(Table("screened", "Candidates who were treated: n/N (%)", ("Year", "Treated of screened"), lines))
    reasons = [row for row in own if row.statistic == "excluded_for"]
    if reasons:
        lines = tuple(TableRow(row.convention, (Cell(count_of(row), (row.result_id,)),)) for row in reasons)
        columns = ("Reason", "Of those not treated")
        blocks.append(Table("excluded", "Why candidates were not treated: n/N (%)", columns, lines))
    return blocks
