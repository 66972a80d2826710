"""Does a workbook come in as a person sees it, and is every cell that cannot be believed named?"""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.findings import Finding, Severity
from seriatim.readers import _workbook_child, excel, load_mapping, open_source
from seriatim.readers._limits import Limits, Stopped, run_limited
from seriatim.series.raw import RawSource, RawTable

from .workbooks import PATIENTS, changed, packed, workbook

INSTANT = datetime(1988, 3, 1, 8, 30, tzinfo=UTC).replace(tzinfo=None)  # a workbook knows no time zones
SHEET = "xl/worksheets/sheet1.xml"


def table(source: RawSource, name: str = "patient") -> RawTable:
    return next(table for table in source.tables if table.name == name)


def told(source: RawSource) -> list[tuple[str, int | None, str | None]]:
    return [(found.rule, found.row, found.column) for found in source.findings]


def only(source: RawSource, rule: str) -> Finding:
    (found,) = [found for found in source.findings if found.rule == rule]
    return found


@pytest.fixture
def book(tmp_path: Path):
    """A workbook that the test fills in, with formats by their code."""

    class Book:
        path = tmp_path / "series.xlsx"

        def __init__(self) -> None:
            self.book = xlsxwriter.Workbook(self.path)
            self.sheet = self.book.add_worksheet("adverse_event")
            self.sheet.write_row(0, 0, ["patient_id", "term", "grade", "onset"])

        def form(self, code: str) -> Any:
            return self.book.add_format({"num_format": code})

        def read(self) -> RawSource:
            self.book.close()
            return excel.read(self.path)

    return Book()


def test_three_rows_come_in_with_the_row_that_a_person_sees(tmp_path: Path) -> None:
    source = open_source(workbook(tmp_path / "series.xlsx", {"patient": PATIENTS}))
    assert source.reader == "excel"
    assert table(source).frame.rows() == [("007", "1988-03-01", "f", 2), ("008", "1988-03-02", "m", 3)]
    assert table(source).source == "sheet patient"
    assert source.findings == ()


def test_empty_rows_between_are_skipped_and_row_numbers_kept(tmp_path: Path) -> None:
    rows = [PATIENTS[0], [], PATIENTS[1], [], [], PATIENTS[2]]
    source = excel.read(workbook(tmp_path / "series.xlsx", {"patient": rows}))
    assert table(source).frame["source_row"].to_list() == [3, 6]


def test_numbers_truths_and_times_come_as_their_shortest_text(book) -> None:
    cells = [3.0, 70.5, 1e-7, 123456789012, True, date(1988, 3, 1), INSTANT, time(8, 30)]
    forms = [None, None, None, None, None, "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"]
    for row, (cell, code) in enumerate(zip(cells, forms, strict=True), start=1):
        book.sheet.write_string(row, 0, "007")
        book.sheet.write(row, 1, cell, book.form(code) if code else None)
    assert table(book.read(), "adverse_event").frame["term"].to_list() == [
        "3", "70.5", "0.0000001", "123456789012", "true", "1988-03-01", "1988-03-01T08:30:00", "08:30:00",
    ]  # fmt: skip


def test_what_binary_arithmetic_adds_beyond_15_digits_is_not_reported(tmp_path: Path) -> None:
    path = workbook(tmp_path / "series.xlsx", {"vital": [["patient_id", "test", "value"], ["007", "weight", 1.25]]})
    changed(path, SHEET, lambda xml: xml.replace(b"<v>1.25</v>", b"<v>70.300000000000011</v>"))
    assert table(excel.read(path), "vital").frame["value"].to_list() == ["70.3"]


def test_terms_that_look_like_nothing_or_a_number_stay_text(tmp_path: Path) -> None:
    rows = [["patient_id", "test", "value"], *[["007", "creatinine", text] for text in ("<0.5", "1,3", "NA", "00123")]]
    source = excel.read(workbook(tmp_path / "series.xlsx", {"lab_result": rows}))
    assert table(source, "lab_result").frame["value"].to_list() == ["<0.5", "1,3", "NA", "00123"]


