"""Is a very long list of findings cut, and said so?"""

from __future__ import annotations

from seriatim.cli.told import MOST_LINES, findings_document, tell_findings, tell_receipt
from seriatim.findings import Finding, Receipt, Severity, TableReceipt


def findings(number: int) -> list[Finding]:
    return [
        Finding("grade.range", Severity.WARNING, "adverse_event", row, "grade", '"IV"', "0 to 5", "map it")
        for row in range(2, number + 2)
    ]


def test_list_that_fits_is_told_whole(capsys):
    tell_findings(findings(MOST_LINES))
    assert len(capsys.readouterr().out.splitlines()) == MOST_LINES


def test_very_long_list_is_cut_and_says_how_to_see_the_rest(capsys):
    tell_findings(findings(MOST_LINES + 7))
    *lines, last = capsys.readouterr().out.splitlines()
    assert len(lines) == MOST_LINES
    assert last == "... and 7 more findings; --json lists them all"


def test_receipt_is_a_line_a_table_that_adds_up(capsys):
    tell_receipt(Receipt((TableReceipt("dose", "dose.csv", 12345, 12000, 345, 2, ""),)))
    told = "dose: 12,345 rows read = 12,000 used + 345 set aside; 2 values set aside"
    assert capsys.readouterr().out.strip() == told


def test_document_for_machines_has_plain_values():
    document = findings_document(findings(1), Receipt())
    assert document["findings"][0]["severity"] == "warning"
    assert document["receipt"] == ()
