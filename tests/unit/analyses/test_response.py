"""Are response rates, excluded losses, trends and durations read rightly from small tallies?"""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from seriatim.analyses._response_counts import BEST_RESPONSE, MOMENT, ONGOING
from seriatim.analyses._response_duration import DURATION_KEYS
from seriatim.analyses.response import Options, analyse, needs
from seriatim.methods import miettinen_nurminen
from seriatim.methods.log_rank import log_rank
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

PLAN = Plan(title="response", grouping={"by": "equal groups", "groups": 2}, stratum="diagnosis", strata=("melanoma",))
GROUP = Key("group", Role.PARTITION, ("early", "late"))
STRATUM = Key("stratum", Role.PARTITION, ("melanoma", "other or unknown"))

# The tables of reversed association: 10 to 15 % and 40 to 48 % within the strata, 30.7 to 26.0 % together.
BEST = [
    ("early", "melanoma", "CR", 4), ("early", "melanoma", "PR", 5), ("early", "melanoma", "PD", 71),
    ("early", "melanoma", "NE", 8), ("early", "melanoma", "not assessed", 2),
    ("early", "other or unknown", "CR", 20), ("early", "other or unknown", "PR", 60),
    ("early", "other or unknown", "SD", 120),
    ("late", "melanoma", "CR", 10), ("late", "melanoma", "PR", 20), ("late", "melanoma", "PD", 170),
    ("late", "other or unknown", "CR", 8), ("late", "other or unknown", "PR", 40),
    ("late", "other or unknown", "SD", 52),
]  # fmt: skip
ONGOING_ROWS = [
    ("early", "melanoma", "landmark", "yes", 3), ("early", "melanoma", "landmark", "no", 80),
    ("early", "melanoma", "landmark", "date unclear", 1), ("early", "melanoma", "landmark", "follow-up too short", 4),
    ("early", "melanoma", "landmark", "not assessed", 2),
    ("late", "melanoma", "landmark", "yes", 8), ("late", "melanoma", "landmark", "no", 192),
    ("early", "melanoma", "data cut", "yes", 2), ("early", "melanoma", "data cut", "no", 86),
    ("early", "melanoma", "data cut", "not assessed", 2),
    ("late", "melanoma", "data cut", "yes", 9), ("late", "melanoma", "data cut", "no", 191),
]  # fmt: skip
DURATIONS = [
    ("early", "melanoma", reading, day, end, 1)
    for reading in ("earliest", "latest")
    for day, end in ((100, "progression or death"), (200, "censored"), (300, "progression or death"))
] + [("early", "melanoma", "earliest", 0, "not dated", 1)]  # fmt: skip


def tallies(best: list = BEST, ongoing: list = ONGOING_ROWS, durations: list = DURATIONS) -> dict[str, Tally]:
    made = {
        "best_response": ((GROUP, STRATUM, BEST_RESPONSE), best),
        "ongoing_complete": ((GROUP, STRATUM, MOMENT, ONGOING), ongoing),
        "response_duration": ((GROUP, STRATUM, *DURATION_KEYS), durations),
    }
    return {name: tally_from_rows(name, Unit.PATIENT, name, keys, rows) for name, (keys, rows) in made.items()}


def results(options: Options | None = None, **changed: list) -> Results:
    return Results(tuple(analyse(tallies(**changed), PLAN, options or Options())))


def test_patients_who_could_not_be_evaluated_count_as_no_response_and_widen_the_bounds() -> None:
    found = results()
    wanted = {"endpoint": "overall_response", "stratum": "melanoma", "group": "early"}
    risk = found.one(statistic="risk", **wanted)
    assert (risk.numerator, risk.denominator) == (9, 90)
    highest = found.one(statistic="risk_highest", **wanted)
    assert (highest.numerator, highest.denominator) == (19, 90)


def test_sensitivity_reading_leaves_them_out_of_the_denominator() -> None:
    row = results().one(endpoint="overall_response", stratum="melanoma", group="early", statistic="risk_evaluable")
    assert (row.numerator, row.denominator, row.missing) == (9, 80, 10)
    assert Fraction(row.numerator, row.denominator) == Fraction(9, 80)


