"""Which criterion would have excluded whom? By group, the case mix before and after, and the candidates."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.displays.wording import screening_effect as wording
from seriatim.displays.wording.numbers import percent
from seriatim.pages import Block, Cell, Section, Sentence, Table, TableRow
from seriatim.results.row import ResultRow

ALL = "all criteria"


def lead(shown: Shown) -> tuple[Sentence, ...]:  # noqa: ARG001
    """Nothing on the first screen: it is a question beside the others."""
    return ()


def section(shown: Shown) -> Section | None:
    """Sentences by group, a row a criterion, the case mix, the candidates who were not treated."""
    rows = shown.results.where(analysis="screening_effect")
    if not rows:
        return None
    excluded = [row for row in rows if row.statistic == "excluded"]
    blocks: list[Block] = [Sentence(wording.CAUTION, (), "caution")]
    blocks += [wording.excluded(row) for row in excluded if row.stratum == ALL]
    if excluded:
        blocks.append(_criteria(rows, excluded))
    if mix := _mix(rows):
        blocks.append(mix)
    if candidates := _candidates(rows):
        blocks.append(candidates)
    return Section("screening_effect", f"Whom would {rows[0].endpoint} have excluded?", tuple(blocks))


def _criteria(rows: list[ResultRow], excluded: list[ResultRow]) -> Table:
    groups = list(dict.fromkeys(row.group for row in excluded))
    lines = []
    for criterion in dict.fromkeys(row.stratum for row in excluded):
        cells = [_share(row) for row in excluded if row.stratum == criterion]
        unknown = [
            row
            for row in rows
            if row.statistic == "patients" and row.stratum == criterion and row.tally_keys == "answer=not known"
        ]
        total = f"{sum(row.value or 0 for row in unknown):,.0f}"
        cells.append(Cell(total, tuple(row.result_id for row in unknown)))
        lines.append(TableRow(criterion, tuple(cells)))
    columns = ("Criterion", *groups, "Not known")
    return Table("screening_criteria", "Patients whom a criterion would have excluded", columns, tuple(lines))


def _share(row: ResultRow) -> Cell:
    if row.value is None:
        return Cell(row.reason, (row.result_id,), "reason")
    return Cell(f"{row.numerator:,}/{row.denominator:,} ({percent(row.value)})", (row.result_id,))


def _mix(rows: list[ResultRow]) -> Table | None:
    before = {row.stratum: row for row in rows if row.statistic == "before"}
    after = {row.stratum: row for row in rows if row.statistic == "after"}
    lines = [TableRow(name, (_share(row), _share(after[name]))) for name, row in before.items() if name in after]
    columns = ("Characteristic", "All treated", "Not excluded by any criterion")
    return Table("screening_mix", "Case mix before and after", columns, tuple(lines)) if lines else None


def _candidates(rows: list[ResultRow]) -> Table | None:
    found = [row for row in rows if row.statistic == "candidates" and row.value]
    lines = tuple(
        TableRow(row.tally_keys.removeprefix("outcome="), (Cell(f"{row.value:,.0f}", (row.result_id,)),))
        for row in found
    )
    return Table("screening_candidates", "Candidates on record", ("Candidates", "n"), lines) if lines else None
