"""Does a folder of text files come in whole, row by row, and is every row that does not named?"""

from __future__ import annotations

import contextlib
import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import seriatim
from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.findings import Severity
from seriatim.readers import _parquet, load_mapping, open_source, table_folder
from seriatim.readers._delimited import read_delimited
from seriatim.readers._text_table import TextTable
from seriatim.readers.table_folder import read, recognises
from seriatim.series.raw import RawSource, RawTable

PATIENTS = "patient_id,accrual,sex\n007,1988-03-01,f\n008,1988-03-02,m\n009,1988-03-04,f\n"


def folder(path: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        file = path / name.replace("__", ".")
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def table(source: RawSource, name: str) -> RawTable:
    return next(table for table in source.tables if table.name == name)


def rules(source: RawSource) -> list[str]:
    return [finding.rule for finding in source.findings]


def test_three_patients_come_in_as_text_with_their_leading_zeros(tmp_path: Path) -> None:
    source = open_source(folder(tmp_path, patient__csv=PATIENTS))
    assert source.reader == "table_folder"
    assert table(source, "patient").frame.rows() == [
        ("007", "1988-03-01", "f", 2),
        ("008", "1988-03-02", "m", 3),
        ("009", "1988-03-04", "f", 4),
    ]
    assert source.findings == ()


def test_a_row_with_a_field_too_many_is_set_aside_and_the_others_stay_in_place(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv="patient_id,amount\n007,oops,600\n008,700\n"))
    assert table(source, "dose").frame.rows() == [("008", "700", 3)]
    assert table(source, "dose").rows_lost == 1
    assert [(found.rule, found.severity, found.row) for found in source.findings] == [
        ("row.fields", Severity.ROW_SET_ASIDE, 2)
    ]


def test_a_row_with_a_field_too_few_in_the_middle_is_set_aside(tmp_path: Path) -> None:
    source = read(folder(tmp_path, patient__csv="patient_id,accrual,sex\n007,f\n008,1988,m\n"))
    assert table(source, "patient").frame.rows() == [("008", "1988", "m", 3)]
    assert "2 fields, expected 3" in str(source.findings[0])


@pytest.mark.parametrize("at", range(len(PATIENTS) - 11, len(PATIENTS) - 2))
def test_a_file_cut_short_loses_no_row_unsaid(tmp_path: Path, at: int) -> None:
    source = read(folder(tmp_path, patient__csv=PATIENTS[:at]))
    assert table(source, "patient").frame.height + table(source, "patient").rows_lost == 3
    assert rules(source) == ["row.cut_short"]
    assert "cut short" in source.findings[0].next_move


def test_an_unclosed_quote_sets_aside_its_row_and_all_below(tmp_path: Path) -> None:
    text = 'patient_id,term\n007,rash\n008,"fever\n009,chills\n010,rash\n'
    source = read(folder(tmp_path, adverse_event__csv=text))
    assert table(source, "adverse_event").frame["patient_id"].to_list() == ["007"]
    assert table(source, "adverse_event").rows_lost == 3
    assert [(found.rule, found.row, found.rows) for found in source.findings] == [("row.quote", 3, 3)]


def test_a_stray_quote_inside_a_quoted_remark_does_not_make_rows_of_its_lines(tmp_path: Path) -> None:
    text = 'patient_id,term\n007,"said "no"\nthen left,sadly"\n008,rash\n'
    source = read(folder(tmp_path, adverse_event__csv=text))
    assert table(source, "adverse_event").frame.is_empty()
    assert table(source, "adverse_event").rows_lost == 3


def test_a_remark_over_two_lines_is_one_row_and_is_pointed_out(tmp_path: Path) -> None:
    text = 'patient_id,term\n007,"rash\non both arms"\n008,fever\n'
    source = read(folder(tmp_path, adverse_event__csv=text))
    assert table(source, "adverse_event").frame["source_row"].to_list() == [2, 4]
    assert rules(source) == ["value.line_break"]


def test_an_apostrophe_of_inches_is_no_quoting_fault(tmp_path: Path) -> None:
    source = read(folder(tmp_path, vital__csv="patient_id,test,value\n007,height,5'10\"\n"))
    assert table(source, "vital").frame["value"].to_list() == ["5'10\""]


def test_the_words_na_none_and_null_stay_words(tmp_path: Path) -> None:
    text = "patient_id,term\n007,NA\n008,None\n009,null\n010,NaN\n"
    frame = table(read(folder(tmp_path, adverse_event__csv=text)), "adverse_event").frame
    assert frame["term"].to_list() == ["NA", "None", "null", "NaN"]


