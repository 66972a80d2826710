"""Do reviews of consecutive groups give what R gave: counts, exact limits, first against last, trend?

The design of the 1998 review on two data sets: 400 patients in four groups of 100 by the start of treatment, and 254
in groups of 85, 85 and 84 by start and identifier. Every row of the expected file is compared.

- Deaths and stops for an adverse event are columns of the subject table. They are read as interventions, because an
  endpoint is made of adverse events or interventions; `subjects` says how.
- R's trend test has the binomial variance (divisor N) and scores 1, 2, 3, ...; a review has the hypergeometric
  variance (N - 1) and mean case numbers. The binomial form of our method gives R's chi-squared from the counts of the
  review. In groups of one size the scores come to the same, and there the P of the review itself is held to R's
  chi-squared times (N - 1) / N.
- R gives no trend where nobody had the event; there a review gives the reason.
"""

from __future__ import annotations

import re

import pytest
from scipy.special import chdtrc

import seriatim
from seriatim.methods.cochran_armitage import cochran_armitage
from seriatim.methods.values import PValue
from seriatim.readers._datasets import read_dataset
from seriatim.readers._snapshot import take_snapshot

RANDOM = "random_cdisc by TRTSDTM, 4 groups of 100"
PILOT = "cdiscpilot01 by TRTSDT then USUBJID"
SIZES = {RANDOM: 100, PILOT: 85}

ALL, FLAG = {"emergent": "all records"}, {"emergent": "source flag"}
DIED, STOPPED = "death (DTHFL)", "discontinued due to AE (DCSREAS Adverse Event)"
DONE = ALL | {"no_record_means": "absent"}
ENDPOINTS = {
    RANDOM: {
        "any AE": ALL,
        "worst grade >=3": ALL | {"grades": ">=3"},
        "worst grade >=4": ALL | {"grades": ">=4"},
        "worst grade 5": ALL | {"grades": "5"},
        "worst grade >=3 in SOC cl B.2": ALL | {"grades": ">=3", "system_organ_classes": ["cl B.2"]},
        "worst grade >=3 in SOC cl D.1": ALL | {"grades": ">=3", "system_organ_classes": ["cl D.1"]},
        "worst grade >=3 in SOC cl C.2": ALL | {"grades": ">=3", "system_organ_classes": ["cl C.2"]},
    },
    PILOT: {
        "any TEAE": FLAG,
        "moderate or severe TEAE": FLAG | {"grades": "2-3"},
        "severe TEAE": FLAG | {"grades": "3"},
        "PRURITUS": FLAG | {"terms": ["pruritus"]},
        "CARDIAC DISORDERS": FLAG | {"system_organ_classes": ["cardiac disorders"]},
        "serious TEAE": FLAG | {"serious": True},
    },
}
RESPONSES = {"response CR+PR (INVET)": "overall_response", "complete response": "complete_response"}


def plan(size, endpoints, *analyses):
    """A review in blocks. Endpoints in the order given, called e0, e1, ..."""
    return seriatim.Plan(
        title="Consecutive groups",
        grouping={"by": "blocks", "size": size},
        endpoints=[{"id": f"e{place}", "label": label} | said for place, (label, said) in enumerate(endpoints.items())],
        analyses=[{"name": name} for name in analyses],
    )


def reviewed(series, size, endpoints):
    """Label -> the results of that endpoint's analysis, and its name there."""
    asked = plan(size, endpoints, "incidence")
    results = seriatim.review(series, asked).results
    return {endpoint.label: (results, endpoint.id) for endpoint in asked.endpoints}


def subjects(folder, mapped, file, column, word, order):
    """The subject table twice: as patients, and one of its columns as interventions."""
    mapping = mapped(f"""
reader: table_folder
tables:
  patient: {{file: {file}, columns: {{patient_id: USUBJID, accrual: {order}}}}}
  intervention:
    file: {file}
    columns: {{patient_id: USUBJID, intervention: {column}}}
    codes: {{intervention: {word}}}
""")
    return seriatim.read(folder, mapping=mapping)


@pytest.fixture(scope="module")
def random_patients(data, mapped):
    folder = data / "random_cdisc"
    mapping = mapped("""
reader: adam
tables:
  patient: {file: cadsl.parquet}
  adverse_event: {file: cadae.parquet}
  response: {file: cadrs.parquet, parameter: INVET}
""")
    series = seriatim.read(folder, mapping=mapping)
    deaths = subjects(folder, mapped, "cadsl.parquet", "DTHFL", "{Y: death, N: alive}", "TRTSDTM")
    response = seriatim.review(series, plan(100, {}, "response")).results
    return {
        **reviewed(series, 100, ENDPOINTS[RANDOM]),
        **reviewed(deaths, 100, {DIED: DONE | {"interventions": ["death"]}}),
        **{label: (response, name) for label, name in RESPONSES.items()},
    }