def test_an_excel_error_is_a_value_set_aside_and_not_an_empty_cell(book) -> None:
    book.sheet.write_row(1, 0, ["007", "Chills"])
    book.sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    source = book.read()
    assert table(source, "adverse_event").frame["grade"].to_list() == [None]
    assert only(source, "cell.error").severity is Severity.VALUE_SET_ASIDE
    assert ("cell.error", 2, "grade") in told(source)


def test_a_formula_that_nobody_calculated_is_a_value_set_aside(tmp_path: Path) -> None:
    rows = [["patient_id", "term", "grade"], ["007", "Chills", 33], ["008", "Chills", 2]]
    path = workbook(tmp_path / "series.xlsx", {"adverse_event": rows})
    changed(path, SHEET, lambda xml: xml.replace(b"<v>33</v>", b"<f>1+2</f><v></v>"))
    source = excel.read(path)
    assert table(source, "adverse_event").frame["grade"].to_list() == [None, "2"]
    assert ("cell.formula_without_value", 2, "grade") in told(source)
    assert only(source, "cell.formula_without_value").severity is Severity.VALUE_SET_ASIDE


def test_values_that_a_program_put_beside_its_formulas_are_doubted(book) -> None:
    book.sheet.write_row(1, 0, ["007", "Chills"])
    book.sheet.write_formula(1, 2, "=1+2")  # the writer puts 0 as its value
    assert "sheet.never_calculated" in [found.rule for found in book.read().findings]


def test_a_formula_whose_answer_is_no_text_is_calculated(tmp_path: Path) -> None:
    rows = [["patient_id", "term", "grade"], ["007", "Rash", 33]]
    path = workbook(tmp_path / "series.xlsx", {"adverse_event": rows})
    formula = b'<c r="C2" t="str"><f>""</f><v></v></c>'
    changed(path, SHEET, lambda xml: xml.replace(b'<c r="C2"><v>33</v></c>', formula))
    changed(path, "xl/workbook.xml", lambda xml: xml.replace(b' fullCalcOnLoad="1"', b""))
    source = excel.read(path)
    assert table(source, "adverse_event").frame["grade"].to_list() == [None]
    assert source.findings == ()


def test_a_dimension_that_lies_hides_no_row(tmp_path: Path) -> None:
    rows = [["patient_id", "status"], *[[str(1000 + row), "given"] for row in range(500)]]
    path = workbook(tmp_path / "series.xlsx", {"dose": rows})
    changed(path, SHEET, lambda xml: xml.replace(b'ref="A1:B501"', b'ref="A1:B3"'))
    source = excel.read(path)
    assert table(source, "dose").frame.height == 500
    assert "501 rows in a sheet that declares A1:B3" in only(source, "sheet.dimension").found


def test_identifiers_that_are_numbers_are_pointed_out(tmp_path: Path) -> None:
    path = workbook(tmp_path / "series.xlsx", {"patient": [PATIENTS[0], [7, "1988", "f"], ["008", "1988", "f"]]})
    source = excel.read(path)
    assert table(source).frame["patient_id"].to_list() == ["7", "008"]
    assert told(source) == [("cell.identifier_is_number", 2, "patient_id")]


def test_a_number_shown_with_zeros_is_read_as_it_is_shown(book) -> None:
    book.sheet.write_number(1, 0, 123, book.form("00000"))
    book.sheet.write_string(1, 1, "Chills")
    source = book.read()
    assert table(source, "adverse_event").frame["patient_id"].to_list() == ["00123"]
    assert [rule for rule, *_ in told(source)] == ["cell.shown_with_zeros"]


@pytest.mark.parametrize(
    ("code", "shown"),
    [("mmm-yy", "1988-03"), ('mmmm" "yyyy', "1988-03"), ("yyyy", "1988"), ("[$-409]d-mmm-yy;@", "1988-03-01")],
)
def test_a_date_shown_without_its_day_has_no_day(book, code: str, shown: str) -> None:
    book.sheet.write_row(1, 0, ["007", "Chills", 3])
    book.sheet.write_datetime(1, 3, date(1988, 3, 1), book.form(code))
    source = book.read()
    assert table(source, "adverse_event").frame["onset"].to_list() == [shown]
    assert ("cell.partial_date" in [rule for rule, *_ in told(source)]) == (shown != "1988-03-01")


