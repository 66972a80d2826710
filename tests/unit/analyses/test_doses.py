"""Are medians, shift, reasons and handling read rightly from small tallies?"""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from seriatim.analyses._keys import OUTCOME
from seriatim.analyses.doses import (
    COUNTED,
    CYCLES,
    DOSES,
    HANDLING,
    NUMBER,
    PER_KG,
    PER_KG_RECORD,
    RECORD,
    STATUS,
    STOP_REASON,
    Options,
    analyse,
    needs,
)
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Tally, tally_from_rows

PLAN = Plan(title="doses", grouping={"by": "equal groups", "groups": 4})
GROUPS = ("1-10", "11-20", "21-30", "31-40")
GROUP = Key("group", Role.PARTITION, GROUPS)

# Four consecutive groups of ten (invented), with the answers of R 4.2.2: kruskal.test, cor.test(method = "kendall"),
# wilcox.test(conf.int = TRUE), quantile(type = 2).
FIRST_CYCLE = {
    "1-10": (13, 14, 12, 15, 13, 11, 14, 13, 16, 12),
    "11-20": (12, 13, 11, 12, 14, 10, 12, 11, 13, 12),
    "21-30": (10, 9, 11, 10, 12, 8, 10, 9, 11, 10),
    "31-40": (7, 8, 6, 7, 9, 5, 7, 8, 7, 6),
}
RECORDED = [(group, "recorded", number, 1) for group, doses in FIRST_CYCLE.items() for number in doses]
STOPS = [("1-10", "completed", 6), ("1-10", "toxicity", 3), ("1-10", "unknown", 1),
         ("31-40", "toxicity", 8), ("31-40", "not recorded", 2)]  # fmt: skip
HELD = [("1-10", "held", "yes", 5), ("1-10", "held", "no", 5),
        ("31-40", "held", "yes", 2), ("31-40", "held", "no", 7), ("31-40", "held", "not assessed", 1)]  # fmt: skip
PLANNED = [("1-10", "first cycle", "given", 9), ("1-10", "first cycle", "held", 1)]


def tallies(**changed: list) -> dict[str, Tally]:
    made = {
        "doses": ((GROUP, RECORD, DOSES), RECORDED),
        "dose_per_kg": ((GROUP, PER_KG_RECORD, PER_KG), [("1-10", "known", 9_360_000, 1), ("1-10", "not known", 0, 9)]),
        "stop_reason": ((GROUP, STOP_REASON), STOPS),
        "dose_handling": ((GROUP, HANDLING, OUTCOME), HELD),
        "treatment_length": ((GROUP, COUNTED, RECORD, NUMBER), [("1-10", "cycles", "recorded", 2, 10)]),
        "planned_doses": ((GROUP, CYCLES, STATUS), PLANNED),
    }
    units = {"planned_doses": Unit.DOSE}
    return {
        name: tally_from_rows(name, units.get(name, Unit.PATIENT), name, keys, changed.get(name, rows))
        for name, (keys, rows) in made.items()
    }


def results(**changed: list) -> Results:
    return Results(tuple(analyse(tallies(**changed), PLAN, Options())))


def one(found: Results, endpoint: str, statistic: str, **wanted: str) -> ResultRow:
    row = found.one(endpoint=endpoint, statistic=statistic, **wanted)
    assert row is not None
    return row


def test_medians_and_quartiles_of_each_group_are_those_of_r() -> None:
    found = results()
    names = ("median", "lower_quartile", "upper_quartile")
    got = [tuple(one(found, "first_cycle_doses", name, group=group).value for name in names) for group in GROUPS]
    assert got == [(13, 12, 14), (12, 11, 13), (10, 9, 11), (7, 6, 8)]


def test_median_comes_with_its_order_statistic_interval() -> None:
    # Ten values: the 2nd smallest to the 2nd largest cover the median in 97.9 %.
    row = one(results(), "first_cycle_doses", "median", group="1-10")
    assert (row.lower, row.upper, row.denominator, row.unit) == (12, 15, 10, "doses")


def test_shift_is_last_minus_first() -> None:
    row = one(results(), "first_cycle_doses", "shift")
    assert (row.value, row.lower, row.upper) == (-6, -8, -5)
    assert (row.group, row.reference_group, row.direction) == ("31-40", "1-10", "last minus first")


