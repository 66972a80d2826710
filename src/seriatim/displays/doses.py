"""How many doses were given in the first cycle, and why did it end? The second question of the report."""

from __future__ import annotations

from collections.abc import Iterable

from seriatim.displays._contract import Shown
from seriatim.displays.figures.dose_distribution import DoseGroup, dose_distribution
from seriatim.displays.wording import doses as wording
from seriatim.displays.wording.groups import ends
from seriatim.displays.wording.incidence import fell
from seriatim.displays.wording.numbers import difference_cell, p_cell, percent, risk_cell
from seriatim.pages import Block, Cell, Figure, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

DOSES, STOPPED = "first_cycle_doses", "stopped_for_toxicity"
MEASURES = {
    DOSES: "Doses in the first cycle",
    "first_cycle_per_kg": "Dose per kg in the first cycle",
    "cycles": "Cycles with a dose given",
    "courses": "Courses with a dose given",
}
REASONS = {
    "completed": "Planned doses given",
    "toxicity": "Toxicity",
    "progression": "Progression",
    "patient_choice": "Patient's choice",
    "death": "Death",
    "other": "Other reason",
}
NOT_TOLD = {"unknown": "Recorded as unknown", "not_recorded": "Not recorded"}
HANDLING = {
    "held": "Any dose held",
    "skipped": "Any dose skipped",
    "refused": "Any dose refused",
    "given_in_part": "Any dose given in part",
    "left_open": "Any dose of which only the plan is recorded",
    STOPPED: "Cycle stopped for toxicity",
}
STATUSES = {"given": "Given", "partial": "Given in part", "held": "Held", "skipped": "Skipped", "refused": "Refused",
            "planned": "Only planned"}  # fmt: skip
SMALL_PRINT = (
    "A dose counts if it was given, in whole or in part. One that was held, skipped or refused does not, nor one of"
    " which only the plan is recorded. The first cycle is cycle 1 of course 1.",
    "Median: the mean of the two middle values where their number is even; its interval is exact, from order"
    " statistics. Shift: Hodges-Lehmann.",
    "The number of doses is an effect of toxicity as well as a cause of it: toxicity ends dosing. Toxicity is therefore"
    " not shown by the number of doses that a patient came to.",
)


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """Fewer or more doses, and what follows from that alone."""
    medians, shift = _rows(shown, DOSES, "median"), _row(shown, DOSES, "shift")
    if not medians or shift is None:
        return ()
    if len(medians) == 1:
        return (wording.only_group(medians[0]),)
    return (wording.lead(shift, medians[0], medians[-1], toxicity_fell=_toxicity_fell(shown), ends=ends(shown.plan)),)


def section(shown: Shown) -> Section | None:
    """Sentence, distribution, doses and per kg and cycles, reasons, handling, planned doses."""
    if not _rows(shown, DOSES, "median"):
        return None
    blocks: list[Block] = [*_sentences(shown)]
    if figure := _figure(shown):
        blocks.append(figure)
    blocks += [_distribution_table(shown), _reason_table(shown), _handling_table(shown), _planned_table(shown)]
    return Section("doses", "How many doses were given, and why did the first cycle end?", tuple(blocks), SMALL_PRINT)


def _rows(shown: Shown, endpoint: str, statistic: str) -> list[ResultRow]:
    return shown.results.where(analysis="doses", endpoint=endpoint, statistic=statistic)


def _row(shown: Shown, endpoint: str, statistic: str, **wanted: str) -> ResultRow | None:
    return shown.results.one(analysis="doses", endpoint=endpoint, statistic=statistic, **wanted)


def _groups(shown: Shown) -> list[str]:
    return [row.group for row in _rows(shown, DOSES, "median")]


def _by_group(shown: Shown, endpoint: str, statistic: str) -> list[ResultRow | None]:
    found = {row.group: row for row in _rows(shown, endpoint, statistic)}
    return [found.get(group) for group in _groups(shown)]


def _level(shown: Shown) -> str:
    return f"{100 * shown.plan.level:g} %"


def _toxicity_fell(shown: Shown) -> bool:
    changes = shown.results.where(analysis="incidence", statistic="risk_difference")
    return any(row.upper is not None and row.upper < 0 for row in changes)


def _sentences(shown: Shown) -> Iterable[Sentence]:
    yield from lead(shown)
    risks = _rows(shown, STOPPED, "risk")
    difference, p = _row(shown, STOPPED, "risk_difference"), _row(shown, STOPPED, "p_score")
    if len(risks) == 1:
        yield wording.stopped_only_group(risks[0])
    elif risks and difference and p:
        yield fell("First cycle stopped for toxicity", risks[0], risks[-1], difference, p, ends(shown.plan))
    lacking = [row for row in _rows(shown, DOSES, "median") if row.missing]
    if lacking:
        yield wording.not_recorded(max(lacking, key=_share_missing))


def _share_missing(row: ResultRow) -> float:
    return (row.missing or 0) / ((row.missing or 0) + (row.denominator or 0))


def _figure(shown: Shown) -> Figure | None:
    groups = [
        DoseGroup(row.group, counted, row.value, row.lower, row.upper)
        for row in _rows(shown, DOSES, "median")
        if (counted := _counted(shown, row.group))
    ]
    return dose_distribution(groups, table="doses") if groups else None


def _counted(shown: Shown, group: str) -> tuple[tuple[int, int], ...]:
    rows = shown.results.where(analysis="doses", endpoint=DOSES, statistic="patients", group=group)
    return tuple((int(row.convention), int(row.value or 0)) for row in rows)