def test_day_60_of_excels_calendar_is_doubted(book) -> None:
    for row, serial in enumerate((59, 60, 61), start=1):
        book.sheet.write_row(row, 0, ["007", "Chills", 3])
        book.sheet.write_number(row, 3, serial, book.form("yyyy-mm-dd"))
    source = book.read()
    assert only(source, "cell.date_before_march_1900").rows == 2


def test_dates_counted_from_1904_are_the_same_dates(tmp_path: Path) -> None:
    path = tmp_path / "series.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("patient")
        sheet.write_row(0, 0, ["patient_id", "accrual"])
        sheet.write_string(1, 0, "007")
        sheet.write_datetime(1, 1, date(1988, 3, 1))
    assert table(excel.read(path)).frame["accrual"].to_list() == ["1988-03-01"]


def test_merged_cells_are_named(book) -> None:
    book.sheet.merge_range(1, 0, 2, 0, "007")
    book.sheet.write_string(1, 1, "Chills")
    book.sheet.write_string(2, 1, "Fever")
    source = book.read()
    assert table(source, "adverse_event").frame["patient_id"].to_list() == ["007", None]
    assert "A2:A3" in only(source, "sheet.merged_cells").found


def test_hidden_rows_and_columns_are_read_and_said(book) -> None:
    book.sheet.write_row(1, 0, ["007", "Chills"])
    book.sheet.set_row(1, None, None, {"hidden": True})
    book.sheet.set_column(1, 1, None, None, {"hidden": True})
    source = book.read()
    assert table(source, "adverse_event").frame["term"].to_list() == ["Chills"]
    assert "1 hidden rows and 1 hidden columns" in only(source, "sheet.hidden").found


def test_a_hidden_sheet_is_read_and_said_and_a_stray_one_named(tmp_path: Path) -> None:
    path = tmp_path / "series.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Codes").write(0, 0, "x")
        sheet = book.add_worksheet("Patient")
        for row, cells in enumerate(PATIENTS):
            sheet.write_row(row, 0, cells)
        sheet.hide()
        book.add_worksheet("patients").write(0, 0, "patient_id")
        book.add_worksheet("Read me")
    source = excel.read(path)
    assert table(source).frame.height == 2
    assert [(found.rule, found.table) for found in source.findings] == [
        ("sheet.not_read", "sheet Codes"),
        ("sheet.is_hidden", "sheet Patient"),
        ("sheet.not_read", "sheet patients"),
    ]


def test_a_mapping_names_the_sheet_and_the_row_of_its_column_names(tmp_path: Path) -> None:
    mapping = load_mapping("""
schema: seriatim.mapping/1
ignore: [Notes]
tables:
  adverse_event:
    sheet: Tox
    header_row: 3
    columns: {patient_id: MRN, term: Toxicity}
    codes: {grade: {III: 3}}
""")
    rows = [["Surgery Branch 1988"], [], ["MRN", "Toxicity", "Grade"], ["007", "Chills", "III"]]
    path = workbook(tmp_path / "ward.xlsx", {"Tox": rows, "Notes": [["x"]]})
    source = excel.read(path, mapping)
    assert table(source, "adverse_event").frame.rows() == [("007", "Chills", "3", 4)]
    assert source.findings == ()


def test_titles_above_the_column_names_are_refused_with_the_row_to_state(tmp_path: Path) -> None:
    path = workbook(tmp_path / "series.xlsx", {"patient": [["Our patients"], *PATIENTS]})
    with pytest.raises(UnreadableSource, match="row 2 seems to name the columns: state header_row: 2"):
        excel.read(path)


@pytest.mark.parametrize("said", ["sheet: Toks", "file: a.csv"])
def test_a_mapping_that_does_not_fit_the_workbook_is_an_error(tmp_path: Path, said: str) -> None:
    path = workbook(tmp_path / "series.xlsx", {"Tox": [["patient_id"]]})
    mapping = load_mapping(f"schema: seriatim.mapping/1\ntables: {{adverse_event: {{{said}}}}}")
    with pytest.raises(InvalidDocument):
        excel.read(path, mapping)


