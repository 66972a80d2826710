"""What does the intake set aside, what does it keep, and how is it told?"""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from seriatim.engines.choose import collect
from seriatim.errors import Misuse, UnreadableSource
from seriatim.findings import Finding, Severity
from seriatim.series.intake import take_in
from seriatim.series.raw import Conventions, RawSource, RawTable
from seriatim.series.series import TreatmentSeries

PATIENTS = {"patient_id": ["001", "002", "003"], "accrual": ["1985-01-10", "1985-02-10", "1985-03-10"]}


def _raw(conventions: Conventions | None = None, lost: int = 0, **tables: dict[str, list[str]]) -> RawSource:
    given = {"patient": PATIENTS, **tables}
    raw = []
    for name, columns in given.items():
        height = len(next(iter(columns.values())))
        frame = pl.DataFrame({"source_row": range(2, height + 2), **columns}, strict=False)
        raw.append(RawTable(name, f"{name}.csv", frame, lost if name in tables else 0))
    return RawSource("ward", "by hand", tuple(raw), "hash", conventions=conventions or Conventions())


def _told(series: TreatmentSeries, rule: str) -> list[Finding]:
    return [finding for finding in series.findings if finding.rule == rule]


def _rows(series: TreatmentSeries, table: str, *columns: str) -> list[tuple[object, ...]]:
    return collect(series.tables[table], "source_row").select(columns).rows()


def test_patients_are_numbered_in_order_of_accrual_and_not_of_the_file() -> None:
    series = take_in(_raw(patient={"patient_id": ["b", "a", "c"], "accrual": ["1990", "1989-12-31", "1991-05-02"]}))
    assert _rows(series, "patient", "patient_id", "case_number") == [("b", 2), ("a", 1), ("c", 3)]
    assert [finding.row for finding in _told(series, "accrual.partial")] == [2]


def test_patients_of_one_day_are_ordered_by_identifier_and_the_tie_is_noted() -> None:
    series = take_in(
        _raw(patient={"patient_id": ["b", "a", "c"], "accrual": ["1990-01-01", "1990-01-01", "1990-01-02"]})
    )
    assert _rows(series, "patient", "patient_id", "case_number") == [("b", 2), ("a", 1), ("c", 3)]
    assert _told(series, "accrual.tied")[0].rows == 2


def test_given_case_numbers_decide_and_a_missing_case_is_named() -> None:
    series = take_in(_raw(patient={**PATIENTS, "case_number": ["1", "4", "2"]}))
    assert _rows(series, "patient", "patient_id", "case_number", "case_number_reported") == [
        ("001", 1, "1"), ("002", 3, "4"), ("003", 2, "2"),
    ]  # fmt: skip
    gap = _told(series, "case_number.gap")[0]
    assert (gap.found, gap.rows) == ("no case 3", 1)


def test_case_numbers_against_the_dates_and_doubles_are_told() -> None:
    series = take_in(_raw(patient={**PATIENTS, "case_number": ["2", "1", "2"]}))
    assert [finding.row for finding in _told(series, "case_number.against_accrual")] == [2]
    assert [finding.row for finding in _told(series, "case_number.twice")] == [2, 4]


def test_case_numbers_of_some_patients_only_are_not_used() -> None:
    series = take_in(_raw(patient={**PATIENTS, "case_number": ["3", "", "1"]}))
    assert [number for (number,) in _rows(series, "patient", "case_number")] == [1, 2, 3]
    assert [finding.row for finding in _told(series, "case_number.incomplete")] == [3]


def test_given_consecutive_case_numbers_raise_nothing_and_add_no_column() -> None:
    series = take_in(_raw(patient={**PATIENTS, "case_number": ["1", "2", "3"]}))
    assert not [finding for finding in series.findings if finding.rule.startswith("case_number")]
    assert "case_number_reported" not in series.tables["patient"].collect_schema().names()


def test_a_row_of_nobody_and_a_row_of_a_patient_set_aside_are_told_apart() -> None:
    series = take_in(_raw(
        patient={"patient_id": ["001", "002"], "accrual": ["1985-01-10", "31 Feb"]},
        adverse_event={"patient_id": ["001", "002", "999", ""], "term": ["fever"] * 4},
    ))  # fmt: skip
    assert [finding.row for finding in _told(series, "patient.set_aside")] == [3]
    assert [finding.row for finding in _told(series, "patient.unknown")] == [4]
    assert [(f.table, f.row, f.column) for f in _told(series, "row.required_missing")] == [
        ("adverse_event", 5, "patient_id"), ("patient", 3, "accrual"),
    ]  # fmt: skip
    line = series.receipt.table("adverse_event")
    assert line is not None
    assert (line.rows_read, line.rows_used, line.rows_set_aside) == (4, 1, 3)


def test_leading_zeros_tell_two_patients_apart() -> None:
    series = take_in(_raw(patient={"patient_id": ["007", "7"], "accrual": ["1985-01-10", "1985-02-10"]}))
    assert _rows(series, "patient", "patient_id") == [("007",), ("7",)]


