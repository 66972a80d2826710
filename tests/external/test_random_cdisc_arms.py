"""Do responses, deaths and worst grades by arm come out as printed by others and computed in R?

400 random subjects in three arms. Compared are the rows of the expected file that a review makes: 55 of 108. The rest
has no place in one: Wald limits and Wald odds ratios (a review gives exact and score ones), numbers of records and
rates per patient-year (it counts patients), and overall survival (no analysis of survival by arm yet).
Deaths are a column of the subject table, read as an intervention because an endpoint is made of adverse events or
interventions. Pearson's chi-squared has the variance with divisor N, the score test of a review that with N - 1.
"""

from __future__ import annotations

import re

import pytest
from scipy.special import chdtrc, chdtri

import seriatim

ARMS = {"A": "A: Drug X", "B": "B: Placebo", "C": "C: Combination"}
SIZES = {"A": 134, "B": 134, "C": 132}


def plan(arms, analyses, level=0.95, endpoints=()):
    return seriatim.Plan(
        title="Arms of a trial",
        grouping={"by": "levels", "column": "arm", "levels": [ARMS[arm] for arm in arms]},
        level=level,
        endpoints=list(endpoints),
        analyses=[{"name": name} for name in analyses],
    )


@pytest.fixture(scope="module")
def series(data, mapped):
    mapping = mapped("""
reader: adam
tables:
  patient: {file: cadsl.parquet}
  adverse_event: {file: cadae.parquet}
  response: {file: cadrs.parquet, parameter: INVET}
""")
    return seriatim.read(data / "random_cdisc", mapping=mapping)


@pytest.fixture(scope="module")
def deaths(data, mapped):
    mapping = mapped("""
reader: table_folder
tables:
  patient: {file: cadsl.parquet, columns: {patient_id: USUBJID, accrual: TRTSDTM, arm: ACTARM}}
  intervention:
    file: cadsl.parquet
    columns: {patient_id: USUBJID, intervention: DTHFL}
    codes: {intervention: {Y: death, N: alive}}
""")
    died = {"id": "died", "label": "Died", "interventions": ["death"], "emergent": "all records",
            "no_record_means": "absent"}  # fmt: skip
    folder = data / "random_cdisc"
    return seriatim.review(seriatim.read(folder, mapping=mapping), plan("ABC", ["incidence"], endpoints=[died])).results


@pytest.fixture(scope="module")
def events(series):
    endpoints = [
        {"id": "any_event", "label": "Any adverse event", "emergent": "all records"},
        {"id": "severe", "label": "Grade 3 or more", "grades": ">=3", "emergent": "all records"},
    ]
    return seriatim.review(series, plan("ABC", ["incidence"], endpoints=endpoints)).results


@pytest.fixture(scope="module")
def responses(series):
    """By level, the responses of all arms; and those of A against B and of A against C."""
    by_level = {level: seriatim.review(series, plan("ABC", ["response"], level)).results for level in (0.95, 0.90)}
    against = {arm: seriatim.review(series, plan(["A", arm], ["response"])).results for arm in "BC"}
    return by_level, against


@pytest.fixture(scope="module")
def rows(expected):
    """Statistic without its arm -> arm -> the row."""
    found = {}
    for row in expected("random_cdisc/expected_random_cdisc.csv"):
        arm = row["arm"].removeprefix("ARM ")[0]
        found.setdefault(row["statistic"], {})[arm] = row
    return found


def risk(results, endpoint, arm):
    return results.one(statistic="risk", endpoint=endpoint, group=ARMS[arm])


def percentages(row):
    return [100 * value for value in (row.value, row.lower, row.upper)]


def near(text):
    return pytest.approx(float(text), rel=1e-9)


@pytest.mark.parametrize("arm", ARMS)
def test_responders_of_each_arm_are_those_printed_with_the_limits_of_r(rows, responses, arm):
    by_level, _ = responses
    found = risk(by_level[0.95], "overall_response", arm)
    assert found.numerator == float(rows["responders_n"][arm]["value"])
    assert found.denominator == float(rows["N"][arm]["value"]) == SIZES[arm]
    for level, name in ((0.95, "orr_clopper_pearson_95"), (0.90, "orr_clopper_pearson_90")):
        limits = [near(rows[name][arm][column]) for column in ("value", "lcl", "ucl")]
        assert percentages(risk(by_level[level], "overall_response", arm)) == limits


@pytest.mark.parametrize("arm", ARMS)
def test_each_best_response_of_each_arm_is_the_printed_number(rows, responses, arm):
    by_level, _ = responses
    found = by_level[0.95].where(statistic="patients", endpoint="best_response", group=ARMS[arm])
    ours = {row.convention: row.value for row in found}
    printed = {name: float(rows[f"n_{name}"][arm]["value"]) for name in ("CR", "PR", "SD", "PD", "NE")}
    assert ours == printed | {"not assessed": 0}


@pytest.mark.parametrize("arm", ARMS)
def test_exact_limits_of_complete_response_are_those_printed(rows, responses, arm):
    by_level, _ = responses
    ours = percentages(risk(by_level[0.95], "complete_response", arm))[1:]
    assert ours == [near(rows["n_CR"][arm][column]) for column in ("lcl", "ucl")]


@pytest.mark.parametrize("arm", ["B", "C"])
def test_p_of_responders_against_the_first_arm_is_the_printed_one(rows, responses, arm):
    _, against = responses
    about = {"endpoint": "overall_response", "group": ARMS[arm], "reference_group": ARMS["A"]}
    fisher = against[arm].one(statistic="p_fisher_minimum_likelihood", **about)
    assert fisher.value == near(rows["fisher_p_vs_ARM_A"][arm]["value"])
    n = SIZES["A"] + SIZES[arm]
    chi_squared = chdtri(1, float(rows["chisq_p_nocorr"][arm]["value"]))
    assert against[arm].one(statistic="p_score", **about).value == near(chdtrc(1, chi_squared * (n - 1) / n))


@pytest.mark.parametrize("arm", ARMS)
def test_deaths_of_each_arm_are_those_printed(rows, deaths, arm):
    assert risk(deaths, "died", arm).numerator == float(rows["deaths_n"][arm]["value"])


@pytest.mark.parametrize("arm", ARMS)
def test_patients_with_any_event_and_with_each_worst_grade_are_those_of_r(rows, events, arm):
    assert risk(events, "any_event", arm).numerator == float(rows["ae_any_patients"][arm]["value"])
    found = events.where(statistic="worst_grade", endpoint="any_event", group=ARMS[arm])
    ours = {row.convention: row.value for row in found}
    for grade in "12345":
        assert ours[f"worst grade {grade}"] == float(rows[f"worst_grade_{grade}_patients"][arm]["value"])
    severe, theirs = risk(events, "severe", arm), rows["worst_grade>=3_patients(ci of pct)"][arm]
    assert severe.numerator == float(theirs["value"])
    assert percentages(severe)[1:] == [near(theirs[column]) for column in ("lcl", "ucl")]


def test_every_row_of_the_expected_file_is_compared_or_named_as_left_out(rows):
    left_out = r"orr_wald|odds_ratio_wald|ae_records|events|person_years|rate_per_100PY|OS_"
    kept = [name for name in rows if not re.match(left_out, name)]
    assert sum(len(rows[name]) for name in kept) == 55
