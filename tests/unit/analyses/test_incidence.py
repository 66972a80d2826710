"""Does the analysis of incidence ask for what it needs and give a row for every statistic?"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from seriatim.analyses import incidence
from seriatim.analyses._family import family_rows
from seriatim.analyses._keys import OUTCOME
from seriatim.analyses.incidence import GRADE_LEVELS, Options, analyse, needs
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

SEPSIS = {"id": "sepsis", "label": "Line sepsis", "grades": "3-4"}
TUBE = {"id": "tube", "label": "Intubation", "interventions": "intubation"}
GROUP = Key("group", Role.PARTITION, ("first", "last"))
ENDPOINT = Key("endpoint", Role.VIEW, ("sepsis", "tube"))
NO_CURVE = Options(curve_points=0)


def plan(*endpoints: dict, **given: object) -> Plan:
    return Plan(**{"title": "t", "grouping": {"by": "blocks", "size": 155}, "endpoints": endpoints} | given)


def tallies(sepsis: tuple[int, int] = (28, 6), tube: tuple[int, int] = (19, 5)) -> Mapping[str, Tally]:
    lines = [
        (group, endpoint, outcome, n)
        for endpoint, events in (("sepsis", sepsis), ("tube", tube))
        for group, had in zip(GROUP.levels, events, strict=True)
        for outcome, n in (("yes", had), ("no", 155 - had))
    ]
    made = tally_from_rows("incidence", Unit.PATIENT, "patients", (GROUP, ENDPOINT, OUTCOME), lines)
    return {"incidence": made}


def test_specs_are_by_group_by_case_and_by_worst_grade():
    specs = needs(plan(SEPSIS, TUBE), NO_CURVE)
    assert [spec.name for spec in specs] == ["incidence", "incidence_by_case", "worst_grade"]
    assert specs[0].absent == ("outcome", "no")
    assert specs[2].key("endpoint").levels == ("sepsis",)  # an intervention has no grade


def test_groups_that_are_not_consecutive_need_no_tally_by_case():
    arms = {"by": "levels", "column": "arm", "levels": ["A", "B"]}
    assert [spec.name for spec in needs(plan(SEPSIS, grouping=arms), NO_CURVE)] == ["incidence", "worst_grade"]


def test_interventions_alone_need_no_worst_grade_and_no_endpoint_needs_nothing():
    assert [spec.name for spec in needs(plan(TUBE), NO_CURVE)] == ["incidence", "incidence_by_case"]
    assert needs(plan(), NO_CURVE) == []


def test_each_endpoint_has_its_risks_its_comparison_and_its_trend():
    rows = analyse(tallies(), plan(SEPSIS, TUBE), NO_CURVE)
    for endpoint, risks in (("sepsis", [28 / 155, 6 / 155]), ("tube", [19 / 155, 5 / 155])):
        own = [row for row in rows if row.endpoint == endpoint]
        assert [row.value for row in own if row.statistic == "risk"] == risks
        assert {"risk_difference", "p_score", "p_trend_groups", "verdict_depends"} <= {row.statistic for row in own}
    assert len({row.result_id for row in rows}) == len(rows)
    assert {row.tally_keys for row in rows} == {"endpoint=sepsis", "endpoint=tube"}


def test_primary_comparison_is_not_exploratory_and_its_trends_are():
    rows = analyse(tallies(), plan(SEPSIS, TUBE, primary={"endpoints": ["sepsis"]}), NO_CURVE)
    exploratory = {(row.endpoint, row.statistic): row.exploratory for row in rows}
    assert not exploratory["sepsis", "p_score"]
    assert exploratory["sepsis", "p_trend_groups"]
    assert exploratory["tube", "p_score"]


def test_rows_by_case_come_only_where_the_tally_is_there():
    keys = (Key("case_number", Role.ORDER), ENDPOINT, OUTCOME)
    lines = [
        (case, endpoint, "yes" if case <= 3 else "no", 1) for endpoint in ("sepsis", "tube") for case in range(1, 7)
    ]
    by_case = tally_from_rows("incidence_by_case", Unit.PATIENT, "patients", keys, lines)
    rows = analyse({**tallies(), "incidence_by_case": by_case}, plan(SEPSIS, TUBE), Options(curve_points=2))
    assert [row.value for row in rows if row.statistic == "p_trend_cases"] == pytest.approx([0.1, 0.1])
    assert any(row.statistic == "risk_curve" for row in rows)
    assert not any(row.statistic == "p_trend_cases" for row in analyse(tallies(), plan(SEPSIS), NO_CURVE))


def graded(*lines: tuple) -> list:
    keys = (GROUP, Key("endpoint", Role.VIEW, ("sepsis",)), Key("worst_grade", Role.PARTITION, GRADE_LEVELS))
    tally = tally_from_rows("worst_grade", Unit.PATIENT, "patients", keys, list(lines))
    return list(analyse({**tallies(), "worst_grade": tally}, plan(SEPSIS, TUBE), NO_CURVE))


def test_worst_grades_are_counted_group_by_group_with_not_graded_apart():
    rows = graded(("first", "sepsis", "4", 2), ("first", "sepsis", "not graded", 1), ("last", "sepsis", "none", 5))
    counted = {
        (row.group, row.convention): (row.value, row.denominator) for row in rows if row.statistic == "worst_grade"
    }
    assert counted["first", "worst grade 4"] == (2.0, 3)
    assert counted["first", "not graded"] == (1.0, 3)
    assert counted["first", "none"] == (0.0, 3)
    assert counted["last", "none"] == (5.0, 5)
    assert len(counted) == 2 * len(GRADE_LEVELS)
    assert {row.endpoint for row in rows if row.statistic == "worst_grade"} == {"sepsis"}


def test_trend_of_worst_grades_leaves_out_the_ungraded_and_counts_them_as_missing():
    rows = graded(
        ("first", "sepsis", "4", 3), ("last", "sepsis", "none", 3), ("last", "sepsis", "not graded", 2),
        ("first", "sepsis", "not assessed", 1),
    )  # fmt: skip
    (trend,) = (row for row in rows if row.statistic == "p_trend_grades")
    assert (trend.value, trend.missing) == (pytest.approx(0.1), 3)  # the two ends of 20 equally likely orders


def test_trend_of_worst_grades_of_nobody_has_a_reason():
    (trend,) = (row for row in graded(("first", "sepsis", "not graded", 3)) if row.statistic == "p_trend_grades")
    assert trend.value is None
    assert trend.reason


# ---- the family that is adjusted together


def family(events: tuple, primary: object) -> dict[str, float]:
    asked = plan(SEPSIS, TUBE, primary=primary)
    rows = analyse(tallies(*events), asked, NO_CURVE)
    raw = {row.endpoint: row.value for row in rows if row.statistic == "p_score"}
    found = Results(tuple(family_rows(rows, asked)))
    return {f"{row.endpoint} {row.adjusted_by}": row.value / raw[row.endpoint] for row in found}


def test_smaller_of_two_primary_p_values_is_doubled_by_both_adjustments():
    ratios = family(((28, 6), (19, 5)), {"endpoints": ["sepsis", "tube"]})
    assert ratios == {
        "sepsis Holm": pytest.approx(2),
        "tube Holm": pytest.approx(1),
        "sepsis Benjamini-Hochberg": pytest.approx(2),
        "tube Benjamini-Hochberg": pytest.approx(1),
    }


def test_endpoints_outside_the_primary_contrast_are_not_adjusted():
    assert set(family(((28, 6), (19, 5)), {"endpoints": ["tube"]})) == {"tube Holm", "tube Benjamini-Hochberg"}


def test_plan_without_a_primary_contrast_adjusts_nothing():
    assert family(((28, 6), (19, 5)), None) == {}


def test_p_value_that_could_not_be_computed_stays_out_of_the_count():
    ratios = family(((28, 6), (0, 0)), {"endpoints": ["sepsis", "tube"]})
    assert ratios == {"sepsis Holm": pytest.approx(1), "sepsis Benjamini-Hochberg": pytest.approx(1)}


def test_adjusted_row_says_by_what_and_over_how_many():
    asked = plan(SEPSIS, TUBE, primary={"endpoints": ["sepsis", "tube"]})
    holm, *_ = family_rows(analyse(tallies(), asked, NO_CURVE), asked)
    assert (holm.statistic, holm.family, holm.adjusted_by) == ("p_score_holm", "primary", "Holm")
    assert holm.method.endswith("adjusted by Holm over 2 endpoints")


def test_analysis_keeps_its_contract():
    assert incidence.Options().curve_points == 60
