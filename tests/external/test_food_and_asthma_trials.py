"""Do plain CSV files of two real trials, read with a mapping, give the published and the recounted figures?

LEAP (New England Journal of Medicine 2015;372:803): peanut allergy at 60 months after avoiding or eating peanut, and
its adverse events; ICATA: adverse events. The sources have no table of patients and no calendar dates, so:

- `prepared` writes a folder with the rows of a file once more as they are, and the columns that do not change within
  a participant, each participant once, as the table of patients; what a column or a word means is said in a mapping;
- of LEAP's oral food challenges only the rows of month 60 are taken, the primary outcome;
- every accrual is the constant 2007: groups are arms, and no result here depends on a date.

A row without a term says that its participant had no event. It is set aside with a finding, and its participant
counts in the denominator. ICATA writes NA for it: the mapping says so, and without it the series warns. The number of
records of the expected files is not compared: a review counts patients.
"""

from __future__ import annotations

import polars as pl
import pytest

import seriatim

ARMS = {"leap": ("Peanut Avoidance", "Peanut Consumption"), "icata": ("Control", "Intervention")}
ALL = {"emergent": "all records"}


@pytest.fixture(scope="module")
def prepared(data, tmp_path_factory):
    def write(file, *constant_columns, **rows):
        folder = tmp_path_factory.mktemp("trial")
        source = pl.read_csv(data / "rho_data_library" / file, infer_schema=False)
        source.select(constant_columns).unique(maintain_order=True).write_csv(folder / "patient.csv")
        source.filter(**rows).write_csv(folder / "records.csv")
        return folder

    return write


def reviewed(series, trial, endpoints, **population):
    plan = seriatim.Plan(
        title="Two arms of a trial",
        population=population,
        grouping={"by": "levels", "column": "arm", "levels": list(ARMS[trial])},
        endpoints=endpoints,
        analyses=[{"name": "incidence", "options": {"curve_points": 0}}],
    )
    return seriatim.review(series, plan).results


def risks(results, endpoint):
    return results.where(statistic="risk", endpoint=endpoint)


@pytest.fixture(scope="module")
def challenges(prepared, mapped):
    mapping = mapped("""
reader: table_folder
tables:
  patient:
    columns: {patient_id: Subject ID, arm: Treatment Group (char), skin_test: Stratum (char)}
    constants: {accrual: "2007"}
  adverse_event:
    file: records.csv
    columns: {patient_id: Subject ID, term: Outcome of OFC}
    codes: {term: {FAIL OFC: peanut allergy, PASS OFC: peanut tolerated}}
  assessment:
    file: records.csv
    columns: {patient_id: Subject ID, assessed: Outcome of OFC}
    codes: {assessed: {FAIL OFC: "yes", PASS OFC: "yes"}}
    constants: {looked_for: peanut allergy}
""")
    columns = ("Subject ID", "Stratum (char)", "Treatment Group (char)")
    folder = prepared("leap-primary-outcome-determination.csv", *columns, **{"Visit Number": "60"})
    return seriatim.read(folder, mapping=mapping)


@pytest.mark.parametrize(
    ("skin_test", "published_p"), [("SPT-negative Stratum", 1.4e-7), ("SPT-positive Stratum", 0.0045)]
)
def test_peanut_allergy_at_60_months_is_as_published(challenges, expected, skin_test, published_p):
    allergy = {"id": "allergy", "label": "Peanut allergy at 60 months", "terms": ["peanut allergy"],
               "no_record_means": "absent if assessed"} | ALL  # fmt: skip
    results = reviewed(challenges, "leap", [allergy], label=skin_test, column="skin_test", levels=[skin_test])
    avoided, ate = risks(results, "allergy")
    (row,) = [row for row in expected("rho_data_library/expected_leap_primary.csv") if row["stratum"] == skin_test]
    assert (avoided.numerator, avoided.denominator) == (int(row["avoid_n"]), int(row["avoid_N"]))
    assert (ate.numerator, ate.denominator) == (int(row["consume_n"]), int(row["consume_N"]))
    assert [round(100 * one.value, 1) for one in (avoided, ate)] == [float(row["avoid_pct"]), float(row["consume_pct"])]
    fisher = results.one(statistic="p_fisher_minimum_likelihood", endpoint="allergy")
    assert fisher.value == pytest.approx(float(row["fisher_p"]), rel=1e-9)
    assert fisher.value == pytest.approx(published_p, rel=0.02)


