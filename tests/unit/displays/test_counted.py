"""Is it said who was counted, who was not, and what was found in the source?"""

from __future__ import annotations

from seriatim.displays import counted
from seriatim.displays._contract import Shown
from seriatim.findings import Account, AccountLine, Finding, Receipt, Severity, TableReceipt
from seriatim.pages import Sentence, Table
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow

PLAN = Plan(title="t", grouping={"by": "blocks", "size": 5})
ACCOUNT = Account(
    (AccountLine("patient rows read", 1241, "row"), AccountLine("patients reviewed", 1240, "patient", "x"))
)


def receipt(aside: int) -> Receipt:
    return Receipt((TableReceipt("patient", "patients.csv", 1241, 1241 - aside, aside, 2, "0123456789abcdef"),))


def finding(severity: Severity, row: int | None = 41, column: str | None = "grade") -> Finding:
    return Finding("grade.range", severity, "adverse_event", row, column, '"IV"', "a whole number", "map it", 3)


def shown(*findings: Finding, aside: int = 0, account: Account = ACCOUNT, read: bool = True) -> Shown:
    return Shown(Results(()), {}, PLAN, findings, receipt(aside) if read else Receipt(), account)


def tables(given: Shown) -> dict[str, Table]:
    return {block.name: block for block in counted.section(given).blocks if isinstance(block, Table)}


def test_first_screen_says_how_many_rows_are_in_none_of_the_figures():
    (sentence,) = counted.lead(shown(aside=3))
    assert sentence.text.startswith("3 of the rows read were set aside and are in none of these figures")
    assert sentence.tone == "caution"
    assert counted.lead(shown()) == ()


def test_first_screen_names_a_group_that_nobody_is_in():
    era = {"analysis": "accrual", "endpoint": "patients", "statistic": "patients", "unit": "patient"}
    rows = [ResultRow(name, name, value=n, group=name, **era) for name, n in (("to 1990", 41.0), ("from 1999", 0.0))]
    (sentence,) = counted.lead(Shown(Results(tuple(rows)), {}, PLAN, (), receipt(0), ACCOUNT))
    assert sentence.text.startswith("No patient is in the group \u201cfrom 1999\u201d")
    assert (sentence.tone, sentence.result_ids) == ("caution", ("from 1999",))


def test_account_and_receipt_stand_in_order_and_the_receipt_adds_up():
    found = tables(shown(aside=3))
    assert [(row.header, row.cells[0].text) for row in found["account"].rows] == [
        ("patient rows read", "1,241"),
        ("patients reviewed", "1,240"),
    ]
    (line,) = found["receipt"].rows
    assert [cell.text for cell in line.cells] == ["patients.csv", "1,241", "1,238", "3", "2", "0123456789ab"]


def test_source_without_any_finding_says_so():
    blocks = counted.section(shown()).blocks
    assert [block.text for block in blocks if isinstance(block, Sentence)] == [
        "Nothing in the source had to be set aside or questioned."
    ]


def test_series_that_was_not_read_from_a_source_has_no_receipt():
    assert "receipt" not in tables(shown(read=False))


def test_findings_stand_worst_first_with_what_became_of_them():
    kept, lost = finding(Severity.NOTE, None, None), finding(Severity.ROW_SET_ASIDE)
    rows = tables(shown(kept, lost))["findings"].rows
    assert [row.header for row in rows] == ["adverse_event, row 41, grade", "adverse_event"]
    assert [row.cells[3].text for row in rows] == ["row set aside", "kept"]
    assert [cell.text for cell in rows[0].cells[:3]] == ["3", '"IV"', "a whole number"]


def test_very_long_list_of_findings_is_cut_and_says_so():
    found = tables(shown(*[finding(Severity.WARNING, row) for row in range(counted.MOST_FINDINGS + 7)]))["findings"]
    assert (len(found.rows), found.notes) == (counted.MOST_FINDINGS, ("7 more findings are not shown.",))


def test_printed_table_has_no_account_but_its_contradictions():
    one = finding(Severity.WARNING)
    given = shown(one, finding(Severity.NOTE), account=Account(), read=False)
    assert counted.lead(given)[0].text.startswith("1 printed figure does not agree with the others")
    assert counted.lead(shown(one, one, account=Account()))[0].text.startswith("2 printed figures do not agree")
    assert counted.section(given).heading == "Do the printed figures agree with each other?"
    assert len(tables(given)["findings"].rows) == 2


def test_printed_table_that_agrees_with_itself_has_no_section():
    given = shown(account=Account(), read=False)
    assert (counted.section(given), counted.lead(given)) == (None, ())
    only_a_note = shown(finding(Severity.NOTE), account=Account(), read=False)
    assert counted.lead(only_a_note) == ()


def test_warnings_about_a_series_are_no_contradictions_of_a_printed_table():
    assert counted.lead(shown(finding(Severity.WARNING))) == ()
