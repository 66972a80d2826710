"""How did laboratory values behave on treatment? Grades from before to worst, worst values, and what was not graded."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.figures.distribution_by_group import GroupQuantiles, distribution_by_group
from seriatim.displays.figures.shift import ShiftCount, ShiftGroup, shift
from seriatim.displays.wording import labs as wording
from seriatim.displays.wording.groups import Ends, ends
from seriatim.displays.wording.numbers import difference_cell, interval, number, p_cell, risk_cell
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

LEVELS = ("0", "1", "2", "3", "4", "not graded", "not known", "not assessed")
HEADING = "Did laboratory toxicity ease?"
LARGE = 20.0  # from here on one decimal is enough
SMALL_PRINT = (
    "Grades by the scale named in the table, in the unit reported; no unit is converted and no limit of normal is"
    " invented. A value without a limit, unit or number that the scale needs is not graded.",
    "Before treatment: the last value before the first dose, graded by the limits of normal alone. A sample whose date"
    " leaves open on which side of the first dose it lies is read as before it.",
    "Grade 0, not graded and not assessed are three things. Interval of a difference: Miettinen-Nurminen. Drift of"
    " grades over the groups: Jonckheere-Terpstra.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:  # noqa: ARG001
    """Nothing for the first screen."""
    return ()


def section(shown: Shown) -> Section | None:
    """Per test a sentence, the shift of the first and last group, tables of grades, worst values and reasons."""
    rows = shown.results.where(analysis="labs")
    tests = list(dict.fromkeys(row.endpoint for row in rows if row.statistic == "worst_grade"))
    if not tests:
        return None
    if not any(row.denominator for row in rows if row.statistic == "risk"):
        return Section("labs", HEADING, (wording.nothing_graded(tests),), SMALL_PRINT)
    blocks: list[Block] = []
    for test in tests:
        blocks += _sentences(rows, test, ends(shown.plan))
    blocks.append(wording.peaks_follow_doses())
    blocks += [_grade_table(rows, tests), _severe_table(rows, tests, shown)]
    blocks += [figure for test in tests if (figure := _shift_picture(rows, test))]
    worst = list(dict.fromkeys(row.endpoint for row in rows if row.statistic == "median"))
    blocks += [_spread_picture(rows, name) for name in worst if _all_known(rows, name)]
    blocks += [table for table in (_worst_table(rows, worst), _reason_table(rows)) if table]
    heading = HEADING if ends(shown.plan).in_order else "How did laboratory values behave?"
    return Section("labs", heading, tuple(blocks), SMALL_PRINT)


def _of(rows: list[ResultRow], endpoint: str, statistic: str) -> list[ResultRow]:
    return [row for row in rows if row.endpoint == endpoint and row.statistic == statistic]


def _one(rows: list[ResultRow], endpoint: str, statistic: str) -> ResultRow | None:
    return next(iter(_of(rows, endpoint, statistic)), None)


def _sentences(rows: list[ResultRow], test: str, words: Ends) -> list[Sentence]:
    risks, difference = _of(rows, test, "risk"), _one(rows, test, "risk_difference")
    if not risks or difference is None:
        return []
    if len(risks) == 1:
        made = [wording.only_group(test, risks[0])]
    else:
        made = [wording.severe(test, risks[0], risks[-1], difference, _one(rows, test, "p_score"), words)]
    missing = wording.not_graded(test, risks)
    return [*made, missing] if missing else made


def _grade_table(rows: list[ResultRow], tests: list[str]) -> Table:
    lines = []
    for test in tests:
        found = _of(rows, test, "worst_grade")
        for group in dict.fromkeys(row.group for row in found):
            cells = tuple(Cell(f"{row.value:.0f}", (row.result_id,)) for row in found if row.group == group)
            lines.append(TableRow(f"{_title(test)}, {group}", cells))
    columns = ("Test and group", "0", "1", "2", "3", "4", "Not graded", "Not assessed")
    scale = _of(rows, tests[0], "worst_grade")[0].assumptions
    return Table("lab_grades", f"Patients by worst grade on treatment ({scale})", columns, tuple(lines))


def _severe_table(rows: list[ResultRow], tests: list[str], shown: Shown) -> Table:
    groups = [row.group for row in _of(rows, tests[0], "risk")]
    lines = []
    for test in tests:
        cells = [risk_cell(row) for row in _of(rows, test, "risk")]
        cells += [difference_cell(_one(rows, test, "risk_difference"))]
        cells += [p_cell(_one(rows, test, name)) for name in ("p_score", "p_fisher_central", "p_trend_grades")]
        lines.append(TableRow(f"{_title(test)}, grade 3 or 4", tuple(cells)))
        doubtful = _of(rows, test, "risk_doubtful_on")
        if doubtful:
            blank = tuple(Cell("", (), "text") for _ in range(4))
            header = f"{_title(test)}, doubtful samples on treatment"
            lines.append(TableRow(header, (*(risk_cell(row) for row in doubtful), *blank), level=1))
    level = f"{100 * shown.plan.level:g} %"
    columns = ("Test", *groups, f"{ends(shown.plan).minus_heading}, points ({level})", "P (score)",
               "P (Fisher, central)", "P (drift of grades)")  # fmt: skip
    return Table("lab_severe", f"Patients with grade 3 or 4: n/N (%; exact {level} interval)", columns, tuple(lines))


def _shift_picture(rows: list[ResultRow], test: str) -> Figure | None:
    """The first and the last group side by side."""
    found = _of(rows, test, "shift")
    names = list(dict.fromkeys(row.group for row in _of(rows, test, "worst_grade")))
    groups = []
    for name in dict.fromkeys((names[0], names[-1])):
        squares = [row for row in found if row.group == name]
        pairs = [(row.convention.split(" to "), int(row.value or 0)) for row in squares]
        groups.append(ShiftGroup(name, tuple(ShiftCount(before, worst, n) for (before, worst), n in pairs)))
    occurring = {level for group in groups for count in group.counts for level in (count.baseline, count.worst)}
    levels = [level for level in LEVELS if level.isdigit() or level in occurring]
    return shift(groups, levels=levels, test=_title(test), name=f"shift_{test}", table="lab_grades")


def _all_known(rows: list[ResultRow], name: str) -> bool:
    return all(row.value is not None for row in rows if row.endpoint == name)


def _spread_picture(rows: list[ResultRow], name: str) -> Figure:
    by_group: dict[str, dict[str, ResultRow]] = {}
    for row in rows:
        if row.endpoint == name:
            by_group.setdefault(row.group, {})[row.statistic] = row
    groups = [_box(group, found) for group, found in by_group.items()]
    unit = next(iter(by_group.values()))["median"].unit
    test = name.partition(",")[0]
    figure = f"worst_{test}_{unit}".replace("/", "_per_").replace("^", "")
    measure = f"{_title(test)}, worst value"
    return distribution_by_group(groups, measure=measure, unit=unit, name=figure, table="lab_worst_values")


def _box(group: str, found: dict[str, ResultRow]) -> GroupQuantiles:
    p5, p25, p50, p75, p95 = (found[statistic].value or 0.0 for statistic in _BOX)
    patients, missing = found["median"].denominator or 0, found["median"].missing or 0
    return GroupQuantiles(group, p5, p25, p50, p75, p95, patients, missing)


_BOX = ("percentile_5", "percentile_25", "median", "percentile_75", "percentile_95")


def _worst_table(rows: list[ResultRow], names: list[str]) -> Table | None:
    if not names:
        return None
    lines = [
        TableRow(f"{_title(name)}, {row.group}", (_median_cell(row), Cell(str(row.denominator))))
        for name in names
        for row in _of(rows, name, "median")
    ]
    columns = ("Worst value and group", "Median (95 %)", "Patients")
    return Table("lab_worst_values", "Worst value on treatment, unit by unit", columns, tuple(lines))


def _title(words: str) -> str:
    """With a capital, and the unit as it is written."""
    return words[:1].upper() + words[1:]


def _median_cell(row: ResultRow) -> Cell:
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    # 140.5 platelets are three digits too; two decimals of a hundred would be more than anybody measured.
    decimals = 2 if row.value < LARGE else 1
    bounds = "" if row.lower is None or row.upper is None else f" ({interval(row.lower, row.upper, decimals)})"
    return Cell(f"{number(row.value, decimals)}{bounds}", (row.result_id,))


def _reason_table(rows: list[ResultRow]) -> Table | None:
    found = [row for row in rows if row.statistic == "not_graded"]
    if not found:
        return None
    groups = list(dict.fromkeys(row.group for row in found))
    lines = []
    for test, reason in dict.fromkeys((row.endpoint, row.convention) for row in found):
        cells = {row.group: row for row in found if (row.endpoint, row.convention) == (test, reason)}
        lines.append(TableRow(f"{_title(test)}: {reason}", tuple(_share_cell(cells[group]) for group in groups)))
    columns = ("Test and reason", *groups)
    return Table("lab_not_graded", "Patients with values that cannot be graded: n/N (%)", columns, tuple(lines))


def _share_cell(row: ResultRow) -> Cell:
    return Cell(f"{row.numerator}/{row.denominator}", (row.result_id,))