def test_blanks_around_a_value_go_and_an_empty_value_is_null(tmp_path: Path) -> None:
    text = "\ufeffpatient_id\u00a0, term \n\u00a0007 ,  \n"
    frame = table(read(folder(tmp_path, adverse_event__csv=text)), "adverse_event").frame
    assert frame.rows() == [("007", None, 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_micromoles_survive_every_marked_encoding(tmp_path: Path, encoding: str) -> None:
    text = "patient_id,test,value,value_unit\n007,creatinine,88,µmol/L\n"
    source = read(folder(tmp_path, lab_result__csv=text.encode(encoding)))
    assert table(source, "lab_result").frame["value_unit"].to_list() == ["µmol/L"]
    assert source.findings == ()


def test_utf_16_without_its_mark_is_read_and_said(tmp_path: Path) -> None:
    source = read(folder(tmp_path, patient__csv=PATIENTS.encode("utf-16-le")))
    assert table(source, "patient").frame.height == 3
    assert rules(source) == ["file.encoding"]


def test_bytes_that_are_no_utf_8_are_read_as_windows_1252_and_the_first_row_is_named(tmp_path: Path) -> None:
    text = "patient_id,test,value,value_unit\n007,creatinine,1,mg/dL\n008,creatinine,88,µmol/L\n"
    source = read(folder(tmp_path, lab_result__csv=text.encode("windows-1252")))
    assert table(source, "lab_result").frame["value_unit"].to_list() == ["mg/dL", "µmol/L"]
    assert [(found.rule, found.row) for found in source.findings] == [("file.encoding", 3)]
    assert "windows-1252" in source.findings[0].next_move


def test_a_stated_encoding_is_used_without_a_finding(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\nconventions: {encoding: windows-1252}")
    text = "patient_id,term\n007,Diarrhée\n"
    source = read(folder(tmp_path, adverse_event__csv=text.encode("windows-1252")), mapping)
    assert table(source, "adverse_event").frame["term"].to_list() == ["Diarrhée"]
    assert source.findings == ()


def test_bytes_that_are_not_the_stated_encoding_are_refused(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\nconventions: {encoding: utf-8}")
    with pytest.raises(UnreadableSource, match=r"adverse_event\.csv row 2: bytes that are no utf-8"):
        read(folder(tmp_path, adverse_event__csv="patient_id,term\n007,Diarrhée\n".encode("latin-1")), mapping)


def test_a_semicolon_file_keeps_its_decimal_comma_and_says_what_to_state(tmp_path: Path) -> None:
    source = read(folder(tmp_path, vital__csv="patient_id;test;value\n007;weight;70,5\n"))
    assert table(source, "vital").frame["value"].to_list() == ["70,5"]
    assert rules(source) == ["file.delimiter"]
    assert 'decimal: ","' in source.findings[0].next_move


def test_conventions_of_the_mapping_reach_the_series(tmp_path: Path) -> None:
    mapping = load_mapping(
        'schema: seriatim.mapping/1\nconventions: {delimiter: ";", decimal: ",", date_order: dmy, zone: Europe/Paris}'
    )
    source = read(folder(tmp_path, vital__csv="patient_id;test;value\n007;weight;70,5\n"), mapping)
    assert source.findings == ()
    assert (source.conventions.decimal, source.conventions.date_order, source.conventions.zone) == (
        ",",
        "dmy",
        "Europe/Paris",
    )


def test_a_header_that_splits_two_ways_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="a comma or a semicolon"):
        read(folder(tmp_path, vital__csv="patient_id;test,value\n007;weight,70\n"))


def test_tab_files_are_read(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__tsv="patient_id\tstatus\n007\tgiven\n"))
    assert table(source, "dose").frame.rows() == [("007", "given", 2)]
    assert source.findings == ()


def test_excels_own_separator_line_is_no_header(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv="sep=;\r\npatient_id;status\r\n007;given\r\n"))
    assert table(source, "dose").frame.rows() == [("007", "given", 3)]


def test_mixed_line_endings_do_not_join_or_split_rows(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv="patient_id,status\r\n007,given\n008,held\r009,given"))
    assert table(source, "dose").frame.rows() == [("007", "given", 2), ("008", "held", 3), ("009", "given", 4)]


