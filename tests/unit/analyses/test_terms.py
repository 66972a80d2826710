"""Are hundreds of terms judged as each alone would be?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.analyses.terms import OUTCOME, Options, analyse, needs
from seriatim.methods import miettinen_nurminen
from seriatim.methods.clopper_pearson import clopper_pearson
from seriatim.methods.cochran_armitage import cochran_armitage, cochran_armitage_exact
from seriatim.methods.fisher_exact import fisher_exact
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

BLOCKS = Plan(title="terms", grouping={"by": "equal groups", "groups": 3})
ARMS = Plan(title="terms", grouping={"by": "levels", "column": "arm", "levels": ("placebo", "low", "high")})
GROUPS = ("placebo", "low", "high")


def tally_of(had: dict[str, tuple[int, ...]], sizes: tuple[int, ...] = (86, 84, 84), groups: tuple = GROUPS) -> Tally:
    keys = (
        Key("group", Role.PARTITION, groups),
        Key("reading", Role.VIEW, ("all",)),
        Key("severity", Role.VIEW, ("any",)),
        Key("term", Role.VIEW, tuple(had)),
        OUTCOME,
    )
    rows = []
    for term, events in had.items():
        for group, n, size in zip(groups, events, sizes, strict=True):
            rows += [(group, "all", "any", term, "yes", n), (group, "all", "any", term, "no", size - n)]
    return tally_from_rows("terms", Unit.PATIENT, "terms", keys, rows)


def results(tally: Tally, plan: Plan = BLOCKS, **options: object) -> Results:
    return Results(tuple(analyse({"terms": tally}, plan, Options(**options))))


# Printed in the safety tables of the CDISC pilot: pruritus 8/86, 22/84, 26/84.
PRURITUS = {"any": (69, 77, 79), "skin": (21, 42, 39), "skin / pruritus": (8, 22, 26), "skin / rare": (0, 1, 0)}


def test_each_cell_is_what_the_method_for_one_table_gives() -> None:
    found = results(tally_of(PRURITUS))
    wanted = {"endpoint": "skin / pruritus [all, any]"}
    risk = found.one(statistic="risk", group="low", **wanted)
    alone = clopper_pearson(22, 84)
    assert (risk.numerator, risk.denominator) == (22, 84)
    assert (risk.value, risk.lower, risk.upper) == pytest.approx((22 / 84, alone.interval.lower, alone.interval.upper))
    difference = found.one(statistic="risk_difference", **wanted)
    change = miettinen_nurminen.difference(8, 86, 26, 84)
    assert (difference.value, difference.lower, difference.upper) == pytest.approx(
        (change.value, change.interval.lower, change.interval.upper)
    )
    expected = {
        "p_score": miettinen_nurminen.score_test(8, 86, 26, 84).value,
        "p_fisher_central": fisher_exact(8, 86, 26, 84).value,
        "p_fisher_minimum_likelihood": fisher_exact(8, 86, 26, 84, "minimum likelihood").value,
    }
    assert {name: found.one(statistic=name, **wanted).value for name in expected} == pytest.approx(expected, rel=1e-9)


def test_trend_over_consecutive_groups_scores_them_by_mean_case_number() -> None:
    found = results(tally_of(PRURITUS))
    scores = [43.5, 128.5, 212.5]
    wanted = {"endpoint": "skin / pruritus [all, any]", "group": "all groups"}
    trend, exact = (found.one(statistic=name, **wanted) for name in ("p_trend_groups", "p_trend_groups_exact"))
    assert trend.value == pytest.approx(cochran_armitage([8, 22, 26], [86, 84, 84], scores).value)
    assert exact.value == pytest.approx(cochran_armitage_exact([8, 22, 26], [86, 84, 84], scores).value)
    assert "mean case number" in trend.assumptions
    assert (trend.flags, exact.flags) == ("asymptotic", "exact")


def test_arms_of_a_trial_are_compared_each_with_the_first() -> None:
    found = results(tally_of(PRURITUS), ARMS, compare="each against first")
    rows = found.where(endpoint="skin / pruritus [all, any]", statistic="p_fisher_minimum_likelihood")
    assert [(row.group, row.reference_group) for row in rows] == [("low", "placebo"), ("high", "placebo")]
    assert [row.value for row in rows] == pytest.approx(
        [fisher_exact(8, 86, n, 84, "minimum likelihood").value for n in (22, 26)]
    )


def test_consecutive_groups_are_compared_first_against_last_alone() -> None:
    rows = results(tally_of(PRURITUS)).where(endpoint="skin / pruritus [all, any]", statistic="risk_difference")
    assert [(row.group, row.reference_group, row.direction) for row in rows] == [
        ("high", "placebo", "last minus first")
    ]


def test_terms_that_hardly_anybody_had_get_no_rows_but_stay_in_the_tally() -> None:
    tally = tally_of(PRURITUS)
    found = results(tally, minimum_patients=2)
    assert found.where(endpoint="skin / rare [all, any]") == []
    assert found.where(endpoint="skin / pruritus [all, any]")
    assert "skin / rare" in tally.levels("term")


def test_adjustment_counts_single_terms_and_not_the_classes_they_add_up_to() -> None:
    found = results(tally_of(PRURITUS | {"skin / rash": (5, 5, 5)}))
    adjusted = [row for row in found if row.statistic == "p_score_bh"]
    # The rare term has no event in either compared group, and so no P value to adjust.
    assert {row.endpoint for row in adjusted} == {"skin / pruritus [all, any]", "skin / rash [all, any]"}
    raw = found.one(endpoint="skin / pruritus [all, any]", statistic="p_score").value
    assert found.one(endpoint="skin / pruritus [all, any]", statistic="p_score_bh").value == pytest.approx(2 * raw)


def test_term_without_an_event_in_both_groups_has_a_reason_instead_of_a_p_value() -> None:
    found = results(tally_of(PRURITUS))
    row = found.one(endpoint="skin / rare [all, any]", statistic="p_score")
    assert row.value is None
    assert row.reason == "no variation: all patients had the event, or none had"
    assert found.one(endpoint="skin / rare [all, any]", statistic="p_fisher_central").value == 1.0


def test_group_without_patients_has_reasons_and_does_not_stop_the_others() -> None:
    found = results(tally_of({"any": (0, 3, 4)}, sizes=(0, 10, 10)))
    assert found.one(statistic="risk", group="placebo").reason == "there are no patients"
    assert found.one(statistic="risk_difference").reason == "a group has no patients"
    assert found.one(statistic="risk", group="high").value == pytest.approx(0.4)


def test_ungraded_and_unclear_records_widen_the_bounds() -> None:
    keys = tally_of(PRURITUS).keys
    rows = [(g, "all", "any", "any", o, n) for g in GROUPS
            for o, n in (("yes", 5), ("onset unclear", 2), ("not graded", 3), ("no", 10))]  # fmt: skip
    found = results(tally_from_rows("terms", Unit.PATIENT, "terms", keys, rows))
    wanted = {"group": "low", "endpoint": "any [all, any]"}
    counts = {name: found.one(statistic=name, **wanted).numerator for name in ("risk_lowest", "risk", "risk_highest")}
    assert counts == {"risk_lowest": 5, "risk": 7, "risk_highest": 10}


def test_no_term_at_all_gives_no_rows() -> None:
    assert len(results(tally_of({}))) == 0


def test_readings_and_severities_of_the_options_are_the_views_of_the_tally() -> None:
    (spec,) = needs(BLOCKS, Options(readings=("serious",), severities=("4",), emergent="source flag"))
    assert spec.key("reading").levels == ("serious",)
    assert spec.key("severity").labels == ("grade 4",)
    assert "source flag" in spec.definition


def test_hundreds_of_terms_agree_with_one_at_a_time() -> None:
    generator = np.random.default_rng(7)
    had = {f"c / t{i}": tuple(int(n) for n in generator.integers(0, 60, 3)) for i in range(200)}
    found = {row.endpoint: row for row in results(tally_of(had)) if row.statistic == "p_score"}
    for term, (first, _, last) in had.items():
        alone = miettinen_nurminen.score_test(first, 86, last, 84)
        assert found[f"{term} [all, any]"].value == pytest.approx(getattr(alone, "value", None))
