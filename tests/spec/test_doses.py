"""Which doses count, which cycle is the first, what is a dose per kg, and what is not known?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.analyses.doses import Options, needs
from seriatim.counting.count import count
from seriatim.derive._cases import derive_cases
from seriatim.plans.plan import Plan
from seriatim.series.intake import take_in
from seriatim.series.raw import RawSource, RawTable
from seriatim.tallies.tally import Tally, counts, numbers, select

PLAN = Plan(title="doses", grouping={"by": "equal groups", "groups": 2})


def tallies(patients: int, options: Options | None = None, **tables: list[dict]) -> dict[str, Tally]:
    """Tallies of a series of patients "1", "2", ... treated one a day from 1990-01-01."""
    rows = [{"patient_id": str(i + 1), "accrual": f"1990-01-{i + 1:02}"} for i in range(patients)]
    raw = [
        RawTable(name, f"{name}.csv", pl.DataFrame(content, infer_schema_length=None).with_row_index("source_row"))
        for name, content in {"patient": rows, **tables}.items()
    ]
    series = take_in(RawSource("ward", "by hand", tuple(raw), ""))
    cases = derive_cases(series, PLAN)
    return {spec.name: count(series, cases, spec) for spec in needs(PLAN, options or Options())}


def doses(*statuses: str, patient: str = "1", course: int = 1, cycle: int = 1, **measured: str) -> list[dict]:
    return [
        {"patient_id": patient, "course": str(course), "cycle": str(cycle), "dose": str(i + 1), "status": status}
        | measured
        for i, status in enumerate(statuses)
    ]


def number_of_doses(*planned: dict) -> int:
    tally = tallies(1, dose=list(planned))["doses"]
    (number,) = numbers(select(tally, record="recorded"), "doses")
    return int(number)


def per_kg(planned: list[dict], weight: dict | None = None, **options: object) -> int | str:
    """IU/kg of patient "1" over the first cycle, or the word for why not."""
    tables = {"dose": planned}
    if weight is not None:
        tables["cycle"] = [{"patient_id": "1", "course": "1", "cycle": "1"} | weight]
    tally = tallies(1, Options(**options), **tables)["dose_per_kg"]
    (record,) = (level for level in tally.levels("record") if counts(tally, record=level))
    return int(numbers(tally, "per_kg")[0]) if record == "known" else record


def answer(tally: Tally, handling: str) -> str:
    (level,) = (level for level in tally.levels("outcome") if counts(tally, handling=handling, outcome=level))
    return level


def test_dose_given_in_part_counts_and_one_held_skipped_or_refused_does_not() -> None:
    assert number_of_doses(*doses("given", "held", "partial", "skipped", "refused", "given")) == 3


def test_dose_of_which_only_the_plan_is_recorded_does_not_count_as_given() -> None:
    assert number_of_doses(*doses("given", "planned")) == 1


def test_patient_whose_planned_doses_were_all_held_has_none_and_not_an_unknown_number() -> None:
    assert number_of_doses(*doses("held", "held")) == 0


def test_doses_of_later_cycles_and_courses_are_not_doses_of_the_first_cycle() -> None:
    planned = [*doses("given", "given"), *doses("given", cycle=2), *doses("given", course=2)]
    assert number_of_doses(*planned) == 2


def test_patient_without_a_dose_record_has_an_unknown_number_and_not_none() -> None:
    tally = tallies(2, dose=doses("given"))["doses"]
    assert counts(tally, "record").tolist() == [1, 1]


def test_patient_whose_record_begins_with_the_second_course_has_no_known_first_cycle() -> None:
    tally = tallies(1, dose=doses("given", course=2))["doses"]
    assert counts(tally, record="no dose record") == 1


def test_series_without_a_dose_table_has_every_number_unknown() -> None:
    found = tallies(3)
    assert counts(found["doses"], record="no dose record") == 3
    assert counts(found["dose_per_kg"], record="no dose record") == 3
    assert counts(found["treatment_length"], "counted", record="no dose record").tolist() == [3, 3]
    assert counts(found["planned_doses"], "cycles").tolist() == [0, 0]
    assert answer(tallies(1)["dose_handling"], "held") == "not assessed"


def test_dose_per_kg_is_the_sum_over_the_doses_given_and_not_those_held() -> None:
    planned = doses("given", "held", "given", amount_per_kg="720000", amount_per_kg_unit="IU/kg")
    assert per_kg(planned) == 1_440_000


def test_dose_per_kg_is_worked_out_from_amounts_and_the_baseline_weight() -> None:
    planned = doses("given", "given", amount="57.6", amount_unit="million IU")
    assert per_kg(planned, {"baseline_weight": "80", "baseline_weight_unit": "kg"}) == 1_440_000


def test_weight_in_pounds_is_converted_exactly() -> None:
    # 57.6 million IU at 176.3698 lb (80.0 kg) is 720,000 IU/kg; read as kg it would be 326,586.
    planned = doses("given", amount="57600000", amount_unit="IU")
    assert per_kg(planned, {"baseline_weight": "176.3698", "baseline_weight_unit": "lb"}) == 720_000


@pytest.mark.parametrize(("amount", "kept"), [("724999", 720_000), ("725000", 730_000), ("4999", 0)])
def test_sum_per_kg_is_kept_to_the_nearest_step_halves_up(amount: str, kept: int) -> None:
    assert per_kg(doses("given", amount_per_kg=amount, amount_per_kg_unit="IU/kg")) == kept


@pytest.mark.parametrize(
    ("measured", "weight"),
    [
        ({"amount": "57.6", "amount_unit": "MIU"}, None),
        ({"amount": "57.6", "amount_unit": "MIU"}, {"baseline_weight": "80", "baseline_weight_unit": "stone"}),
        ({"amount": "<57.6", "amount_unit": "MIU"}, {"baseline_weight": "80", "baseline_weight_unit": "kg"}),
        ({"amount_per_kg": "0.037", "amount_per_kg_unit": "mg/kg"}, None),
        ({"amount_per_kg": "720000"}, None),
    ],
    ids=["no weight", "weight in another unit", "a bound", "another unit", "no unit"],
)
def test_dose_per_kg_is_not_known_and_not_guessed_without(measured: dict, weight: dict | None) -> None:
    assert per_kg(doses("given", **measured), weight) == "not known"


def test_one_given_dose_without_an_amount_leaves_the_sum_unknown() -> None:
    planned = [*doses("given", amount_per_kg="720000", amount_per_kg_unit="IU/kg"), *doses("given", "given")[1:]]
    assert per_kg(planned) == "not known"


def test_patient_given_none_of_the_planned_doses_was_given_nothing_per_kg() -> None:
    assert per_kg(doses("held")) == 0


def test_other_treatments_are_added_in_their_own_unit_and_step() -> None:
    planned = doses("given", "given", amount_per_kg="60", amount_per_kg_unit="mg/kg")
    assert per_kg(planned, per_kg_unit="mg/kg", resolution=5) == 120


def test_stop_recorded_as_unknown_stays_apart_from_a_stop_without_record() -> None:
    cycle = [{"patient_id": "1", "course": "1", "cycle": "1", "stop_reason": "unknown"}]
    tally = tallies(2, cycle=cycle)["stop_reason"]
    assert counts(tally, stop_reason="unknown") == 1
    assert counts(tally, stop_reason="not recorded") == 1


def test_why_a_later_cycle_ended_says_nothing_of_the_first() -> None:
    cycle = [{"patient_id": "1", "course": "1", "cycle": "2", "stop_reason": "toxicity"}]
    tally = tallies(1, cycle=cycle)["stop_reason"]
    assert counts(tally, stop_reason="not recorded") == 1


def test_patient_with_two_held_doses_is_one_patient_with_any_dose_held() -> None:
    tally = tallies(1, dose=doses("given", "held", "held"))["dose_handling"]
    assert answer(tally, "held") == "yes"
    assert answer(tally, "skipped") == "no"


def test_cycle_that_ended_for_another_reason_was_not_stopped_for_toxicity() -> None:
    cycle = [{"patient_id": "1", "course": "1", "cycle": "1", "stop_reason": "progression"}]
    assert answer(tallies(1, cycle=cycle)["dose_handling"], "stopped for toxicity") == "no"


@pytest.mark.parametrize("reason", ["unknown", None])
def test_cycle_without_a_known_reason_is_not_taken_as_not_stopped_for_toxicity(reason: str | None) -> None:
    cycle = [{"patient_id": "1", "course": "1", "cycle": "1", "stop_reason": reason}]
    assert answer(tallies(1, cycle=cycle)["dose_handling"], "stopped for toxicity") == "not assessed"


def test_cycle_of_which_every_dose_was_held_is_not_a_cycle_given() -> None:
    planned = [*doses("given"), *doses("held", cycle=2), *doses("given", course=2)]
    tally = tallies(1, dose=planned)["treatment_length"]
    assert numbers(select(tally, counted="cycles"), "number").tolist() == [2]
    assert numbers(select(tally, counted="courses"), "number").tolist() == [2]


def test_without_a_dose_table_the_recorded_cycles_are_counted() -> None:
    cycles = [{"patient_id": "1", "course": "1", "cycle": str(i)} for i in (1, 2)]
    tally = tallies(1, cycle=cycles)["treatment_length"]
    assert numbers(select(tally, counted="cycles"), "number").tolist() == [2]


def test_planned_doses_are_counted_as_doses_in_the_first_cycle_and_in_all() -> None:
    planned = [*doses("given", "held"), *doses("given", cycle=2)]
    tally = tallies(1, dose=planned)["planned_doses"]
    assert (tally.unit, counts(tally, cycles="first cycle"), counts(tally, cycles="all cycles")) == ("dose", 2, 3)