def test_identifiers_that_differ_in_spelling_only_are_told_and_not_joined() -> None:
    series = take_in(_raw(patient={"patient_id": ["a-01", "A O1", "b"], "accrual": ["1985", "1986", "1987"]}))
    assert [finding.row for finding in _told(series, "patient.near_match")] == [2, 3]
    assert len(_rows(series, "patient", "patient_id")) == 3


def test_a_second_row_of_a_key_is_set_aside_and_names_the_first() -> None:
    series = take_in(_raw(
        follow_up={"patient_id": ["001", "002", "001", "002"], "last_contact": ["1990", "1991", "1990", "1992"],
                   "died": ["no"] * 4},
    ))  # fmt: skip
    same, conflict = _told(series, "duplicate.same"), _told(series, "duplicate.conflict")
    assert [(finding.row, finding.found) for finding in same] == [(4, "what row 2 has")]
    assert [(finding.row, finding.found) for finding in conflict] == [(5, "what row 3 has")]
    assert _rows(series, "follow_up", "patient_id", "last_contact") == [("001", "1990"), ("002", "1991")]


def test_identical_adverse_events_are_kept_and_noted() -> None:
    series = take_in(_raw(adverse_event={"patient_id": ["001", "001"], "term": ["fever", "fever"]}))
    assert len(_rows(series, "adverse_event", "term")) == 2
    assert _told(series, "duplicate.kept")[0].severity is Severity.NOTE


def test_doses_without_number_run_by_start_within_the_cycle() -> None:
    series = take_in(_raw(dose={
        "patient_id": ["001", "001", "001", "002"], "status": ["given"] * 4, "cycle": ["1", "1", "2", "1"],
        "started": ["1985-01-10T16:00", "1985-01-10T08:00", "1985-01-24T08:00", "1985-02-10T08:00"],
    }))  # fmt: skip
    assert _rows(series, "dose", "course", "cycle", "dose") == [(1, 1, 2), (1, 1, 1), (1, 2, 1), (1, 1, 1)]
    assert [finding.column for finding in _told(series, "dose.numbered")] == ["dose"]
    assert [finding.column for finding in _told(series, "course.taken_as_first")] == ["course"]


def test_identical_doses_of_one_day_without_time_are_several_doses() -> None:
    day = {"patient_id": ["001"] * 3, "status": ["given"] * 3, "started": ["1985-01-10"] * 3}
    assert [dose for (dose,) in _rows(take_in(_raw(dose=day)), "dose", "dose")] == [1, 2, 3]


def test_identical_doses_at_one_minute_are_one_dose_recorded_twice() -> None:
    minute = {"patient_id": ["001"] * 2, "status": ["given"] * 2, "started": ["1985-01-10T08:00"] * 2}
    series = take_in(_raw(dose=minute))
    assert [dose for (dose,) in _rows(series, "dose", "dose")] == [1]
    assert _told(series, "duplicate.same")[0].row == 3


def test_an_event_without_cycle_is_not_put_into_the_first_of_several() -> None:
    series = take_in(_raw(
        cycle={"patient_id": ["001", "001"], "start": ["1985-01-10", "1985-01-24"]},
        adverse_event={"patient_id": ["001"], "term": ["fever"]},
    ))  # fmt: skip
    assert _rows(series, "cycle", "course", "cycle") == [(1, 1), (1, 2)]
    assert _rows(series, "adverse_event", "course", "cycle") == [(1, None)]


def test_a_dose_without_its_number_is_set_aside_where_others_have_one() -> None:
    series = take_in(_raw(dose={"patient_id": ["001", "001"], "status": ["given"] * 2, "dose": ["1", ""],
                                "cycle": ["1", "1"], "course": ["1", "1"]}))  # fmt: skip
    assert [(f.row, f.column) for f in _told(series, "row.required_missing")] == [(3, "dose")]


def test_a_table_without_a_required_column_is_set_aside_as_a_whole() -> None:
    series = take_in(_raw(adverse_event={"patient_id": ["001", "002"], "grade": ["3", "4"]}))
    assert not series.has("adverse_event")
    finding = _told(series, "table.required_column_missing")[0]
    assert (finding.row, finding.rows, finding.found) == (None, 2, "no column term")
    line = series.receipt.table("adverse_event")
    assert line is not None
    assert (line.rows_read, line.rows_used) == (2, 0)


def test_an_unknown_table_and_a_second_table_are_set_aside_and_counted() -> None:
    vital = {"patient_id": ["001"], "test": ["weight"]}
    raw = _raw(tumour=vital, vital=vital)
    series = take_in(RawSource("ward", "by hand", (*raw.tables, raw.tables[-1]), ""))
    assert [finding.table for finding in _told(series, "table.unknown")] == ["tumour"]
    assert [finding.table for finding in _told(series, "table.twice")] == ["vital"]
    assert series.receipt.rows_set_aside == 2