def _distribution_table(shown: Shown) -> Table:
    rows = [row for endpoint, label in MEASURES.items() for row in _measure_rows(shown, endpoint, label)]
    shift = f"Shift, {ends(shown.plan).minus} ({_level(shown)})"
    columns = ("Measure", *_groups(shown), shift, "P, over groups", "P, any difference")
    notes = (
        "P over groups: Jonckheere-Terpstra, which asks for an ordered shift. P for any difference: Kruskal-Wallis.",
    )
    return Table("doses", "Doses, cycles and courses a patient, by group", columns, tuple(rows), notes)


def _measure_rows(shown: Shown, endpoint: str, label: str) -> list[TableRow]:
    medians = _rows(shown, endpoint, "median")
    if not medians:
        return []
    blank = (Cell("", (), "text"),) * 3
    tests = (p_cell(_row(shown, endpoint, "p_trend_groups")), p_cell(_row(shown, endpoint, "p_any_difference")))
    by, word = wording.scale_of(max((row.value or 0.0 for row in _rows(shown, endpoint, "highest")), default=0.0))
    unit = f", {word}{medians[0].unit}" if endpoint == "first_cycle_per_kg" else ""
    shift = _interval_cell(_row(shown, endpoint, "shift"), by)
    middle = tuple(_interval_cell(row, by) for row in medians)
    return [
        TableRow(f"{label}{unit}: median (exact {_level(shown)})", (*middle, shift, *tests)),
        TableRow("Quartiles", (*_pairs(shown, endpoint, "lower_quartile", "upper_quartile", by), *blank), level=1),
        TableRow("Lowest and highest", (*_pairs(shown, endpoint, "lowest", "highest", by), *blank), level=1),
        TableRow("Patients counted; not known", (*map(_counted_cell, medians), *blank), level=1),
    ]


def _interval_cell(row: ResultRow | None, by: float = 1.0) -> Cell:
    if row is None:
        return Cell("not computed", (), "missing")
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    if row.lower is None or row.upper is None:
        return Cell(wording.amount(row.value / by), (row.result_id,), note=row.warning)
    bounds = f"{wording.amount(row.lower / by)} to {wording.amount(row.upper / by)}"
    return Cell(f"{wording.amount(row.value / by)} ({bounds})", (row.result_id,))


def _pairs(shown: Shown, endpoint: str, low: str, high: str, by: float) -> list[Cell]:
    pairs = zip(_rows(shown, endpoint, low), _rows(shown, endpoint, high), strict=True)
    return [_pair_cell(first, second, by) for first, second in pairs]


def _pair_cell(low: ResultRow, high: ResultRow, by: float) -> Cell:
    ids = (low.result_id, high.result_id)
    if low.value is None or high.value is None:
        return Cell(low.reason or high.reason, ids, "reason")
    return Cell(f"{wording.amount(low.value / by)} to {wording.amount(high.value / by)}", ids)


def _counted_cell(row: ResultRow) -> Cell:
    return Cell(f"{row.denominator}; {row.missing}", (row.result_id,))


def _reason_table(shown: Shown) -> Table:
    rows = [
        TableRow(label, tuple(map(risk_cell, _by_group(shown, f"stopped_{reason}", "risk"))))
        for reason, label in REASONS.items()
    ]
    rows += [
        TableRow(label, tuple(map(_number_cell, _by_group(shown, f"stopped_{reason}", "patients"))))
        for reason, label in NOT_TOLD.items()
    ]
    notes = ("The percentages are of patients whose reason is known; the last two rows count the others.",)
    caption = f"Why the first cycle ended: n/N (%; exact {_level(shown)} interval)"
    return Table("stop_reasons", caption, ("Reason", *_groups(shown)), tuple(rows), notes)


def _number_cell(row: ResultRow | None) -> Cell:
    if row is None:
        return Cell("not computed", (), "missing")
    return Cell(f"{row.value:.0f}/{row.denominator}", (row.result_id,))


def _handling_table(shown: Shown) -> Table:
    rows = [
        TableRow(
            label,
            (
                *map(risk_cell, _by_group(shown, endpoint, "risk")),
                difference_cell(_row(shown, endpoint, "risk_difference")),
                p_cell(_row(shown, endpoint, "p_score")),
            ),
        )
        for endpoint, label in HANDLING.items()
    ]
    level = _level(shown)
    columns = (
        "In the first cycle",
        *_groups(shown),
        f"{ends(shown.plan).minus_heading}, points ({level})",
        "P (score)",
    )
    caption = f"Patients by how doses were handled: n/N (%; exact {level} interval)"
    return Table("dose_handling", caption, columns, tuple(rows))


def _planned_table(shown: Shown) -> Table:
    rows = [
        TableRow(f"{label}, {cycles}", tuple(map(_dose_cell, _planned(shown, cycles, status))))
        for cycles in ("first cycle", "all cycles")
        for status, label in STATUSES.items()
    ]
    refused = next((row.reason for row in _rows(shown, "planned_doses", "share_interval")), "")
    notes = (f"Counts of doses, not of patients; no interval: {refused}.",)
    caption = "Planned doses by what became of them: doses/planned (%)"
    return Table("planned_doses", caption, ("Planned doses", *_groups(shown)), tuple(rows), notes)


def _planned(shown: Shown, cycles: str, status: str) -> list[ResultRow | None]:
    wanted = {"stratum": cycles, "convention": status}
    return [_row(shown, "planned_doses", "doses", group=group, **wanted) for group in _groups(shown)]


def _dose_cell(row: ResultRow | None) -> Cell:
    if row is None:
        return Cell("not computed", (), "missing")
    planned = row.denominator or 0
    if not planned:
        return Cell("no planned dose recorded", (row.result_id,), "reason")
    return Cell(f"{row.value:.0f}/{planned} ({percent((row.value or 0) / planned, planned)})", (row.result_id,))
