"""Who was counted and who was not? From the records read to the patients in each table, with what was set aside."""

from __future__ import annotations

from seriatim.displays._contract import Shown
from seriatim.findings import Finding, Severity, worst_first
from seriatim.pages import Block, Cell, Section, Sentence, Table, TableRow

MOST_FINDINGS = 200  # the rest is in `findings`, and the table says how many


def lead(shown: Shown) -> tuple[Sentence, ...]:
    """The account first, where something was set aside; groups of nobody; the contradictions of a printed table."""
    return (*_set_aside(shown), *_empty_groups(shown))


def _empty_groups(shown: Shown) -> tuple[Sentence, ...]:
    """An era that begins after the last patient would else look like one in which nothing was shown."""
    empty = [row for row in shown.results.where(analysis="accrual", statistic="patients") if row.value == 0]
    if not empty:
        return ()
    groups = ", ".join(f"\u201c{row.group}\u201d" for row in empty)
    text = f"No patient is in the group {groups}: nothing can be compared with it; see the grouping of the plan."
    if len(empty) > 1:
        text = f"No patient is in the groups {groups}: nothing can be compared with them; see the grouping of the plan."
    return (Sentence(text, tuple(row.result_id for row in empty), "caution"),)


def _set_aside(shown: Shown) -> tuple[Sentence, ...]:
    lost = shown.receipt.rows_set_aside
    if lost:
        text = f"{lost} of the rows read were set aside and are in none of these figures; see who was counted."
        return (Sentence(text, (), "caution"),)
    wrong = [finding for finding in shown.findings if finding.severity is Severity.WARNING]
    if wrong and not shown.account.lines:
        count = "1 printed figure does" if len(wrong) == 1 else f"{len(wrong)} printed figures do"
        text = f"{count} not agree with the others; see what was found in the source."
        return (Sentence(text, (), "caution"),)
    return ()


def section(shown: Shown) -> Section | None:
    """The account, the receipt, and the findings with their rows."""
    if not shown.account.lines:
        return _of_printed_table(shown)
    blocks: list[Block] = [_account_table(shown)]
    if shown.receipt.tables:
        blocks.append(_receipt_table(shown))
    if shown.findings:
        blocks.append(_findings_table(shown))
    else:
        blocks.append(Sentence("Nothing in the source had to be set aside or questioned."))
    return Section("counted", "Who was counted, and who was not?", tuple(blocks))


def _of_printed_table(shown: Shown) -> Section | None:
    if not shown.findings:
        return None
    return Section("counted", "Do the printed figures agree with each other?", (_findings_table(shown),))


def _account_table(shown: Shown) -> Table:
    rows = [TableRow(line.step, (Cell(f"{line.n:,}"), Cell(line.reason, (), "text"))) for line in shown.account.lines]
    return Table("account", "From the records read to the patients reviewed", ("Step", "Number", "Reason"), tuple(rows))


def _receipt_table(shown: Shown) -> Table:
    rows = [
        TableRow(
            line.table,
            (
                Cell(line.source, (), "text"),
                Cell(f"{line.rows_read:,}"),
                Cell(f"{line.rows_used:,}"),
                Cell(f"{line.rows_set_aside:,}"),
                Cell(f"{line.values_set_aside:,}"),
                Cell(line.content_hash[:12], (), "text"),
            ),
        )
        for line in shown.receipt.tables
    ]
    columns = ("Table", "Source", "Rows read", "Rows used", "Rows set aside", "Values set aside", "Hash (first 12)")
    return Table("receipt", "Receipt: rows read = rows used + rows set aside", columns, tuple(rows))


def _findings_table(shown: Shown) -> Table:
    ordered = worst_first(shown.findings)
    rows = [_finding_row(finding) for finding in ordered[:MOST_FINDINGS]]
    notes = () if len(ordered) <= MOST_FINDINGS else (f"{len(ordered) - MOST_FINDINGS} more findings are not shown.",)
    columns = ("Where", "Rows", "Found", "Expected", "What became of it", "What to do next")
    return Table("findings", "What was found in the source", columns, tuple(rows), notes)


def _finding_row(finding: Finding) -> TableRow:
    place = finding.table + (f", row {finding.row}" if finding.row is not None else "")
    kept = "kept" if finding.severity in (Severity.WARNING, Severity.NOTE) else str(finding.severity)
    cells = (
        Cell(f"{finding.rows:,}"),
        Cell(finding.found, (), "text"),
        Cell(finding.expected, (), "text"),
        Cell(kept, (), "text"),
        Cell(finding.next_move, (), "text"),
    )
    return TableRow(f"{place}{', ' + finding.column if finding.column else ''}", cells)