def test_a_row_with_zero_bytes_is_set_aside(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv="patient_id,status\n007,given\n008,he\0\0ld\n009,given\n"))
    assert table(source, "dose").frame["patient_id"].to_list() == ["007", "009"]
    assert [(found.rule, found.row) for found in source.findings] == [("row.zero_bytes", 3)]


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"\r\n\r\n"])
def test_a_file_with_nothing_in_it_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableSource, match=r"dose\.csv: is empty"):
        read(folder(tmp_path, patient__csv=PATIENTS, dose__csv=content))


def test_column_names_alone_are_a_table_without_rows(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv="patient_id,status\n"))
    assert table(source, "dose").frame.is_empty()
    assert rules(source) == ["table.no_rows"]


def test_a_column_name_that_stands_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    text = "patient_id,grade,term,grade\n007,3,rash,4\n"
    with pytest.raises(UnreadableSource, match=r'"grade" \(columns 2, 4\)'):
        read(folder(tmp_path, adverse_event__csv=text))


def test_two_spellings_of_one_column_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match='"Grade" and "GRADE" could each be grade'):
        read(folder(tmp_path, adverse_event__csv="patient_id,Grade,GRADE\n007,3,4\n"))


def test_every_file_that_stops_the_reading_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource) as stop:
        read(folder(tmp_path, dose__csv=b"", vital__csv="a,a\n1,2\n"))
    assert "dose.csv: is empty" in str(stop.value)
    assert 'vital.csv row 1: a column name stands more than once: "a"' in str(stop.value)


def test_an_unknown_column_is_named_with_what_it_may_have_meant(tmp_path: Path) -> None:
    source = read(folder(tmp_path, adverse_event__csv="patient_id,term,garde\n007,rash,3\n"))
    assert table(source, "adverse_event").frame.columns == ["patient_id", "term", "source_row"]
    assert rules(source) == ["column.unknown"]
    assert 'did you mean "grade"' in source.findings[0].expected


def test_further_columns_of_a_patient_are_kept(tmp_path: Path) -> None:
    source = read(folder(tmp_path, patient__csv="patient_id,accrual,Smoker\n007,1988,yes\n"))
    assert table(source, "patient").frame.rows(named=True)[0]["Smoker"] == "yes"
    assert source.findings == ()


def test_a_further_column_may_not_take_the_name_of_a_worked_out_one(tmp_path: Path) -> None:
    source = read(folder(tmp_path, patient__csv="patient_id,accrual,accrual_earliest\n007,1988,1988-01-01\n"))
    assert table(source, "patient").frame.columns == ["patient_id", "accrual", "source_row"]
    assert rules(source) == ["column.unknown"]


def test_delimiters_at_the_end_of_every_line_make_no_column(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv="patient_id,status,\n007,given,\n"))
    assert table(source, "dose").frame.columns == ["patient_id", "status", "source_row"]
    assert source.findings == ()


def test_values_under_no_column_name_are_reported(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv="patient_id,status,\n007,given,late\n"))
    assert rules(source) == ["column.unknown"]
    assert source.findings[0].found == "a column without a name"


def test_a_mapping_renames_recodes_and_fills_in(tmp_path: Path) -> None:
    mapping = load_mapping("""
schema: seriatim.mapping/1
tables:
  adverse_event:
    file: tox 1998.csv
    header_row: 3
    columns: {patient_id: MRN, term: Toxicity, grade: Gr.}
    codes:
      grade: {III: 3, IV: 4}
    constants: {scale: NCI CTC 1.0}
""")
    text = "Surgery Branch\n\nMRN,Toxicity,Gr.\n007,rash,III\n008,fever,2\n"
    (tmp_path / "tox 1998.csv").write_text(text)
    source = read(tmp_path, mapping)
    assert table(source, "adverse_event").frame.rows() == [
        ("007", "rash", "3", "NCI CTC 1.0", 4),
        ("008", "fever", "2", "NCI CTC 1.0", 5),
    ]
    assert [(found.rule, found.found) for found in source.findings] == [("mapping.word_not_met", "no IV")]