def test_trend_and_difference_over_groups_are_those_of_r() -> None:
    found = results()
    assert one(found, "first_cycle_doses", "p_trend_groups").value == pytest.approx(3.575446471342344e-10, rel=1e-9)
    assert one(found, "first_cycle_doses", "p_any_difference").value == pytest.approx(7.643088760022447e-07, rel=1e-9)


def test_distribution_has_a_row_for_each_number_that_occurred() -> None:
    rows = results().where(endpoint="first_cycle_doses", statistic="patients", group="31-40")
    assert {row.convention: row.value for row in rows} == {"5": 1, "6": 2, "7": 4, "8": 2, "9": 1}


def test_patients_without_a_dose_record_stay_out_of_the_median_and_are_counted() -> None:
    row = one(results(doses=[*RECORDED, ("1-10", "no dose record", 0, 4)]), "first_cycle_doses", "median", group="1-10")
    assert (row.value, row.denominator, row.missing) == (13, 10, 4)


def test_group_without_any_known_number_has_a_reason_and_the_others_their_medians() -> None:
    rows = [row for row in RECORDED if row[0] != "31-40"] + [("31-40", "no dose record", 0, 10)]
    found = results(doses=rows)
    assert one(found, "first_cycle_doses", "median", group="31-40").reason == "no values to take a median of"
    assert one(found, "first_cycle_doses", "shift").reason == "a group has no values"
    assert one(found, "first_cycle_doses", "median", group="1-10").value == 13


def test_series_of_one_group_has_no_shift_from_itself() -> None:
    group = Key("group", Role.PARTITION, ("1-10",))
    made = {
        name: tally_from_rows(name, tally.unit, name, (group, *tally.keys[1:]), []) for name, tally in tallies().items()
    } | {"doses": tally_from_rows("doses", Unit.PATIENT, "d", (group, RECORD, DOSES), [("1-10", "recorded", 7, 9)])}
    found = Results(tuple(analyse(made, PLAN, Options())))
    assert one(found, "first_cycle_doses", "shift").reason == "the series is one group"
    assert one(found, "first_cycle_doses", "median").value == 7


def test_dose_per_kg_names_its_unit_and_step() -> None:
    row = one(results(), "first_cycle_per_kg", "median", group="1-10")
    assert (row.value, row.unit, row.missing) == (9_360_000, "IU/kg", 9)
    assert row.assumptions == "to the nearest 10,000 IU/kg"


def test_share_of_a_stop_reason_is_of_patients_whose_reason_is_known() -> None:
    found = results()
    row = one(found, "stopped_toxicity", "risk", group="31-40")
    assert (row.numerator, row.denominator, row.missing) == (8, 8, 2)
    row = one(found, "stopped_toxicity", "risk", group="1-10")
    assert (row.numerator, row.denominator, row.missing) == (3, 9, 1)
    assert one(found, "stopped_not_recorded", "patients", group="31-40").value == 2


def test_group_without_a_known_stop_reason_has_no_share() -> None:
    assert one(results(), "stopped_toxicity", "risk", group="11-20").reason == "there are no patients"


def test_handling_compares_patients_with_any_such_dose_last_with_first() -> None:
    row = one(results(), "held", "risk_difference")
    assert row.value == pytest.approx(2 / 9 - 5 / 10)
    assert row.missing == 1


def test_handling_has_only_the_p_values_that_belong_to_its_estimates() -> None:
    names = {row.statistic for row in results().where(endpoint="held") if row.statistic.startswith("p_")}
    assert names == {"p_score", "p_fisher_central"}


def test_planned_doses_are_counts_without_an_interval_and_say_why() -> None:
    found = results()
    row = one(found, "planned_doses", "doses", group="1-10", stratum="first cycle", convention="given")
    assert (row.value, row.denominator, row.unit, row.lower) == (9, 10, "dose", None)
    refused = one(found, "planned_doses", "share_interval", stratum="first cycle")
    assert refused.value is None
    assert refused.reason.startswith("clustering unknown")


def test_every_row_is_supportive_and_has_its_own_name() -> None:
    assert all(row.exploratory for row in results())


def test_six_tallies_suffice_and_only_the_planned_doses_count_doses() -> None:
    specs = needs(PLAN, Options())
    assert [spec.name for spec in specs if spec.unit is Unit.DOSE] == ["planned_doses"]
    assert len(specs) == 6


@pytest.mark.parametrize("options", [{"per_kg_unit": "IU"}, {"resolution": 0}])
def test_dose_per_kg_needs_a_unit_per_kg_and_a_whole_step(options: dict) -> None:
    with pytest.raises(ValidationError):
        Options(**options)
