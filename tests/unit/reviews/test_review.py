"""Does the main road lead from a series and a plan to results, tallies and a report that say the same?"""

from __future__ import annotations

from datetime import datetime
from html import unescape

import polars as pl
import pytest

from seriatim.derive._cases import derive_cases
from seriatim.errors import DataSetAside, InvalidDocument, Misuse, UnreadableSource
from seriatim.findings import Severity
from seriatim.plans.plan import Plan
from seriatim.results.results import read_results
from seriatim.reviews.account import account_of
from seriatim.reviews.analyse import analyse, check_options, tallies_needed
from seriatim.reviews.check import check_source
from seriatim.reviews.provenance import plan_hash, provenance_of
from seriatim.reviews.read import read
from seriatim.reviews.review import require_nothing_set_aside, review
from seriatim.reviews.tally import tally
from seriatim.series.intake import take_in
from seriatim.series.raw import Conventions, RawSource, RawTable
from seriatim.series.series import TreatmentSeries
from seriatim.series.stored import write_series
from seriatim.tallies.files import content_hash, read_tallies

SEPSIS = {"id": "sepsis", "label": "Line sepsis", "terms": "line sepsis", "grades": "3-4"}


def plan(**given: object) -> Plan:
    named = {
        "title": "Our series",
        "grouping": {"by": "blocks", "size": 4},
        "endpoints": [SEPSIS],
        "analyses": [{"name": "accrual"}, {"name": "incidence", "options": {"curve_points": 0}}],
    }
    return Plan(**named | given)


def series(*, lost: bool = False, zone: str = "UTC") -> TreatmentSeries:
    """Eight patients, of whom the first four had line sepsis; `lost` adds one without an accrual date."""
    patients = [{"patient_id": str(day), "accrual": f"1990-01-0{day}", "diagnosis": "melanoma"} for day in range(1, 9)]
    if lost:
        patients.append({"patient_id": "9", "accrual": None, "diagnosis": "renal"})
    events = [
        {"patient_id": str(day), "term": "line sepsis", "grade": "3", "onset": f"1990-01-1{day}"} for day in range(1, 5)
    ]
    raw = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in {"patient": patients, "adverse_event": events}.items()
    )
    return take_in(RawSource("ward", "by hand", raw, "", (), Conventions(zone=zone)))


def test_review_gives_results_tallies_and_a_page_that_begins_with_the_answer():
    done = review(series(), plan())
    assert [row.numerator for row in done.results.where(statistic="risk")] == [4, 0]
    assert set(done.tallies) == {"accrual", "practice_changes", "incidence", "incidence_by_case", "worst_grade"}
    assert done.page.title == "Our series"
    assert done.page.subtitle == ("8 treated patients, first treated from 1990-01 to 1990-01, in 2 groups of 4.")
    assert done.page.sections[0].name == "answer"
    assert done.answer[0].text.startswith("Severe toxicity fell. Of 1 endpoint, 1 fell")


def test_notebook_shows_the_report_in_a_frame_of_its_own_and_keeps_its_own_style():
    done = review(series(), plan())
    shown = done._repr_html_()
    assert shown.startswith("<iframe ")
    assert shown.count("<") == 2  # the frame and its end: the whole report is inside an attribute
    assert unescape(shown.partition('srcdoc="')[2].rpartition('"></iframe>')[0]) == done.html


def test_prompt_shows_a_review_and_a_series_in_words_without_a_patient():
    given = series()
    done = repr(review(given, plan()))
    assert done.startswith("Review of 8 treated patients, first treated from 1990-01 to 1990-01, in 2 groups of 4.\n")
    assert "Severe toxicity fell." in done
    assert len(done.splitlines()) < 12
    assert repr(given) == "TreatmentSeries('ward', patient 8, adverse_event 4, 2 findings, polars)"


def test_review_is_written_as_report_results_and_tallies_that_can_be_read_again(tmp_path):
    done = review(series(), plan())
    report = done.write(tmp_path / "new" / "review")
    assert report.read_text(encoding="utf-8") == done.html
    assert read_results(report.parent / "results.parquet") == done.results
    kept = read_tallies(report.parent / "tallies")
    assert {name: content_hash(one) for name, one in kept.items()} == {
        name: content_hash(one) for name, one in done.tallies.items()
    }
    assert analyse(kept, plan()) == done.results


