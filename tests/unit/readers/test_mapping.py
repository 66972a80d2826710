"""Are all faults of a mapping told at once, each with its line and what was meant?"""

from __future__ import annotations

import pytest

from seriatim.errors import InvalidDocument
from seriatim.readers import load_mapping
from seriatim.readers._mapping import SourceMapping, refuse_idle_keys


def mapping(body: str) -> SourceMapping:
    return load_mapping(f"schema: seriatim.mapping/1\n{body}")


def faults(body: str) -> str:
    with pytest.raises(InvalidDocument) as invalid:
        mapping(body)
    return str(invalid.value)


def test_strange_tables_and_columns_are_told_with_their_lines_and_what_was_meant() -> None:
    told = faults("tables:\n  patients: {}\n  adverse_event:\n    columns:\n      garde: Gr\n    codes: {trem: {x: y}}")
    assert "line 3, tables.patients: found 'patients', expected a table of a series; did you mean \"patient\"?" in told
    assert "line 6, tables.adverse_event.columns.garde: found 'garde', expected a column of adverse_event" in told
    assert 'did you mean "grade"?' in told
    assert 'did you mean "term"?' in told


def test_a_further_column_of_patients_is_allowed_and_a_slip_of_a_known_one_is_not() -> None:
    assert mapping("tables: {patient: {columns: {smoker: SMK}}}").table("patient").columns == {"smoker": "SMK"}
    assert 'did you mean "accrual"?' in faults("tables: {patient: {columns: {acrual: D}}}")


def test_a_further_column_is_allowed_in_no_other_table() -> None:
    assert "a column of dose" in faults("tables: {dose: {columns: {nurse: N}}}")


def test_a_column_is_of_the_source_or_constant_not_both() -> None:
    assert "not both" in faults("tables: {vital: {columns: {test: T}, constants: {test: weight}}}")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("date_order: dym", "'ymd', 'dmy' or 'mdy'"),
        ("zone: Europe/Londn", 'did you mean "Europe/London"?'),
        ("zone: ../etc/passwd", "an IANA time zone"),
        ("encoding: utf-9", "a text encoding such as utf-8"),
        ("delimiter: x", "',', ';', 'tab' or '|'"),
        ("decimals: x", "no such key"),
    ],
)
def test_conventions_are_checked(said: str, expected: str) -> None:
    assert expected in faults(f"conventions: {{{said}}}")


def test_conventions_left_out_are_iso_dates_points_and_utc() -> None:
    stated = mapping("tables: {}").stated_conventions()
    assert (stated.date_order, stated.decimal, stated.zone) == ("ymd", ".", "UTC")


def test_a_tab_is_written_as_a_word() -> None:
    assert mapping("conventions: {delimiter: tab}").delimiter == "\t"


def test_a_grade_needs_no_quotes_but_a_truth_value_is_no_word() -> None:
    said = mapping("tables: {adverse_event: {codes: {grade: {IV: 4}}}}")
    assert said.table("adverse_event").codes == {"grade": {"IV": "4"}}
    assert "expected a valid string" in faults("tables: {dose: {codes: {status: {x: true}}}}")


def test_a_constant_that_could_lose_its_zeros_must_be_quoted() -> None:
    assert "expected a valid string" in faults("tables: {patient: {constants: {site: 007}}}")
    assert mapping('tables: {patient: {constants: {site: "007"}}}').table("patient").constants == {"site": "007"}


def test_yes_and_no_are_words() -> None:
    codes = mapping("tables: {adverse_event: {codes: {serious: {ja: yes, nein: no}}}}").table("adverse_event").codes
    assert codes["serious"] == {"ja": "yes", "nein": "no"}


def test_one_file_or_several_are_a_list() -> None:
    assert mapping("tables: {dose: {file: a.csv}}").table("dose").file == ("a.csv",)
    assert mapping("tables: {dose: {file: [a.csv, b.csv]}}").table("dose").file == ("a.csv", "b.csv")


def test_keys_that_a_reader_does_not_look_at_are_refused_together() -> None:
    said = mapping("tables: {dose: {sheet: D}, vital: {sheet: V, parameter: WEIGHT}}")
    with pytest.raises(InvalidDocument, match=r"tables\.dose\.sheet, tables\.vital\.sheet, tables\.vital\.parameter"):
        refuse_idle_keys(said, "table_folder", ("sheet", "parameter"))


def test_no_line_of_a_mapping_can_run_code_or_read_a_file() -> None:
    assert "mapping.yaml" in faults("tables: !!python/object/apply:os.system [ls]")
