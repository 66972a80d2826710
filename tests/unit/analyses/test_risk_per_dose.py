"""Are hazards, pooled differences and cumulative risks read rightly from a small tally?"""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from seriatim.analyses.risk_per_dose import EVENT, READINGS, Options, analyse, needs, steps_of
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, select, tally_from_rows

PLAN = Plan(
    title="per dose",
    grouping={"by": "equal groups", "groups": 2},
    endpoints=[{"id": "it", "label": "It", "terms": "hypotension"}],
)
LATEST = {"stratum": "latest reading of onset"}
# At risk at doses 1, 2, 3: ten, seven, three in the first group, eight, six in the last; events 2, 1, 0 and 1, 0.
ROWS = [
    ("early", "after a dose", 3, 1, 2),
    ("early", "after a dose", 2, 2, 1),
    ("early", "no event", 1, 0, 1),
    ("early", "no event", 2, 0, 3),
    ("early", "no event", 3, 0, 2),
    ("early", "not graded", 3, 0, 1),
    ("late", "after a dose", 1, 1, 1),
    ("late", "no event", 1, 0, 1),
    ("late", "no event", 2, 0, 6),
    ("late", "not assessed", 2, 0, 4),
    ("late", "no dose recorded", 0, 0, 1),
]


NOT_PLACED = (
    "event_before_first_dose", "onset_unknown", "not_assessed", "window_open", "dose_not_dated", "no_dose_recorded",
)  # fmt: skip


def tally(rows: list = ROWS, groups: tuple[str, ...] = ("early", "late")) -> Tally:
    keys = (
        Key("group", Role.PARTITION, groups),
        Key("endpoint", Role.VIEW, ("it",)),
        Key("reading", Role.VIEW, READINGS),
        EVENT,
        Key("doses", Role.ORDER),
        Key("event_dose", Role.ORDER),
    )
    made = [(group, "it", reading, *rest) for reading in READINGS for group, *rest in rows]
    return tally_from_rows("first_event_dose", Unit.PATIENT, "by first event", keys, made)


def results(at_dose: int = 2, **changed: object) -> Results:
    return Results(tuple(analyse({"first_event_dose": tally(**changed)}, PLAN, Options(at_dose=at_dose))))


def test_at_risk_at_a_dose_are_those_given_it_without_an_earlier_event() -> None:
    steps = steps_of(select(tally(), endpoint="it", reading="latest"))
    assert steps.at_risk.tolist() == [[10, 7, 3], [8, 6, 0]]
    assert steps.events.tolist() == [[2, 1, 0], [1, 0, 0]]


def test_patient_with_the_event_early_is_not_at_risk_at_later_doses_although_given_them() -> None:
    steps = steps_of(select(tally([("early", "after a dose", 3, 1, 1)]), endpoint="it", reading="latest"))
    assert steps.at_risk[0].tolist() == [1, 0, 0]


def test_hazard_rows_carry_events_at_risk_and_those_left_out() -> None:
    row = results().one(statistic="hazard", group="late", tally_keys="dose 1", **LATEST)
    assert row is not None
    assert (row.value, row.numerator, row.denominator, row.missing) == (1 / 8, 1, 8, 5)


def test_dose_that_nobody_of_a_group_was_given_has_a_reason() -> None:
    row = results().one(statistic="hazard", group="late", tally_keys="dose 3", **LATEST)
    assert row is not None
    assert row.reason == "no patient was at risk at dose 3"


def test_cumulative_risk_multiplies_what_is_left_after_each_dose() -> None:
    first, last = results().where(statistic="cumulative_risk", **LATEST)
    assert first.value == pytest.approx(1 - 8 / 10 * 6 / 7)
    assert last.value == pytest.approx(1 / 8)
    assert "stopping is not random" in first.assumptions


def test_cumulative_risk_by_a_dose_that_a_group_never_reached_has_a_reason_in_both_rows() -> None:
    found = results(at_dose=5)
    _, last = found.where(statistic="cumulative_risk", **LATEST)
    change = found.one(statistic="cumulative_difference", **LATEST)
    assert last.reason == "no patient was at risk at dose 3"
    assert change is not None
    assert change.reason == "first group: no patient was at risk at dose 4"


def test_pooled_difference_weighs_dose_numbers_by_mantel_haenszel_last_minus_first() -> None:
    row = results().one(statistic="risk_difference_per_dose", **LATEST)
    assert row is not None
    # Weights 10 x 8 / 18 and 7 x 6 / 13 at doses 1 and 2; dose 3 was given in the first group alone.
    weights = (80 / 18, 42 / 13)
    expected = (weights[0] * (1 / 8 - 2 / 10) + weights[1] * (0 - 1 / 7)) / sum(weights)
    assert row.value == pytest.approx(expected)
    assert row.assumptions == "strata: 2 dose numbers; 1 that one group alone reached left out"
    assert row.missing == 5


def test_pooled_odds_ratio_is_last_over_first() -> None:
    row = results().one(statistic="odds_ratio_per_dose", **LATEST)
    assert row is not None
    assert row.value == pytest.approx((1 * 8 / 18 + 0 * 6 / 13) / (2 * 7 / 18 + 1 * 6 / 13))
    assert row.direction == "last over first"


def test_change_by_a_dose_is_last_minus_first() -> None:
    row = results().one(statistic="cumulative_difference", **LATEST)
    assert row is not None
    assert row.value == pytest.approx(1 / 8 - (1 - 8 / 10 * 6 / 7))
    assert row.direction == "last minus first"


def test_each_reason_for_being_at_no_dose_at_risk_has_its_own_row() -> None:
    found = results()
    got = {row.statistic: row.value for row in found.where(group="late", **LATEST) if row.statistic in NOT_PLACED}
    assert got == dict.fromkeys(NOT_PLACED, 0) | {"not_assessed": 4, "no_dose_recorded": 1}
    ungraded = found.one(statistic="not_graded", group="early", **LATEST)
    assert ungraded is not None
    assert ungraded.value == 1


def test_series_of_one_group_is_not_compared_with_itself() -> None:
    rows = [row for row in ROWS if row[0] == "early"]
    found = results(rows=rows, groups=("early",))
    for statistic in ("risk_difference_per_dose", "odds_ratio_per_dose", "p_per_dose", "cumulative_difference"):
        row = found.one(statistic=statistic, **LATEST)
        assert row is not None
        assert row.value is None


def test_both_readings_are_counted_and_none_is_primary() -> None:
    found = results()
    assert {row.stratum for row in found} == {"earliest reading of onset", "latest reading of onset"}
    assert all(row.exploratory for row in found)


def test_tally_definition_says_how_long_events_count() -> None:
    (spec,) = needs(PLAN, Options(window_days=3))
    assert spec.definition.endswith("until the next cycle or 3 days after the last dose")
    assert spec.options["window_days"] == 3


@pytest.mark.parametrize("options", [{"at_dose": 0}, {"window_days": 0}])
def test_options_are_whole_doses_and_days_from_one(options: dict) -> None:
    with pytest.raises(ValidationError):
        Options(**options)
