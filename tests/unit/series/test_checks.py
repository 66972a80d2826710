"""Which contradictions does a series tell, and which partial dates leave room for doubt?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.engines.choose import open_frames
from seriatim.findings import Severity
from seriatim.series.checks import CHECKS, check
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.series.schema import TABLES, table_columns
from seriatim.series.series import Provenance, TreatmentSeries

PATIENT = {"patient_id": "001", "accrual": "1985-01-10"}
FOLLOW_UP = {"patient_id": "001", "last_contact": "1986-06-01", "died": "yes", "death": "1986-06-01"}


def _series(engine: str = "polars", **rows: dict[str, str]) -> TreatmentSeries:
    tables = {"patient": PATIENT, **rows}
    raw = tuple(
        RawTable(name, name, pl.DataFrame({"source_row": [2], **{column: [text] for column, text in row.items()}}))
        for name, row in tables.items()
    )
    return take_in(RawSource("ward", "by hand", raw, ""), engine=engine)


def _told(engine: str = "polars", **rows: dict[str, str]) -> list[tuple[str, str, str | None]]:
    """Findings about anything but the data cut, which a table of one row moves about."""
    return [
        (finding.rule.removeprefix("check."), finding.table, finding.column)
        for finding in check(_series(engine, **rows))
        if finding.rule != "check.after_data_cut"
    ]


EVENT = {"patient_id": "001", "term": "fever"}
DOSE = {"patient_id": "001", "status": "given"}
RESPONSE = {"patient_id": "001", "best_response": "CR"}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            {"adverse_event": {**EVENT, "onset": "1985-01-12", "end": "1985-01-11"}},
            ("end_before_start", "adverse_event", "end"),
        ),
        (
            {"cycle": {"patient_id": "001", "start": "1985-02", "end": "1985-01-31"}},
            ("end_before_start", "cycle", "end"),
        ),
        ({"adverse_event": {**EVENT, "onset": "1985-01-09"}}, ("before_accrual", "adverse_event", "onset")),
        ({"dose": {**DOSE, "started": "1984-12-31T08:00"}}, ("before_accrual", "dose", "started")),
        ({"response": {**RESPONSE, "response_start": "1984"}}, ("before_accrual", "response", "response_start")),
        ({"dose": {**DOSE, "started": "1986-06-02T08:00"}, "follow_up": FOLLOW_UP}, ("after_death", "dose", "started")),
        (
            {"vital": {"patient_id": "001", "test": "weight", "measured_at": "1987"}, "follow_up": FOLLOW_UP},
            ("after_last_contact", "vital", "measured_at"),
        ),
        ({"follow_up": {**FOLLOW_UP, "last_contact": "1986-05-31"}}, ("after_last_contact", "follow_up", "death")),
        ({"follow_up": {**FOLLOW_UP, "death": "1984"}}, ("before_accrual", "follow_up", "death")),
        ({"follow_up": {**FOLLOW_UP, "died": "no"}}, ("died", "follow_up", "death")),
        ({"follow_up": {**FOLLOW_UP, "death": ""}}, ("died", "follow_up", "death")),
        (
            {"adverse_event": {**EVENT, "grade": "5"}, "follow_up": {"patient_id": "001", "died": "no"}},
            ("grade_5_alive", "adverse_event", "grade"),
        ),
        (
            {"cycle": {"patient_id": "001", "baseline_weight": "700", "baseline_weight_unit": "kg"}},
            ("weight", "cycle", "baseline_weight"),
        ),
        (
            {"vital": {"patient_id": "001", "test": "weight", "value": "19.9", "value_unit": "kg"}},
            ("weight", "vital", "value"),
        ),
        (
            {"lab_result": {"patient_id": "001", "test": "creatinine", "lower_limit": "1.2", "upper_limit": "0.6"}},
            ("limits", "lab_result", "lower_limit"),
        ),
        (
            {"response": {**RESPONSE, "response_start": "1985-06", "progression": "1985-05-31"}},
            ("response_order", "response", "progression"),
        ),
        ({"adverse_event": {**EVENT, "term": "NA"}}, ("no_event_word", "adverse_event", "term")),
        ({"adverse_event": {**EVENT, "term": "No adverse events"}}, ("no_event_word", "adverse_event", "term")),
    ],
)
def test_a_contradiction_is_told(engine: str, rows: dict[str, dict[str, str]], expected: tuple[str, str, str]) -> None:
    assert expected in _told(engine, **rows)


@pytest.mark.parametrize(
    "rows",
    [
        {"adverse_event": {**EVENT, "onset": "1985-01", "end": "1985-01-02"}},
        {"adverse_event": {**EVENT, "onset": "1985"}},
        {"dose": {**DOSE, "started": "1986-06-01T23:00"}, "follow_up": FOLLOW_UP},
        {"lab_result": {"patient_id": "001", "test": "creatinine", "collected": "1985-01-08"}},
        {"vital": {"patient_id": "001", "test": "weight", "value": "180", "value_unit": "lb"}},
        {"vital": {"patient_id": "001", "test": "height", "value": "180", "value_unit": "kg"}},
        {"follow_up": FOLLOW_UP},
        {"adverse_event": {**EVENT, "term": "nausea"}},
    ],
)
def test_what_may_be_right_under_some_reading_is_not_told(rows: dict[str, dict[str, str]]) -> None:
    assert _told(**rows) == []


def test_accrual_after_everything_observed_is_told() -> None:
    series = _series(follow_up={"patient_id": "001", "last_contact": "1984"})
    assert "check.after_data_cut" in {finding.rule for finding in check(series)}


def test_the_intake_runs_the_checks_and_sets_nothing_aside_for_them() -> None:
    series = _series(adverse_event={**EVENT, "onset": "1985-01-09"})
    finding = next(finding for finding in series.findings if finding.rule == "check.before_accrual")
    assert finding.severity is Severity.WARNING
    assert series.receipt.rows_set_aside == 0


def test_every_check_runs_on_empty_tables_of_the_schema() -> None:
    dtypes = {"text": pl.String, "int64": pl.Int64, "instant": pl.Datetime("us")}
    empty = {
        name: pl.DataFrame(schema={column: dtypes[dtype] for column, dtype in table_columns(table)})
        for name, table in TABLES.items()
    }
    for engine in ("polars", "duckdb"):
        series = TreatmentSeries(open_frames(empty, engine), engine, Provenance("none", "by hand", ""))
        assert check(series) == ()


def test_every_check_names_a_declared_table_and_column() -> None:
    for rule in CHECKS:
        assert TABLES[rule.table].column(rule.column) is not None, rule.fault.rule