def test_a_column_that_the_mapping_invents_is_an_error_with_what_is_there(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\ntables: {dose: {columns: {status: Givn}}}")
    with pytest.raises(InvalidDocument, match='"Givn"; did you mean "Given"'):
        read(folder(tmp_path, dose__csv="patient_id,Given\n007,yes\n"), mapping)


def test_a_constant_never_overwrites_what_the_source_says(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\ntables: {dose: {constants: {status: given}}}")
    with pytest.raises(InvalidDocument, match="status stand under constants"):
        read(folder(tmp_path, dose__csv="patient_id,status\n007,held\n"), mapping)


def test_files_of_several_years_are_one_table(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\ntables: {dose: {file: [d86.csv, d87.csv]}}")
    path = folder(tmp_path, d86__csv="patient_id,status\n007,given\n", d87__csv="status,patient_id,reason\nheld,8,x\n")
    source = read(path, mapping)
    assert table(source, "dose").source == "d86.csv + d87.csv"
    assert table(source, "dose").frame.rows() == [("007", "given", None, 2), ("8", "held", "x", 2)]


def test_a_file_that_the_mapping_names_must_be_there(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\ntables: {dose: {file: doses.csv}}")
    with pytest.raises(InvalidDocument, match=r'does not have "doses.csv"; did you mean "dose.csv"'):
        read(folder(tmp_path, dose__csv="patient_id\n1\n"), mapping)


def test_two_files_of_one_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"dose\.csv and dose\.tsv would each be dose"):
        read(folder(tmp_path, dose__csv="patient_id\n1\n", dose__tsv="patient_id\n1\n"))


def test_a_stray_file_is_named_and_hidden_files_are_not(tmp_path: Path) -> None:
    path = folder(tmp_path, patient__csv=PATIENTS, doses__csv="patient_id\n1\n", readme__md="notes")
    (path / ".DS_Store").write_bytes(b"x")
    source = read(path)
    assert [(found.rule, found.table) for found in source.findings] == [("file.not_read", "doses.csv")]
    assert 'did you mean "dose"' in source.findings[0].expected


def test_parquet_comes_in_as_the_shortest_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "patient_id": ["007", "008"],
            "accrual": [date(1988, 3, 1), None],
            "age": [61.0, float("nan")],
            "last": ["1990-01-02 03:04:00", "1990-01-02 00:00:00"],
            "midnight": ["1990-01-02 00:00:00", "1990-01-03 00:00:00"],
        }
    ).with_columns(pl.col("last", "midnight").str.to_datetime())
    frame.write_parquet(tmp_path / "patient.parquet")
    source = read(tmp_path)
    assert table(source, "patient").frame.rows() == [
        ("007", "1988-03-01", "61", "1990-01-02T03:04:00", "1990-01-02", 1),
        ("008", None, None, "1990-01-02T00:00:00", "1990-01-03", 2),
    ]
    assert [(found.rule, found.rows) for found in source.findings] == [("value.not_a_number", 1)]


def test_a_cut_parquet_file_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"patient_id": ["007"]}).write_parquet(tmp_path / "patient.parquet")
    content = (tmp_path / "patient.parquet").read_bytes()
    (tmp_path / "patient.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(UnreadableSource, match="no whole Parquet file"):
        read(tmp_path)


def test_a_damaged_parquet_file_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    path, chance = tmp_path / "patient.parquet", random.Random(1998)  # noqa: S311 (damage, not secrets)
    pl.DataFrame({"patient_id": [f"{i:03}" for i in range(60)], "age": range(60)}).write_parquet(path)
    content, outcomes = path.read_bytes(), set()
    for _ in range(150):
        place = chance.randrange(len(content))
        path.write_bytes(content[:place] + chance.randbytes(8) + content[place + 8 :])
        with contextlib.suppress(UnreadableSource):
            outcomes.add(table(read(tmp_path), "patient").frame.height)
    assert outcomes == {60}


def test_a_parquet_file_of_one_value_repeated_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_parquet, "FREE_CELLS", 1_000)
    frame = pl.DataFrame({"patient_id": ["007"]}).select(pl.col("patient_id").repeat_by(900_000).explode())
    frame.write_parquet(tmp_path / "patient.parquet")
    with pytest.raises(UnreadableSource, match="would unpack to 900,000 cells"):
        read(tmp_path)


def test_a_day_that_only_one_order_allows_does_not_decide_for_its_column(tmp_path: Path) -> None:
    dates = "patient_id,term,onset\n007,rash,03/04/1988\n007,rash,25/12/1988\n007,rash,1988-12-26\n"
    series = seriatim.read(folder(tmp_path, patient__csv=PATIENTS, adverse_event__csv=dates))
    onset = series.tables["adverse_event"].select("source_row", "onset_earliest").collect("polars").to_native()
    assert onset.sort("source_row")["onset_earliest"].is_null().to_list() == [True, True, False]
    assert [(found.rule, found.row) for found in series.findings if found.column == "onset"] == [
        ("when.order_not_stated", 2),
        ("when.order_not_stated", 3),
    ]


