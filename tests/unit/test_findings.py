"""Does a finding say where, what was found, what was expected and what to do; and does a receipt add up?"""

from __future__ import annotations

import pytest

from seriatim.errors import SeriatimError
from seriatim.findings import Account, Finding, Receipt, Severity, TableReceipt, worst_first


def finding(severity: Severity = Severity.VALUE_SET_ASIDE, table: str = "adverse_event", **given: object) -> Finding:
    named = {
        "rule": "grade.range",
        "row": 41,
        "column": "grade",
        "found": '"IV"',
        "expected": "0 to 5",
        "next_move": "map it",
    }
    return Finding(severity=severity, table=table, **named | given)


def test_finding_reads_as_a_sentence():
    assert str(finding()) == 'adverse_event row 41, grade: found "IV", expected 0 to 5 (value set aside); map it'


def test_finding_of_several_rows_names_the_first_and_counts_the_rest():
    assert str(finding(rows=12)).startswith("adverse_event row 41 and 11 more, grade: ")


def test_finding_of_a_whole_table_names_no_row_and_no_column():
    assert str(finding(row=None, column=None)).startswith("adverse_event: found")


def test_findings_are_told_worst_first_and_within_that_by_place():
    ordered = worst_first(
        [
            finding(Severity.NOTE),
            finding(Severity.WARNING, row=None),
            finding(Severity.ROW_SET_ASIDE, "patient", row=9),
            finding(Severity.ROW_SET_ASIDE, "patient", row=3),
            finding(Severity.ROW_SET_ASIDE, "dose"),
            finding(Severity.VALUE_SET_ASIDE),
        ]
    )
    assert [(found.severity.value, found.table, found.row) for found in ordered] == [
        ("row set aside", "dose", 41),
        ("row set aside", "patient", 3),
        ("row set aside", "patient", 9),
        ("value set aside", "adverse_event", 41),
        ("warning", "adverse_event", None),
        ("note", "adverse_event", 41),
    ]


def test_receipt_that_does_not_add_up_is_not_written():
    with pytest.raises(ValueError, match="10 rows read are not 8 used and 1 set aside"):
        TableReceipt("patient", "p.csv", 10, 8, 1, 0, "")


def test_receipt_finds_its_tables_and_sums_what_was_set_aside():
    receipt = Receipt(
        (TableReceipt("patient", "p.csv", 10, 8, 2, 0, ""), TableReceipt("dose", "d.csv", 5, 2, 3, 0, ""))
    )
    assert receipt.rows_set_aside == 5
    assert receipt.table("dose").source == "d.csv"
    assert receipt.table("response") is None
    assert Account().lines == ()


def test_each_error_a_user_can_mend_has_an_exit_code_of_its_own():
    codes = [error.exit_code for error in SeriatimError.__subclasses__()]
    assert sorted(codes) == [2, 3, 4, 5, 6]
    assert SeriatimError.exit_code == 1
