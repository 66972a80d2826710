"""Is the run without a death read rightly, case by case, from whole groups, and from what a paper prints?"""

from __future__ import annotations

from math import comb

import pytest
from pydantic import ValidationError

from seriatim.analyses._keys import CASE_NUMBER
from seriatim.analyses.deaths import DEATH, Options, analyse, needs, run_by_group
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

PLAN = Plan(title="deaths", grouping={"by": "equal groups", "groups": 2})
ARMS = Plan(title="arms", grouping={"by": "levels", "column": "arm", "levels": ["a", "b"]})


def by_group(rows: list, groups: tuple[str, ...] = ("1-432", "433-1241")) -> Tally:
    return tally_from_rows("deaths", Unit.PATIENT, "d", (Key("group", Role.PARTITION, groups), DEATH), rows)


def by_case(*deaths: str) -> Tally:
    rows = [(case, death, 1) for case, death in enumerate(deaths, start=1)]
    return tally_from_rows("deaths_by_case", Unit.PATIENT, "d", (CASE_NUMBER, DEATH), rows)


def results(group: Tally, case: Tally | None = None, plan: Plan = PLAN) -> Results:
    tallies = {"deaths": group} | ({} if case is None else {"deaths_by_case": case})
    return Results(tuple(analyse(tallies, plan, Options())))


def one(found: Results, statistic: str, **wanted: object) -> ResultRow:
    row = found.one(statistic=statistic, **wanted)
    assert row is not None
    return row


# All that the abstract of Cancer 1998;83:797-805 says of deaths: none in the last 809 of 1241.
ABSTRACT = [("1-432", "not printed", 432), ("433-1241", "no death", 809)]


def test_abstract_that_prints_only_the_run_gives_its_exact_bound() -> None:
    found = results(by_group(ABSTRACT))
    assert one(found, "final_run").value == 809
    assert one(found, "risk_in_run").upper == pytest.approx(1 - 0.025 ** (1 / 809), rel=1e-12)
    one_sided = one(found, "risk_in_run_one_sided")
    assert one_sided.upper == pytest.approx(1 - 0.05 ** (1 / 809), rel=1e-12)
    assert one_sided.sides == 1


@pytest.mark.parametrize("deaths", [1, 3, 5, 10])
def test_chance_of_the_abstracts_run_is_given_for_each_number_of_earlier_deaths(deaths: int) -> None:
    found = results(by_group(ABSTRACT))
    trailing = comb(432, deaths) / comb(1241, deaths)
    assert one(found, "p_final_run_given", numerator=deaths).value == pytest.approx(trailing, rel=1e-10)
    # Two runs of 809 do not fit into 1241 cases, so anywhere is (k + 1) times as likely.
    anywhere = one(found, "p_run_anywhere_given", numerator=deaths).value
    assert anywhere == pytest.approx((deaths + 1) * trailing, rel=1e-10)
    assert one(found, "p_final_run_given", numerator=deaths).denominator == 1241


def test_number_of_earlier_deaths_that_is_not_printed_is_not_guessed() -> None:
    row = one(results(by_group(ABSTRACT)), "p_final_run")
    assert row.value is None
    assert row.reason.startswith("how many died before the run is not known")


def test_last_group_without_a_death_is_the_run_that_groups_allow() -> None:
    found = results(by_group([("1-432", "related", 3), ("1-432", "no death", 429), ("433-1241", "no death", 809)]))
    row = one(found, "final_run")
    assert (row.value, row.numerator, row.denominator) == (809, 3, 1241)
    assert one(found, "p_final_run").value == pytest.approx(comb(432, 3) / comb(1241, 3), rel=1e-10)
    assert found.one(statistic="last_death") is None


def test_last_group_with_a_death_leaves_no_run_from_groups_alone() -> None:
    found = results(by_group([("1-432", "no death", 432), ("433-1241", "related", 1), ("433-1241", "no death", 808)]))
    assert one(found, "final_run").value == 0
    assert one(found, "risk_in_run").reason.startswith("somebody of the last group died of treatment")


def test_groups_without_a_death_run_from_the_first_case() -> None:
    run = run_by_group(by_group([("1-432", "no death", 432), ("433-1241", "no death", 809)]), ("related",))
    assert run is not None
    assert (run.length, run.n, run.deaths) == (1241, 1241, 0)


def test_groups_of_which_nothing_is_known_make_no_run() -> None:
    assert run_by_group(by_group([("1-432", "no follow-up", 432)]), ("related",)) is None


def test_death_of_unknown_relation_ends_the_run_of_groups_only_in_the_second_reading() -> None:
    rows = [("1-432", "related", 1), ("1-432", "no death", 431), ("433-1241", "relatedness unknown", 1),
            ("433-1241", "no death", 808)]  # fmt: skip
    found = results(by_group(rows))
    assert one(found, "final_run").value == 809
    assert one(found, "final_run_if_unknown_are_related").value == 0


def test_tally_by_case_decides_where_there_is_one() -> None:
    groups = by_group([("a", "related", 1), ("a", "no death", 1), ("b", "no death", 2)], ("a", "b"))
    found = results(groups, by_case("no death", "related", "no death", "no death"))
    assert (one(found, "last_death").value, one(found, "final_run").value) == (2, 2)
    assert one(found, "p_final_run").value == pytest.approx(1 / 2)


def test_each_group_has_its_count_of_every_kind_of_death_and_of_what_is_not_known() -> None:
    found = results(by_group(ABSTRACT))
    assert one(found, "patients", group="1-432", convention="not printed").value == 432
    row = one(found, "risk", group="433-1241")
    assert (row.numerator, row.denominator, row.missing) == (0, 809, 0)
    assert one(found, "risk", group="1-432").reason == "there are no patients"


def test_groups_that_are_not_consecutive_are_compared_but_have_no_run() -> None:
    found = results(by_group([("a", "related", 1), ("a", "no death", 9), ("b", "no death", 10)], ("a", "b")), plan=ARMS)
    assert one(found, "risk_difference").value == pytest.approx(-0.1)
    assert found.one(statistic="final_run") is None


def test_death_has_only_the_p_values_that_belong_to_its_estimates() -> None:
    groups = by_group([("a", "related", 1), ("a", "no death", 9), ("b", "no death", 10)], ("a", "b"))
    names = {row.statistic for row in results(groups, plan=ARMS) if row.statistic.startswith("p_")}
    assert names == {"p_score", "p_fisher_central"}


def test_definition_of_the_tally_says_after_how_many_days_a_case_is_ripe() -> None:
    specs = needs(PLAN, Options(ripe_days=90))
    assert all("ripe after 90 days" in spec.definition and spec.options["ripe_days"] == 90 for spec in specs)


def test_days_until_a_case_is_ripe_are_not_negative() -> None:
    with pytest.raises(ValidationError):
        Options(ripe_days=-1)