def test_group_without_any_record_of_response_has_no_rate_rather_than_a_rate_of_nought() -> None:
    best = [("early", "melanoma", "not assessed", 5), ("late", "melanoma", "CR", 1), ("late", "melanoma", "PD", 4)]
    found = results(best=best)
    row = found.one(endpoint="overall_response", stratum="melanoma", group="early", statistic="risk")
    assert row.value is None
    assert row.missing == 5
    difference = found.one(endpoint="overall_response", stratum="melanoma", statistic="risk_difference")
    assert difference.value is None
    assert difference.reason


def test_common_difference_over_histologies_is_flagged_where_it_turns_the_pooled_one_round() -> None:
    found = results()
    pooled = found.one(endpoint="overall_response", stratum="all", statistic="risk_difference")
    within = found.one(endpoint="overall_response", stratum="all, by stratum", statistic="risk_difference")
    assert pooled.value == pytest.approx(78 / 300 - 89 / 290)
    # Weights n1 n2 / (n1 + n2): 90 x 200 / 290 and 200 x 100 / 300.
    weights = (Fraction(90 * 200, 290), Fraction(200 * 100, 300))
    changes = (Fraction(30, 200) - Fraction(9, 90), Fraction(48, 100) - Fraction(80, 200))
    expected = sum(w * c for w, c in zip(weights, changes, strict=True)) / sum(weights)
    assert within.value == pytest.approx(float(expected))
    assert "reversed-within-strata" in within.flags
    assert within.warning


def test_without_a_margin_the_largest_loss_not_excluded_is_the_lower_limit() -> None:
    found = results()
    wanted = {"endpoint": "overall_response", "stratum": "all"}
    lower = miettinen_nurminen.difference(89, 290, 78, 300).interval.lower
    assert found.one(statistic="largest_loss_not_excluded", **wanted).value == pytest.approx(-lower)
    assert found.where(statistic="loss_excluded") == []


def test_margin_is_judged_at_one_sided_two_and_a_half_percent_with_its_source() -> None:
    margin = {"endpoint": "overall_response", "points": 15, "source": "protocol 7, section 9"}
    found = results(Options(margins=(margin,)))
    wanted = {"endpoint": "overall_response", "stratum": "all"}
    verdict, p = (found.one(statistic=name, **wanted) for name in ("loss_excluded", "p_noninferiority"))
    assert verdict.value == 1.0
    assert verdict.level == pytest.approx(0.975)
    assert p.value < 0.025
    assert p.sides == 1
    assert "protocol 7, section 9" in verdict.assumptions
    assert "15 points" in p.assumptions


@pytest.mark.parametrize("points", range(1, 20))
def test_verdict_and_one_sided_p_never_contradict_each_other(points: int) -> None:
    margin = {"endpoint": "overall_response", "points": points, "source": "a protocol"}
    found = results(Options(margins=(margin,)))
    for stratum in ("melanoma", "other or unknown", "all", "all, by stratum"):
        verdict, p = (
            found.one(statistic=name, endpoint="overall_response", stratum=stratum)
            for name in ("loss_excluded", "p_noninferiority")
        )
        assert bool(verdict.value) == (p.value < 0.025)


def test_margin_for_an_unknown_endpoint_is_refused() -> None:
    with pytest.raises(ValidationError, match="overall_response"):
        Options(margins=({"endpoint": "survival", "points": 10, "source": "a protocol"},))


def test_margin_without_a_source_is_refused() -> None:
    with pytest.raises(ValidationError):
        Options(margins=({"endpoint": "overall_response", "points": 10, "source": ""},))


def test_unclear_date_counts_as_not_ongoing_and_widens_the_bounds() -> None:
    found = results()
    wanted = {"endpoint": "ongoing_complete", "stratum": "melanoma", "group": "early"}
    risk, highest = (found.one(statistic=name, **wanted) for name in ("risk", "risk_highest"))
    assert (risk.numerator, risk.denominator, risk.missing) == (3, 84, 6)
    assert (highest.numerator, highest.denominator) == (3 + 1 + 6, 90)


