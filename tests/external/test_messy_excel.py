"""Are messy workbooks of real wards loaded as they are, or refused with a sentence that says what to do?

Six workbooks of the medicaldata package. Where a count is compared, it was made by looking at the sheet.
"""

from __future__ import annotations

import pytest

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.readers import excel, load_mapping
from seriatim.series.intake import take_in

FOLDER = "medicaldata_mit/messy_xlsx"


def read(data, name: str, said: str):
    mapping = load_mapping(f"schema: seriatim.mapping/1\ntables: {{patient: {{{said}}}}}")
    return excel.read(data / FOLDER / name, mapping)


def frame(source):
    return source.tables[0].frame


def rules(source):
    return {found.rule for found in source.findings}


def test_no_sheet_is_guessed_to_be_a_table(data):
    for path in sorted((data / FOLDER).glob("*.xlsx")):
        with pytest.raises(UnreadableSource, match="no sheet is named by a table"):
            excel.read(path)


def test_three_titles_above_the_column_names_are_seen(data):
    with pytest.raises(InvalidDocument, match="row 5 seems to name the columns: state header_row: 5"):
        read(data, "messy_aki.xlsx", "sheet: Sheet1, columns: {patient_id: study_id}")


def test_remarks_below_the_patients_are_rows_without_a_patient(data):
    source = read(data, "messy_aki.xlsx", "sheet: Sheet1, header_row: 5, columns: {patient_id: study_id}")
    assert frame(source)["patient_id"].null_count() == 2
    assert frame(source).filter(frame(source)["patient_id"].is_null())["source_row"].to_list() == [27, 28]
    assert "cell.identifier_is_number" in rules(source)


def test_two_patients_of_one_number_and_a_date_in_words_stay_as_written(data):
    source = read(data, "messy_aki.xlsx", "sheet: Sheet1, header_row: 5, columns: {patient_id: study_id}")
    assert frame(source)["patient_id"].head(4).to_list() == ["1", "2", "3", "3"]
    assert frame(source)["dob"][2].startswith("may 5")


def test_blood_pressures_under_one_name_three_times_are_refused(data):
    with pytest.raises(UnreadableSource, match=r'"BP" \(columns 8, 10, 12\); "HR" \(columns 9, 11, 13\)'):
        read(data, "messy_bp.xlsx", "sheet: Sheet1, header_row: 4, columns: {patient_id: pat_id}")


def test_calculated_glucose_keeps_what_excel_calculated(data):
    source = read(data, "messy_glucose.xlsx", "sheet: Sheet1, header_row: 4, columns: {patient_id: pat_id}")
    assert frame(source)["glucose POST"].head(2).to_list() == ["125.8", "153"]
    assert "sheet.merged_cells" in rules(source)
    assert "cell.formula_without_value" not in rules(source)


@pytest.mark.parametrize(
    ("name", "sheet"), [("messy_cirrhosis.xlsx", "cirrhosis"), ("messy_infarct.xlsx", "statin_infarct")]
)
def test_a_cross_table_is_no_list_of_patients(data, name, sheet):
    source = read(data, name, f"sheet: {sheet}, header_row: 3")
    assert "column.unknown" in rules(source)
    with pytest.raises(UnreadableSource, match="no column patient_id, accrual"):
        take_in(source)


def test_colitis_sheet_keeps_leading_zeros_and_the_words_in_number_columns(data):
    said = "sheet: Data, header_row: 7, columns: {patient_id: pat_id, accrual: start_date}"
    source = read(data, "messy_uc.xlsx", said)
    assert frame(source)["patient_id"].to_list() == [f"{number:03}" for number in range(1, 31)]
    # "text in numeric data" and "-99 for not collected", as the sheet Problems says of itself
    assert any(not value.replace(".", "").isdigit() for value in frame(source)["start_plt"].drop_nulls())
    assert "-99" in frame(source)["end_na"].to_list()
    assert {found.table for found in source.findings if found.rule == "sheet.not_read"} == {
        "sheet Explainer", "sheet Codebook", "sheet Problems",
    }  # fmt: skip


def test_colitis_patients_are_a_series(data):
    said = "sheet: Data, header_row: 7, columns: {patient_id: pat_id, accrual: start_date}"
    series = take_in(read(data, "messy_uc.xlsx", said))
    assert series.receipt.table("patient").rows_used == 30
