"""Are all faults of a whole ward told at once, and does the receipt account for every row of every file?"""

from __future__ import annotations

from pathlib import Path

import pytest

import seriatim
from seriatim.findings import Severity

FILES = {
    "patient.csv": (
        "patient_id,accrual,sex,age\n"
        "007,1988-03-01,f,61\n"
        "7,1988-03-02,m,44\n"  # another person than 007
        "008,1988-03-03,f,50\n"
        "008,1988-03-03,m,50\n"  # the same key with another sex
        "009,1988-03-04,f\n"  # cut short, but with a line end
        "010,31/02/1988,m,70\n"  # no such day, and no order of day and month stated
    ).encode("utf-8-sig"),
    "adverse_event.csv": (
        "patient_id,term,grade\n"
        "007,Diarrhée,3\n"
        "007,NA,4\n"
        "7,rash,IV\n"
        "999,rash,2\n"  # nobody's
        "010,rash,2\n"  # of a patient set aside
        "008,rash,1,late\n"  # a field too many
        ',"",\n'  # an empty line, as spreadsheets leave below a table
    ).encode("windows-1252"),
    "vital.csv": b"patient_id;test;value;value_unit\n007;weight;70,5;kg\n7;weight;61;kg\n",
    "notes.csv": b"x\n1\n",
}
ROWS = {"patient": 6, "adverse_event": 6, "vital": 2}


@pytest.fixture
def ward(tmp_path: Path) -> seriatim.TreatmentSeries:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return seriatim.read(tmp_path)


def test_every_fault_of_every_file_is_told_at_once(ward: seriatim.TreatmentSeries) -> None:
    told = {(found.rule, found.table, found.row) for found in ward.findings}
    assert told >= {
        ("row.fields", "patient", 6),
        ("duplicate.conflict", "patient", 5),
        ("row.required_missing", "patient", 7),
        ("file.encoding", "adverse_event", 2),
        ("integer.not_a_whole_number", "adverse_event", 4),
        ("patient.unknown", "adverse_event", 5),
        ("patient.set_aside", "adverse_event", 6),
        ("row.fields", "adverse_event", 7),
        ("check.no_event_word", "adverse_event", 3),
        ("file.delimiter", "vital", 1),
        ("file.not_read", "notes.csv", None),
    }
    assert any(found.table == "vital" and found.column == "value" for found in ward.findings)


def test_the_receipt_accounts_for_every_row(ward: seriatim.TreatmentSeries) -> None:
    for table, rows in ROWS.items():
        line = ward.receipt.table(table)
        assert line is not None
        assert line.rows_read == rows
        lost = [found for found in ward.findings if found.table == table and found.severity is Severity.ROW_SET_ASIDE]
        assert line.rows_set_aside == sum(found.rows for found in lost) == rows - line.rows_used


def test_what_could_be_read_is_read_as_it_was_written(ward: seriatim.TreatmentSeries) -> None:
    patients = ward.tables["patient"].select("patient_id", "case_number").collect("polars").to_native()
    assert sorted(patients.rows()) == [("007", 1), ("008", 3), ("7", 2)]
    events = ward.tables["adverse_event"].select("source_row", "term").collect("polars").to_native()
    assert events.sort("source_row")["term"].to_list() == ["Diarrhée", "NA", "rash"]