def test_a_column_that_no_table_has_is_kept_for_patients_and_noted_elsewhere() -> None:
    series = take_in(_raw(
        patient={**PATIENTS, "histology": ["clear cell", "NA", ""]},
        adverse_event={"patient_id": ["001"], "term": ["fever"], "nurse": ["x"]},
    ))  # fmt: skip
    assert _rows(series, "patient", "histology") == [("clear cell",), ("NA",), (None,)]
    assert [finding.column for finding in _told(series, "column.not_used")] == ["nurse"]


def test_a_worked_out_column_of_our_own_export_is_worked_out_anew() -> None:
    series = take_in(_raw(patient={**PATIENTS, "accrual_earliest": ["2020-01-01"] * 3}))
    assert _rows(series, "patient", "accrual_earliest")[0] == (datetime(1985, 1, 10),)  # noqa: DTZ001
    assert [finding.column for finding in _told(series, "column.not_used")] == ["accrual_earliest"]


def test_rows_that_the_reader_lost_are_read_and_set_aside() -> None:
    line = take_in(_raw(lost=3, vital={"patient_id": ["001"], "test": ["weight"]})).receipt.table("vital")
    assert line is not None
    assert (line.rows_read, line.rows_used, line.rows_set_aside) == (4, 1, 3)


def test_more_than_twenty_like_findings_are_told_as_twenty_and_a_count() -> None:
    series = take_in(_raw(adverse_event={"patient_id": ["001"] * 30, "term": ["fever"] * 30, "grade": ["G3"] * 30}))
    told = _told(series, "integer.not_a_whole_number")
    assert [finding.rows for finding in told] == [1] * 20 + [10]
    assert told[-1].row == 22
    line = series.receipt.table("adverse_event")
    assert line is not None
    assert line.values_set_aside == 30


def test_a_finding_about_a_code_names_the_allowed_words_and_the_place_to_map_it() -> None:
    series = take_in(_raw(dose={"patient_id": ["001"], "status": ["GIV"], "started": ["1985-01-10T08:00"]}))
    assert str(_told(series, "code.unknown")[0]) == (
        'dose row 2, status: found "GIV", expected one of given, partial, held, skipped, refused, planned'
        " (value set aside); map it in the mapping file under codes: status:"
    )


def test_the_data_cut_is_the_last_instant_surely_seen() -> None:
    series = take_in(_raw(
        adverse_event={"patient_id": ["001", "002"], "term": ["fever"] * 2, "onset": ["1985-03-04", "1986"]},
        dose={"patient_id": ["001"] * 2, "status": ["given", "planned"],
              "started": ["1985-03-01T08:00", "2001-01-01T08:00"]},
    ))  # fmt: skip
    assert series.provenance.data_cut == datetime(1986, 1, 1)  # noqa: DTZ001


def test_a_source_without_observations_has_no_data_cut() -> None:
    assert take_in(_raw()).provenance.data_cut is None


def test_local_times_are_stored_in_utc_and_the_zone_is_kept() -> None:
    raw = _raw(Conventions(zone="America/New_York"), vital={
        "patient_id": ["001"], "test": ["weight"], "measured_at": ["1985-01-10T08:00"]})  # fmt: skip
    series = take_in(raw)
    assert series.provenance.zone == "America/New_York"
    assert _rows(series, "vital", "measured_at_earliest") == [(datetime(1985, 1, 10, 13),)]  # noqa: DTZ001


def test_values_without_a_unit_are_told_once() -> None:
    labs = {
        "patient_id": ["001"] * 3,
        "test": ["creatinine"] * 3,
        "value": ["1", "2", ""],
        "value_unit": ["", "", "mg/dL"],
    }
    labs["upper_limit"] = ["1.2"] * 3  # in the unit of the value, so it has none of its own
    told = _told(take_in(_raw(lab_result=labs)), "measured.no_unit")
    assert [(finding.column, finding.rows) for finding in told] == [("value", 2)]


def test_a_source_without_patients_is_refused_with_the_reason() -> None:
    events = RawTable("adverse_event", "ae.csv", pl.DataFrame({"source_row": [2], "patient_id": ["1"], "term": ["x"]}))
    with pytest.raises(UnreadableSource, match="ward: no patient table"):
        take_in(RawSource("ward", "by hand", (events,), ""))


def test_a_patient_table_without_accrual_is_refused_with_the_reason() -> None:
    with pytest.raises(UnreadableSource, match="no column accrual"):
        take_in(_raw(patient={"patient_id": ["001"]}))


@pytest.mark.parametrize(
    ("conventions", "named"),
    [
        (Conventions(zone="Mars/Phobos"), "zone"),
        (Conventions(date_order="ydm"), "date_order"),
        (Conventions(decimal="'"), "decimal"),
    ],
)
def test_a_convention_that_does_not_exist_is_misuse(conventions: Conventions, named: str) -> None:
    with pytest.raises(Misuse, match=named):
        take_in(_raw(conventions))