def test_children_without_a_challenge_are_not_assessed_and_leave_the_denominator(challenges):
    allergy = {"id": "allergy", "label": "Peanut allergy at 60 months", "terms": ["peanut allergy"],
               "no_record_means": "absent if assessed"} | ALL  # fmt: skip
    avoided, ate = risks(reviewed(challenges, "leap", [allergy]), "allergy")
    assert (avoided.denominator, avoided.missing) == (263 + 51, 7)
    assert (ate.denominator, ate.missing) == (267 + 47, 5)


@pytest.fixture(scope="module")
def leap_events(prepared, mapped):
    mapping = mapped("""
reader: table_folder
tables:
  patient: {columns: {patient_id: A_ID, arm: TRTC}, constants: {accrual: "2007"}}
  adverse_event:
    file: records.csv
    columns: {patient_id: A_ID, term: AEPT, system_organ_class: AESOC, grade: Severity, serious: Serious?}
    codes: {grade: {Mild: 1, Moderate: 2, Severe: 3, Life threatening: 4}}
""")
    return seriatim.read(prepared("leap-adae1.csv", "A_ID", "TRTC"), mapping=mapping)


def test_worst_severity_and_serious_events_of_leap_are_those_recounted(leap_events, expected):
    endpoints = [
        {"id": "any_event", "label": "Any adverse event"} | ALL,
        {"id": "severe", "label": "Severe or life threatening", "grades": "3-4"} | ALL,
        {"id": "serious", "label": "Serious", "serious": True} | ALL,
    ]
    results = reviewed(leap_events, "leap", endpoints)
    words = {"worst grade 1": "worst_mild", "worst grade 2": "worst_moderate", "worst grade 3": "worst_severe",
             "worst grade 4": "worst_life_threatening"}  # fmt: skip
    for row in expected("rho_data_library/expected_leap_ae.csv"):
        arm = row["TRTC"]
        any_event, severe, serious = (
            results.one(statistic="risk", endpoint=name, group=arm) for name in ("any_event", "severe", "serious")
        )
        assert any_event.denominator == int(row["patients"])
        assert severe.numerator == int(row["severe_or_life_threatening_patients"])
        assert serious.numerator == int(row["serious_patients"])
        worst = results.where(statistic="worst_grade", endpoint="any_event", group=arm)
        assert {words[one.convention]: one.value for one in worst if one.convention in words} == {
            word: int(row[word]) for word in words.values()
        }
        assert any_event.numerator == sum(int(row[word]) for word in words.values())


def test_every_record_of_leap_is_read_and_only_the_three_without_a_term_are_set_aside(leap_events):
    receipt = leap_events.receipt.table("adverse_event")
    assert (receipt.rows_read, receipt.rows_set_aside) == (8817, 3)


ICATA = """
reader: table_folder
tables:
  patient: {columns: {patient_id: ID, arm: Treatment Arm}, constants: {accrual: "2007"}}
  adverse_event:
    file: records.csv
    columns: {patient_id: ID, term: Preferred Term, system_organ_class: System Organ Class, serious: Serious}
"""


def test_na_as_a_term_of_icata_is_told_where_the_mapping_does_not_say_what_it_means(prepared, mapped):
    series = seriatim.read(prepared("icata-aes.csv", "ID", "Treatment Arm"), mapping=mapped(ICATA))
    told = [finding for finding in series.findings if finding.rule == "check.no_event_word"]
    assert sum(finding.rows for finding in told) == 186


def test_patients_with_an_event_and_with_a_serious_one_of_icata_are_those_recounted(prepared, mapped, expected):
    mapping = mapped(f'{ICATA}    codes: {{term: {{NA: ""}}, serious: {{NA: ""}}}}\n')
    series = seriatim.read(prepared("icata-aes.csv", "ID", "Treatment Arm"), mapping=mapping)
    endpoints = [
        {"id": "any_event", "label": "Any adverse event"} | ALL,
        {"id": "serious", "label": "Serious", "serious": True} | ALL,
    ]
    results = reviewed(series, "icata", endpoints)
    for row in expected("rho_data_library/expected_icata_ae.csv"):
        found = [
            results.one(statistic="risk", endpoint=name, group=row["Treatment Arm"])
            for name in ("any_event", "serious")
        ]
        assert [one.denominator for one in found] == [int(row["N"])] * 2
        assert [one.numerator for one in found] == [int(row["patients_with_ae"]), int(row["serious_patients"])]
