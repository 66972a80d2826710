"""What was recorded of a patient before treatment, and who was a candidate?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.case_mix import Options, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.tally import Tally, counts, numbers, select

PLAN = Plan(title="case mix", grouping={"by": "equal groups", "groups": 2})


def tallies(
    patients: list[dict], screening: list[dict] | None = None, engine: str = "polars", **options: object
) -> dict[str, Tally]:
    people = [
        {"patient_id": str(i + 1), "accrual": f"1990-01-{i + 1:02}"} | patient for i, patient in enumerate(patients)
    ]
    tables = {"patient": people} | ({"screening": screening} if screening else {})
    raw = tuple(
        RawTable(name, f"{name}.csv", pl.DataFrame(rows, infer_schema_length=None).with_row_index("source_row"))
        for name, rows in tables.items()
    )
    series = take_in(RawSource("ward", "by hand", raw, ""), engine=engine)
    cases = derive_cases(series, PLAN)
    return {spec.name: count(series, cases, spec) for spec in needs(PLAN, Options(**options))}


def level(tally: Tally, variable: str, name: str) -> int:
    return int(counts(tally, variable=variable, level=name)) if name in tally.levels("level") else 0


def test_empty_value_is_a_level_of_its_own_and_drops_nobody() -> None:
    tally = tallies([{"sex": "f"}, {"sex": None}, {"sex": "m"}])["case_mix"]
    assert [level(tally, "sex", name) for name in ("female", "male", "not recorded")] == [1, 1, 1]


def test_recorded_as_unknown_is_not_the_same_as_not_recorded() -> None:
    tally = tallies([{"sex": "unknown"}, {"sex": None}])["case_mix"]
    assert level(tally, "sex", "unknown") == 1
    assert level(tally, "sex", "not recorded") == 1


def test_performance_status_nought_is_recorded() -> None:
    tally = tallies([{"performance_status": "0"}, {"performance_status": None}])["case_mix"]
    assert level(tally, "performance_status", "0") == 1
    assert level(tally, "performance_status", "not recorded") == 1


def test_column_of_the_site_can_be_a_variable() -> None:
    tally = tallies([{"smoker": "yes"}, {"smoker": "no"}], variables=("smoker",))["case_mix"]
    assert level(tally, "smoker", "yes") == 1


def test_column_that_the_series_does_not_have_has_no_rows() -> None:
    tally = tallies([{"sex": "f"}], variables=("sex", "shoe_size"))["case_mix"]
    assert counts(tally, "level", variable="shoe_size").sum() == 0


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_age_is_counted_year_by_year_and_missing_ages_apart(engine: str) -> None:
    tally = tallies([{"age": "50"}, {"age": None}, {"age": "50"}, {"age": "61"}], engine=engine)["age"]
    assert numbers(select(tally, recorded="yes"), "age").tolist() == [50, 61]
    assert counts(tally, recorded="no") == 1


def candidate(number: str, **columns: str | None) -> dict:
    return {"candidate_id": number, "criterion": "stress test", "screened": "1990-01-01"} | columns


def test_candidate_of_several_criteria_counts_once() -> None:
    screening = [candidate("a", treated="yes"), candidate("a", criterion="creatinine", treated="yes")]
    tally = tallies([{}], screening)["screening"]
    assert counts(tally, outcome="treated") == 1
    assert tally.n.sum() == 1


def test_candidate_not_treated_has_the_reason_given_on_any_of_the_criteria() -> None:
    screening = [candidate("a", treated="no", reason="cardiac"), candidate("a", criterion="lung", treated="no")]
    tally = tallies([{}], screening)["screening"]
    assert counts(tally, outcome="not treated", reason="cardiac") == 1


def test_differing_reasons_are_several_reasons_and_none_is_said_to_be_none() -> None:
    screening = [
        candidate("a", treated="no", reason="cardiac"), candidate("a", criterion="lung", treated="no", reason="lung"),
        candidate("b", treated="no"),
    ]  # fmt: skip
    tally = tallies([{}], screening)["screening"]
    assert counts(tally, outcome="not treated", reason="several reasons") == 1
    assert counts(tally, outcome="not treated", reason="no reason recorded") == 1


def test_candidate_without_an_answer_is_neither_treated_nor_excluded() -> None:
    tally = tallies([{}], [candidate("a", treated=None)])["screening"]
    assert counts(tally, outcome="not recorded") == 1


def test_year_of_a_candidate_is_that_of_the_first_screening() -> None:
    screening = [candidate("a", treated="no"), candidate("a", criterion="lung", screened="1989-12-30", treated="no"),
                 candidate("b", screened=None, treated="no")]  # fmt: skip
    tally = tallies([{}], screening)["screening"]
    assert numbers(tally, "year").tolist() == [0, 1989]


def test_series_without_screening_has_no_candidates_and_invents_none() -> None:
    assert len(tallies([{}])["screening"].n) == 0