@pytest.fixture(scope="module")
def pilot_patients(data, mapped, tmp_path_factory):
    folder = data / "cdiscpilot01_adam"
    mapping = mapped("""
reader: adam
ignore: [adlbc.parquet, adlbh.parquet, adlbhy.parquet]
tables:
  adverse_event:
    columns: {grade: AESEV}
    codes: {grade: {MILD: 1, MODERATE: 2, SEVERE: 3}}
""")
    # No reader of plain tables knows XPT: the same rows, as Parquet.
    copy = tmp_path_factory.mktemp("subjects")
    read_dataset(take_snapshot(folder / "adsl.xpt")).frame.drop("source_row").write_parquet(copy / "adsl.parquet")
    stops = subjects(copy, mapped, "adsl.parquet", "DCSREAS", "{Adverse Event: stopped for toxicity}", "TRTSDT")
    return {
        **reviewed(seriatim.read(folder, mapping=mapping), 85, ENDPOINTS[PILOT]),
        **reviewed(stops, 85, {STOPPED: DONE | {"interventions": ["stopped for toxicity"]}}),
    }


@pytest.fixture(scope="module")
def ours(random_patients, pilot_patients):
    return {RANDOM: random_patients, PILOT: pilot_patients}


@pytest.fixture(scope="module")
def rows(expected):
    return expected("stats_oracle/expected_consecutive_groups.csv")


def risks(found):
    results, name = found
    return [row for row in results.where(statistic="risk", endpoint=name) if row.stratum in ("", "all")]


def p_value(found, statistic):
    results, name = found
    return next(row for row in results.where(statistic=statistic, endpoint=name) if row.stratum in ("", "all"))


def near(value):
    return pytest.approx(value, rel=1e-9, abs=1e-14)


def test_every_row_of_the_expected_file_is_compared(rows, ours):
    kinds = [re.sub(r"\d", "", row["statistic"].split(" ")[0]) for row in rows]
    assert {kind: kinds.count(kind) for kind in kinds} == {"group": 61, "fisher": 17, "cochran-armitage": 17}
    assert {(row["dataset"], row["endpoint"]) for row in rows} == {
        (dataset, label) for dataset, found in ours.items() for label in found
    }


def test_every_group_has_the_patients_the_percentage_and_the_exact_limits(rows, ours):
    compared = 0
    for row in rows:
        if group := re.match(r"group(\d+) n/N", row["statistic"]):
            found = risks(ours[row["dataset"]][row["endpoint"]])[int(group[1]) - 1]
            assert (found.numerator, found.denominator, found.missing) == (int(row["k"]), int(row["n"]), 0), row
            percentages = [100 * value for value in (found.value, found.lower, found.upper)]
            assert percentages == [near(float(row[name])) for name in ("value", "lcl", "ucl")], row
            compared += 1
    assert compared == 61


def test_every_fisher_p_of_the_first_against_the_last_group_is_that_of_r(rows, ours):
    for row in rows:
        if row["statistic"].startswith("fisher"):
            found = p_value(ours[row["dataset"]][row["endpoint"]], "p_fisher_minimum_likelihood")
            assert found.value == near(float(row["p"])), row


def test_every_trend_over_the_groups_is_that_of_r_with_the_binomial_variance(rows, ours):
    for row in rows:
        if row["statistic"].startswith("cochran-armitage"):
            groups = risks(ours[row["dataset"]][row["endpoint"]])
            events, n = ([getattr(group, name) for group in groups] for name in ("numerator", "denominator"))
            trend = cochran_armitage(events, n, range(1, len(groups) + 1), variance="binomial")
            assert isinstance(trend, PValue) == bool(row["p"]), row
            if isinstance(trend, PValue):
                assert trend.statistic**2 == near(float(row["value"])), row
                assert trend.value == near(float(row["p"])), row


def test_the_trend_p_of_the_review_is_that_of_r_with_the_hypergeometric_variance(rows, ours):
    compared = 0
    for row in rows:
        if row["statistic"].startswith("cochran-armitage") and row["dataset"] == RANDOM:
            found = p_value(ours[RANDOM][row["endpoint"]], "p_trend_groups")
            assert bool(found.reason) == (row["p"] == "")
            if row["p"]:
                assert found.value == near(chdtrc(1, float(row["value"]) * 399 / 400)), row
                compared += 1
    assert compared == 9