def test_two_sheets_of_one_table_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "series.xlsx", {"adverse event": PATIENTS, "Adverse-Event": PATIENTS})
    with pytest.raises(UnreadableSource, match="would each be adverse_event"):
        excel.read(path)


def test_a_sheet_without_column_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="sheet patient row 1: no column names"):
        excel.read(workbook(tmp_path / "series.xlsx", {"patient": []}))


def test_duplicate_column_names_are_refused(tmp_path: Path) -> None:
    rows = [["patient_id", "grade", "grade"], ["007", 3, 4]]
    with pytest.raises(UnreadableSource, match=r'"grade" \(columns 2, 3\)'):
        excel.read(workbook(tmp_path / "series.xlsx", {"adverse_event": rows}))


def test_a_parser_that_hangs_is_stopped_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "LIMITS", Limits(seconds=0))
    with pytest.raises(UnreadableSource, match="its parser was stopped after 0 seconds"):
        excel.read(workbook(tmp_path / "series.xlsx", {"patient": PATIENTS}))


def test_a_parser_that_needs_too_much_memory_does_not_take_us_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "LIMITS", Limits(memory=1_000_000))
    with pytest.raises(UnreadableSource, match="its parser was stopped"):
        excel.read(workbook(tmp_path / "series.xlsx", {"patient": PATIENTS}))


def test_a_workbook_without_any_table_is_refused_with_its_sheets(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="no sheet is named by a table such as patient; it has Tox, Doses"):
        excel.read(workbook(tmp_path / "series.xlsx", {"Tox": PATIENTS, "Doses": PATIENTS}))


def test_a_mapping_of_columns_that_lie_further_down_is_told_the_row(tmp_path: Path) -> None:
    mapping = load_mapping(
        "schema: seriatim.mapping/1\ntables: {patient: {sheet: Ward, columns: {patient_id: MRN, accrual: First dose}}}"
    )
    path = workbook(tmp_path / "ward.xlsx", {"Ward": [["Our patients"], ["MRN", "First dose"], ["007", "1988"]]})
    with pytest.raises(InvalidDocument, match="state header_row: 2 in the mapping"):
        excel.read(path, mapping)


def test_the_child_process_answers_as_a_call_in_this_process(book) -> None:
    book.sheet.merge_range(3, 0, 4, 0, "009")
    book.sheet.set_column(5, 5, None, None, {"hidden": True})
    book.sheet.write_row(1, 0, ["007", "Chills", 3])
    book.sheet.write_rich_string(2, 1, "a", book.book.add_format({"bold": True}), "fever")
    book.sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")
    book.sheet.write_number(2, 4, 1.5, book.form("[h]:mm"))
    book.sheet.write_number(3, 4, 12, book.form("000"))
    book.sheet.write_datetime(4, 4, date(1988, 3, 1), book.form("mmm-yy"))
    book.sheet.write_datetime(5, 4, date(1988, 3, 1), book.form("yyyy"))
    book.sheet.write_datetime(6, 4, INSTANT, book.form("yyyy-mm-dd hh:mm"))
    book.sheet.write_datetime(7, 4, time(8, 30), book.form("hh:mm"))
    book.sheet.write_boolean(8, 4, True)
    book.book.close()
    request, content = {"wanted": ["adverse_event"]}, book.path.read_bytes()
    answer = io.BytesIO()
    _workbook_child.main(request, io.BytesIO(content), answer)
    assert answer.getvalue() == run_limited(_workbook_child, request, content, Limits())


def test_the_child_process_says_why_it_refuses() -> None:
    answer = io.BytesIO()
    content = packed({"xl/_rels/workbook.xml.rels": b"<!DOCTYPE x><x/>"})
    _workbook_child.main({"wanted": []}, io.BytesIO(content), answer)
    assert "contains a DTD" in json.loads(answer.getvalue())["refused"]


def test_a_child_that_fails_by_itself_is_not_taken_for_an_answer() -> None:
    with pytest.raises(Stopped, match="by an error of its own"):
        run_limited("seriatim.readers.no_such_module", {}, b"", Limits())