def test_figure_at_the_data_cut_stands_apart_from_the_landmark() -> None:
    row = results().one(endpoint="ongoing_complete", stratum="melanoma", group="late", statistic="risk_data_cut")
    assert (row.numerator, row.denominator) == (9, 200)
    assert row.assumptions == "at the data cut"


def test_median_duration_counts_responders_without_dates_as_missing() -> None:
    rows = results().where(statistic="median_duration", group="early")
    row = next(row for row in rows if row.result_id.endswith("earliest"))
    assert (row.value, row.numerator, row.denominator, row.missing) == (300.0, 2, 4, 1)


def test_group_without_responders_has_no_duration_but_a_reason() -> None:
    rows = [row for row in results() if row.statistic == "median_duration" and row.group == "late"]
    assert rows
    assert all(row.value is None and row.reason for row in rows)


def test_rates_of_one_stratum_alone_are_not_repeated_as_strata_together() -> None:
    plan = PLAN.model_copy(update={"stratum": None, "strata": ()})
    key = Key("stratum", Role.PARTITION, ("all",))
    alone = {
        name: tally_from_rows(name, Unit.PATIENT, name, (GROUP, key, *tally.keys[2:]), [])
        for name, tally in tallies().items()
    }
    rows = Results(tuple(analyse(alone, plan, Options())))
    assert {row.stratum for row in rows if row.endpoint == "overall_response"} == {"all"}


def test_grouping_by_arms_needs_no_tally_by_case() -> None:
    grouping = {"by": "levels", "column": "arm", "levels": ("placebo", "active")}
    plan = Plan(title="arms", grouping=grouping)
    assert not [spec for spec in needs(plan, Options()) if spec.name.endswith("by_case")]
    assert [spec for spec in needs(PLAN, Options()) if spec.name.endswith("by_case")]


def test_trend_along_case_number_of_one_stratum_uses_its_patients_alone() -> None:
    case = Key("case_number", Role.ORDER)
    rows = [(i, "melanoma", "CR" if i <= 3 else "PD", 1) for i in range(1, 7)]
    rows += [(i, "other or unknown", "PD" if i <= 9 else "CR", 1) for i in range(7, 13)]
    made = tallies() | {
        "best_response_by_case": tally_from_rows(
            "best_response_by_case", Unit.PATIENT, "x", (case, STRATUM, BEST_RESPONSE), rows
        )
    }
    found = Results(tuple(analyse(made, PLAN, Options())))
    row = found.one(statistic="p_trend_cases", endpoint="overall_response", stratum="melanoma")
    # Three responders first of six: 2 of the C(6, 3) = 20 orders are as far apart.
    assert row.value == pytest.approx(2 / 20)


def test_numbers_at_risk_are_given_at_regular_days_and_count_who_leaves_on_the_day() -> None:
    rows = [row for row in results() if row.statistic == "at_risk" and row.group == "early"]
    # Responses of 100, 200 (censored) and 300 days, in steps of 90 days.
    assert [(row.convention, row.value) for row in rows] == [
        ("day 0", 3), ("day 90", 3), ("day 180", 2), ("day 270", 1),
    ]  # fmt: skip


def test_log_rank_test_stands_beside_the_durations_for_all_groups_and_for_the_last_against_the_first() -> None:
    late = [
        ("late", "melanoma", reading, day, end, 2)
        for reading in ("earliest", "latest")
        for day, end in ((50, "progression or death"), (80, "progression or death"))
    ]
    found = results(durations=[*DURATIONS, *late])
    # Days 50, 80, 100, 200, 300; the responder without a date is in neither group.
    expected = log_rank([50, 80, 100, 200, 300], [[0, 0, 1, 0, 1], [2, 2, 0, 0, 0]], [[0, 0, 0, 1, 0], [0] * 5])
    assert found.one(statistic="p_log_rank").value == pytest.approx(expected.value)
    assert found.one(statistic="p_log_rank_ends").value == pytest.approx(expected.value)
    assert "among responders" in found.one(statistic="p_log_rank").assumptions


def test_durations_of_nobody_are_not_compared() -> None:
    assert results(durations=[]).one(statistic="p_log_rank").reason == "nobody has a dated response"