@pytest.mark.parametrize("name", ["patient.pkl", "patient.joblib", "patient.rds", "patient.sas7bdat"])
def test_a_stored_program_is_no_source(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'echo'\ntR.")
    with pytest.raises(UnreadableSource, match="no reader recognises this folder"):
        open_source(tmp_path)
    with pytest.raises(UnreadableSource, match="no reader recognises this file"):
        open_source(tmp_path / name)


@pytest.mark.parametrize("name", ["../patient.csv", "/etc/hostname", "sub/patient.csv", "..\\patient.csv"])
def test_a_mapping_reads_no_file_outside_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "patient.csv").write_text(PATIENTS)
    (tmp_path / "ward").mkdir()
    mapping = load_mapping(f"schema: seriatim.mapping/1\nreader: table_folder\ntables: {{patient: {{file: '{name}'}}}}")
    with pytest.raises(InvalidDocument, match="ward does not have"):
        open_source(tmp_path / "ward", mapping)


def test_a_field_as_long_as_a_book_is_told_and_not_cut(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv=f"patient_id,reason\n007,{'x' * 200_000}\n008,fever\n"))
    assert table(source, "dose").rows_lost + table(source, "dose").frame.height == 2
    assert "field larger" in source.findings[0].found


def test_a_file_that_changes_while_it_is_read_is_read_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder(tmp_path, patient__csv=PATIENTS)

    def then_changed(text: str, *rest: Any, **others: Any) -> TextTable:
        (path / "patient.csv").write_text("patient_id,accrual\n666,1999\n")
        return read_delimited(text, *rest, **others)

    monkeypatch.setattr(table_folder, "read_delimited", then_changed)
    before = read(path)
    assert table(before, "patient").frame["patient_id"].to_list() == ["007", "008", "009"]
    monkeypatch.undo()
    assert read(path).content_hash != before.content_hash


def test_many_bad_rows_are_listed_first_and_then_counted(tmp_path: Path) -> None:
    source = read(folder(tmp_path, dose__csv="patient_id,status\n" + "007\n" * 300))
    assert table(source, "dose").rows_lost == 300
    assert sum(found.rows for found in source.findings) == 300
    assert len(source.findings) == 51


def test_the_same_bytes_give_the_same_hash_in_any_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = (read(folder(tmp_path / name, patient__csv=PATIENTS)) for name in "ab")
    assert one.content_hash == two.content_hash
    assert one.content_hash != read(folder(tmp_path / "b", patient__csv=PATIENTS + "010,1990,f\n")).content_hash


def test_a_stored_series_is_not_foreign_data(tmp_path: Path) -> None:
    assert recognises(folder(tmp_path, patient__csv=PATIENTS))
    assert not recognises(folder(tmp_path, series__json="{}"))


def test_a_folder_that_nobody_knows_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"no reader recognises this folder(?s:.*)table_folder: a folder with"):
        open_source(folder(tmp_path, holiday__jpg=b"x"))


def test_a_header_with_a_stray_quote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"dose\.csv row 1: the header has a stray quote"):
        read(folder(tmp_path, dose__csv='patient_id,"status"x\n007,given\n'))


def test_an_empty_first_row_names_no_columns(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match=r"dose\.csv row 1: no column names"):
        read(folder(tmp_path, dose__csv=",,\n007,given,\n"))


def test_two_bytes_a_letter_in_the_other_order_are_read(tmp_path: Path) -> None:
    source = read(folder(tmp_path, patient__csv=PATIENTS.encode("utf-16-be")))
    assert table(source, "patient").frame["patient_id"].to_list() == ["007", "008", "009"]


def test_a_column_of_lists_is_not_read_and_said(tmp_path: Path) -> None:
    pl.DataFrame({"patient_id": ["007"], "terms": [["rash", "fever"]]}).write_parquet(tmp_path / "patient.parquet")
    source = read(tmp_path)
    assert table(source, "patient").frame.columns == ["patient_id", "source_row"]
    assert rules(source) == ["column.type"]


def test_a_folder_that_the_mapping_calls_tables_but_has_none_is_refused(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\nreader: table_folder")
    with pytest.raises(UnreadableSource, match="no file is named by a table"):
        open_source(folder(tmp_path, doses__csv="patient_id\n1\n"), mapping)
