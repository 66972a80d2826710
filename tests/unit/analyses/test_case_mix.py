"""Are shares, quartiles and distances of the case mix read rightly from small tallies?"""

from __future__ import annotations

import pytest

from seriatim.analyses.case_mix import LEVEL, REASON, RECORDED, SCREENED, YEAR, Options, analyse
from seriatim.methods.standardised_difference import categorical, numeric
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="case mix", grouping={"by": "equal groups", "groups": 2})
GROUP = Key("group", Role.PARTITION, ("early", "late"))
SEX = [("early", "sex", "female", 40), ("early", "sex", "male", 50), ("early", "sex", "not recorded", 10),
       ("late", "sex", "female", 60), ("late", "sex", "male", 40)]  # fmt: skip
AGES = [("early", 40, "yes", 3), ("early", 60, "yes", 1), ("late", 50, "yes", 2), ("late", 70, "yes", 2),
        ("late", 0, "no", 5)]  # fmt: skip


def results(levels: list = SEX, ages: list = AGES, screening: list | None = None, variables: tuple = ("sex", "age")):
    found = tuple(dict.fromkeys(row[2] for row in levels))
    views = tuple(name for name in variables if name != "age")
    reasons = tuple(dict.fromkeys(row[2] for row in screening or []))
    tallies = {
        "case_mix": ((GROUP, Key("variable", Role.VIEW, views), Key("level", LEVEL.role, found)), levels),
        "age": ((GROUP, Key("age", Role.ORDER), RECORDED), ages),
        "screening": ((YEAR, SCREENED, Key("reason", REASON.role, reasons)), screening or []),
    }
    made = {name: tally_from_rows(name, Unit.PATIENT, name, keys, rows) for name, (keys, rows) in tallies.items()}
    return Results(tuple(analyse(made, PLAN, Options(variables=variables))))


def test_share_of_a_level_keeps_patients_not_recorded_in_the_denominator_and_names_them() -> None:
    row = results().one(endpoint="sex", group="early", convention="female")
    assert (row.numerator, row.denominator, row.missing) == (40, 100, 10)


def test_distance_is_taken_over_the_recorded_and_counts_the_others() -> None:
    row = results().one(endpoint="sex", statistic="standardised_difference")
    assert row.value == pytest.approx(categorical([40, 50], [60, 40]).value)
    assert row.missing == 10
    assert row.direction == ""


def test_share_not_recorded_has_a_distance_of_its_own() -> None:
    row = results().one(endpoint="sex", statistic="standardised_difference_not_recorded")
    # p (1 - p) is 0.09 and 0, their mean 0.045: -0.1 / sqrt(0.045).
    assert row.value == pytest.approx(-0.1 / 0.045**0.5)


def test_age_is_described_by_its_quartiles_without_those_not_recorded() -> None:
    found = results()
    median = found.one(endpoint="age", statistic="median", group="late")
    assert (median.value, median.denominator, median.missing) == (60.0, 4, 5)
    assert found.one(endpoint="age", statistic="lower_quartile", group="early").value == 40.0


def test_ages_are_apart_by_their_means_over_their_spread() -> None:
    row = results().one(endpoint="age", statistic="standardised_difference")
    assert row.value == pytest.approx(numeric([40, 50, 60, 70], [3, 0, 1, 0], [0, 2, 0, 2]).value)
    assert row.direction == "last minus first"


def test_age_that_nobody_has_is_a_reason() -> None:
    rows = results(ages=[("early", 0, "no", 3), ("late", 0, "no", 3)]).where(endpoint="age")
    assert [row.reason for row in rows] == ["the age of no patient is recorded"]


def test_column_that_the_series_lacks_is_a_reason() -> None:
    rows = results(variables=("sex", "diagnosis")).where(endpoint="diagnosis")
    assert [row.reason for row in rows] == ["the series has no column diagnosis"]


def test_characteristic_that_one_group_lacks_altogether_has_no_distance() -> None:
    levels = [("early", "sex", "not recorded", 9), ("late", "sex", "female", 4), ("late", "sex", "male", 5)]
    row = results(levels).one(endpoint="sex", statistic="standardised_difference")
    assert row.value is None
    assert row.reason


def test_levels_stand_in_the_order_of_their_figures_and_not_recorded_last() -> None:
    levels = [("early", "sex", level, 1) for level in ("not recorded", "10", "2", "0")] + [("late", "sex", "2", 1)]
    rows = results(levels).where(endpoint="sex", group="early", statistic="share")
    assert [row.convention for row in rows] == ["0", "2", "10", "not recorded"]


def test_candidates_are_counted_year_by_year_with_the_reasons_of_those_not_treated() -> None:
    screening = [(1989, "treated", "treated", 6), (1989, "not treated", "cardiac", 3), (1990, "treated", "treated", 5),
                 (1990, "not treated", "choice", 1), (1990, "not recorded", "no reason recorded", 1)]  # fmt: skip
    found = results(screening=screening)
    first, both = (
        found.one(statistic="treated_of_screened", group=group) for group in ("screened in 1989", "all years")
    )
    assert (first.numerator, first.denominator) == (6, 9)
    assert (both.numerator, both.denominator, both.missing, both.unit) == (11, 16, 1, "candidate")
    reasons = found.where(statistic="excluded_for")
    assert [(row.convention, row.numerator, row.denominator) for row in reasons] == [
        ("cardiac", 3, 4),
        ("choice", 1, 4),
    ]


def test_series_without_screening_says_so() -> None:
    (row,) = results().where(endpoint="screening")
    assert row.reason == "no candidate for treatment is recorded"


def test_case_mix_is_described_without_p_values() -> None:
    assert not [row for row in results() if row.statistic.startswith("p_")]


def test_series_that_is_one_group_is_not_compared_with_itself() -> None:
    one = Key("group", Role.PARTITION, ("all cases",))
    sex, level = Key("variable", Role.VIEW, ("sex",)), Key("level", LEVEL.role, ("female",))
    rows = {
        "case_mix": ((one, sex, level), [("all cases", "sex", "female", 3)]),
        "age": ((one, Key("age", Role.ORDER), RECORDED), [("all cases", 40, "yes", 3)]),
        "screening": ((YEAR, SCREENED, Key("reason", REASON.role)), []),
    }
    tallies = {name: tally_from_rows(name, Unit.PATIENT, name, keys, found) for name, (keys, found) in rows.items()}
    found = Results(tuple(analyse(tallies, PLAN, Options(variables=("sex", "age")))))
    assert {row.reason for row in found.where(statistic="standardised_difference")} <= {"the series is one group"}
    assert found.one(endpoint="age", statistic="standardised_difference").value is None
    assert found.one(endpoint="age", statistic="median").value == 40.0
