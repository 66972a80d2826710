"""Does a review of the CDISC pilot's ADaM files give the pilot's own tables of adverse events?

Tables 14-5.01 and 14-5.02 of the pilot's report: patients by system organ class and term, and Fisher's exact P
(minimum likelihood) of each dose against placebo. The tables also print how many records stand behind each cell; an
analysis of Seriatim counts patients, so that number of records is not compared here.
"""

from __future__ import annotations

import pytest

import seriatim

ARMS = {"placebo": "Placebo", "low": "Xanomeline Low Dose", "high": "Xanomeline High Dose"}
TREATED = {"placebo": 86, "low": 84, "high": 84}
DOSES = ("low", "high")
FISHER = "p_fisher_minimum_likelihood"
# How many P each table prints.
PRINTED = {"all": 413, "serious": 7}


@pytest.fixture(scope="module")
def results(data, mapped):
    # The laboratory files are not asked here and would take most of the time.
    mapping = mapped("reader: adam\nignore: [adlbc.parquet, adlbh.parquet, adlbhy.parquet]\n")
    plan = seriatim.Plan(
        title="Adverse events by system organ class and term",
        grouping={"by": "levels", "column": "arm", "levels": list(ARMS.values())},
        analyses=[
            {
                "name": "terms",
                "options": {
                    "readings": ["all", "serious"],
                    "severities": ["any"],
                    "emergent": "source flag",
                    "compare": "each against first",
                },
            }
        ],
    )
    return seriatim.review(seriatim.read(data / "cdiscpilot01_adam", mapping=mapping), plan).results


@pytest.fixture(scope="module")
def tables(expected):
    return {
        "all": expected("cdiscpilot01_adam/expected_teae_by_soc_pt.csv"),
        "serious": expected("cdiscpilot01_adam/expected_teae_serious.csv"),
    }


def endpoint(row, reading):
    name = {"any": "any", "soc": row["soc"], "pt": f"{row['soc']} / {row['pt']}"}[row["level"]]
    return f"{name} [{reading}, any]"


def p_values(results, table, reading, column):
    """Each comparison of the table: the expected text, and our row."""
    by_place = {(row.endpoint, row.group): row for row in results.where(statistic=FISHER)}
    return [
        (row[column.format(dose=dose)], by_place[endpoint(row, reading), ARMS[dose]]) for row in table for dose in DOSES
    ]


@pytest.mark.parametrize(("reading", "lines"), [("all", 254), ("serious", 4)])
def test_every_cell_of_the_printed_table_has_as_many_patients(results, tables, reading, lines):
    ours = {
        (row.endpoint, row.group): (row.numerator, row.denominator)
        for row in results.where(statistic="risk")
        if f"[{reading}, " in row.endpoint
    }
    printed = {
        (endpoint(row, reading), ARMS[arm]): (int(row[f"n_{arm}"]), TREATED[arm])
        for row in tables[reading]
        for arm in ARMS
    }
    assert len(printed) == 3 * lines
    assert ours == printed


@pytest.mark.parametrize("reading", ["all", "serious"])
def test_every_fisher_p_is_that_of_the_exact_columns(results, tables, reading):
    pairs = [pair for pair in p_values(results, tables[reading], reading, "fisher_p_{dose}_exact") if pair[0]]
    # The columns have ten digits.
    differ = [(text, row) for text, row in pairs if row.value != pytest.approx(float(text), rel=1e-9)]
    assert len(pairs) == PRINTED[reading]
    assert differ == []


@pytest.mark.parametrize("reading", ["all", "serious"])
def test_every_fisher_p_rounds_to_the_printed_one_with_its_star_below_15_percent(results, tables, reading):
    pairs = [pair for pair in p_values(results, tables[reading], reading, "fisher_p_{dose}_printed") if pair[0]]
    assert len(pairs) == PRINTED[reading]
    assert [row for text, row in pairs if as_printed(row.value) != text] == []


@pytest.mark.parametrize("reading", ["all", "serious"])
def test_where_the_pilot_prints_no_p_nobody_in_both_arms_had_the_term_and_ours_is_1(results, tables, reading):
    pairs = p_values(results, tables[reading], reading, "fisher_p_{dose}_printed")
    blank = [row for text, row in pairs if not text]
    nobody = [row for row in tables[reading] for dose in DOSES if row["n_placebo"] == row[f"n_{dose}"] == "0"]
    assert len(blank) == len(nobody) == 2 * len(tables[reading]) - PRINTED[reading]
    assert {row.value for row in blank} == {1.0}


def as_printed(p):
    """As the pilot prints a P: three decimals, and a star below 0.15."""
    return ">.99" if p > 0.99 else f"{p:.3f}{'*' if p < 0.15 else ''}"