def test_plan_may_be_given_as_a_file_or_by_its_name(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("schema: seriatim.plan/1\ntitle: From a file\ngrouping: {by: blocks, size: 4}\n")
    assert review(series(), path).plan.title == "From a file"
    assert "questions of the 1998 review" in review(series(), "il2_1998").plan.title
    assert set(tally(series(), path)) == set()
    assert set(tally(series(), plan())) == set(review(series(), plan()).tallies)


def test_each_step_is_told_to_whoever_waits():
    told: list[str] = []
    review(series(), plan(), progress=told.append)
    assert told == ["counting", "analysing"]


def test_rows_set_aside_are_refused_unless_the_plan_allows_them():
    done = review(series(lost=True), plan())
    assert len(done.results.where(statistic="risk")) == 2  # the review goes on
    with pytest.raises(DataSetAside, match="1 row was set aside"):
        require_nothing_set_aside(done)
    require_nothing_set_aside(review(series(lost=True), plan(set_aside="allow")))
    require_nothing_set_aside(review(series(), plan()))


def test_account_leads_from_the_rows_read_to_the_patients_reviewed():
    asked = plan(population={"label": "melanoma", "column": "patient_id", "levels": ["1", "2", "3"]})
    given = series(lost=True)
    lines = account_of(given, derive_cases(given, asked)).lines
    assert [(line.step, line.n, line.reason) for line in lines] == [
        ("patient rows read", 9, ""),
        ("patient rows set aside", 1, "row.required_missing"),
        ("patients in the series", 8, ""),
        ("patients not reviewed", 5, "not in the population: melanoma"),
        ("patients reviewed", 3, ""),
        ("adverse_event rows used", 4, "0 set aside"),
    ]


def test_account_of_a_series_without_a_receipt_begins_with_its_patients():
    given = series()
    bare = TreatmentSeries(given.tables, given.engine, given.provenance)
    steps = [line.step for line in account_of(bare, derive_cases(bare, plan())).lines]
    assert steps == ["patients in the series", "patients reviewed"]


def test_provenance_has_what_is_needed_to_make_the_report_again():
    entries = provenance_of(series(), plan(), "seriatim review ward")
    assert entries["Source"] == "ward"
    assert entries["Engine"] == "polars"
    assert entries["Command"] == "seriatim review ward"
    assert entries["Plan (SHA-256)"] == plan_hash(plan())
    assert "numpy" in entries["Libraries"]
    assert "Command" not in provenance_of(series(), plan(), "")


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "UTC"])
def test_data_cut_is_printed_as_the_day_of_the_ward(zone):
    assert provenance_of(series(zone=zone), plan(), "")["Data cut"] == "1990-01-14"


def test_data_cut_that_is_not_known_says_so():
    given = series()
    bare = TreatmentSeries(given.tables, given.engine, type(given.provenance)("ward", "by hand", ""))
    assert provenance_of(bare, plan(), "")["Data cut"] == "not known"
    assert given.provenance.data_cut >= datetime(1990, 1, 14)  # noqa: DTZ001


def test_layout_of_a_plan_does_not_change_its_hash():
    assert plan_hash(plan()) == plan_hash(plan())
    assert plan_hash(plan()) != plan_hash(plan(level=0.9))


def test_unknown_analysis_is_refused_before_any_data_are_touched():
    with pytest.raises(Misuse, match="nothing on the shelf analyses is called 'kaplan'"):
        check_options(plan(analyses=[{"name": "kaplan"}]))


def test_unknown_option_is_told_with_those_that_there_are():
    with pytest.raises(InvalidDocument) as told:
        check_options(plan(analyses=[{"name": "incidence", "options": {"points": 3, "curve_points": "many"}}]))
    assert "options of the analysis incidence" in str(told.value)
    assert "  points: found 3, expected no such key; remove it or mend its spelling" in str(told.value)
    assert str(told.value).endswith("it has the options curve_points")
    with pytest.raises(InvalidDocument, match="it has the options none"):
        check_options(plan(analyses=[{"name": "accrual", "options": {"by": "day"}}]))


def test_plan_without_faults_passes_its_check():
    check_options(plan())
    assert [spec.name for spec in tallies_needed(plan())][:2] == ["accrual", "practice_changes"]


def test_source_that_is_not_there_is_said_so():
    with pytest.raises(UnreadableSource, match="there is no nowhere"):
        read("nowhere")


def test_stored_series_is_read_again_and_reviewed_to_the_same_results(tmp_path):
    write_series(series(), tmp_path / "series")
    again = read(tmp_path / "series")
    assert review(again, plan()).results == review(series(), plan()).results


def test_folder_of_tables_is_read_and_checked(tmp_path):
    (tmp_path / "patient.csv").write_text("patient_id,accrual\n1,1990-01-01\n2,\n")
    checked = check_source(tmp_path)
    assert checked.needs_mending
    assert checked.summary == "1 rows or values were set aside; 0 more are kept with a warning or a note"
    assert [found.severity for found in checked.findings] == [Severity.ROW_SET_ASIDE]
    assert checked.receipt.rows_set_aside == 1
