"""Does the section on doses say what the rows say, and no more?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from seriatim.displays import doses
from seriatim.displays._contract import Shown
from seriatim.displays.wording.doses import amount, stopped_only_group
from seriatim.displays.wording.doses import lead as lead_words
from seriatim.pages import Figure, Section, Table
from seriatim.plans.plan import Plan
from seriatim.results.build import Subject, number_row
from seriatim.results.results import Results
from seriatim.results.row import ResultRow

PLAN = Plan(title="doses", grouping={"by": "equal groups", "groups": 2})
SUBJECT = Subject("doses", "first_cycle_doses", unit="doses")
FIRST, LAST = SUBJECT.about(group="1-155"), SUBJECT.about(group="1086-1241")
COMPARED = SUBJECT.about(group="1086-1241", reference_group="1-155", direction="last minus first")
ALL = SUBJECT.about(group="all groups")


def shift(value: float | None, lower: float | None, upper: float | None, **columns: Any) -> ResultRow:
    return number_row(COMPARED, "shift", value, lower=lower, upper=upper, level=0.95, **columns)


def median(subject: Subject, value: float | None, **columns: Any) -> ResultRow:
    return number_row(subject, "median", value, **{"denominator": 155, "missing": 0, "level": 0.95} | columns)


def both_medians() -> list[ResultRow]:
    return [median(FIRST, 13.0, lower=12.0, upper=13.0), median(LAST, 7.0, lower=6.0, upper=7.0)]


def rows(*medians: ResultRow, moved: ResultRow | None = None) -> list[ResultRow]:
    found = list(medians or both_medians())
    found.append(moved or shift(-6, -7, -5))
    found += [number_row(ALL, "p_trend_groups", 1e-30), number_row(ALL, "p_any_difference", 1e-20)]
    for subject in (FIRST, LAST):
        for name, value in (("lower_quartile", 6.0), ("upper_quartile", 14.0), ("lowest", 1.0), ("highest", 15.0)):
            found.append(number_row(subject, name, value))
        found.append(number_row(subject, "patients", 155.0, convention="13", id_suffix="13"))
    return found


def shown(found: list[ResultRow]) -> Shown:
    return Shown(Results(tuple(found)), {}, PLAN)


def incidence(upper: float) -> ResultRow:
    return number_row(Subject("incidence", "hypotension"), "risk_difference", -0.5, lower=-0.6, upper=upper)


def table(section: Section | None, name: str) -> Table:
    assert section is not None
    return next(block for block in section.blocks if isinstance(block, Table) and block.name == name)


def is_quartile_of_last(row: ResultRow) -> bool:
    return row.group == "1086-1241" and row.statistic.endswith("quartile")


def test_lead_says_fewer_doses_with_both_medians_and_the_shift_with_its_interval() -> None:
    (sentence,) = doses.lead(shown([*rows(), incidence(-0.4)]))
    assert sentence.text == (
        "Fewer doses were given. Median in the first cycle 13, then 7 (Hodges-Lehmann shift −6 doses,"
        " 95 % interval −7 to −5). Part of the fall in toxicity per patient follows from this alone: see risk per dose."
    )


def test_lead_does_not_speak_of_a_fall_in_toxicity_that_is_not_shown() -> None:
    (sentence,) = doses.lead(shown([*rows(), incidence(0.1)]))
    assert "Part of the fall" not in sentence.text
    assert "Fewer doses by themselves mean less toxicity per patient: see risk per dose." in sentence.text


def test_lead_says_more_doses_where_the_whole_interval_is_above_zero() -> None:
    (sentence,) = doses.lead(shown(rows(moved=shift(2, 1, 3))))
    assert sentence.text.startswith("More doses were given.")


@pytest.mark.parametrize(("lower", "upper"), [(-1, 2), (0, 0), (-3, 0), (0, 3)])
def test_interval_that_reaches_zero_leaves_the_change_open(lower: float, upper: float) -> None:
    (sentence,) = doses.lead(shown(rows(moved=shift(0, lower, upper))))
    assert sentence.text.startswith("A change in the number of doses is not shown.")


def test_shift_without_interval_claims_no_direction_and_says_why() -> None:
    row = shift(-6, None, None, warning="3 and 3 values are too few for an interval at 95%")
    sentence = lead_words(row, *both_medians(), toxicity_fell=True)
    assert sentence.text.startswith("A change in the number of doses is not shown.")
    assert "no interval: 3 and 3 values are too few" in sentence.text


def test_unknown_number_of_doses_is_the_lead_where_a_group_has_none() -> None:
    found = [both_medians()[0], median(LAST, None, reason="no values to take a median of", denominator=0, missing=156)]
    (sentence,) = doses.lead(shown(rows(*found, moved=shift(None, None, None, reason="a group has no values"))))
    assert sentence.text == "How the number of doses changed cannot be given: no values to take a median of."
    assert sentence.tone == "caution"


def test_series_of_one_group_tells_its_median_and_compares_it_with_nothing() -> None:
    (sentence,) = doses.lead(shown([both_medians()[0], shift(None, None, None, reason="a group has no values")]))
    assert sentence.text == "Median number of doses in the first cycle 13; the series is one group."
    unknown = median(FIRST, None, reason="no values to take a median of")
    (sentence,) = doses.lead(shown([unknown, shift(None, None, None, reason="a group has no values")]))
    assert sentence.tone == "caution"


def test_review_without_this_analysis_has_neither_lead_nor_section() -> None:
    empty = shown([incidence(-0.1)])
    assert doses.lead(empty) == ()
    assert doses.section(empty) is None


def test_group_with_the_largest_share_of_unknown_numbers_is_named() -> None:
    found = [median(FIRST, 13.0, missing=31, denominator=124), median(LAST, 7.0, missing=1)]
    section = doses.section(shown(rows(*found)))
    assert section is not None
    texts = [block.text for block in section.blocks if hasattr(block, "text")]
    expected = "The number of doses in the first cycle is not recorded for 31 of 155 patients (20 %) of 1-155."
    assert expected in texts


def test_table_gives_the_median_with_interval_quartiles_range_and_how_many_were_counted() -> None:
    found = table(doses.section(shown(rows())), "doses")
    first_column = [(row.header, row.cells[0].text) for row in found.rows]
    assert first_column == [
        ("Doses in the first cycle: median (exact 95 %)", "13 (12 to 13)"),
        ("Quartiles", "6 to 14"),
        ("Lowest and highest", "1 to 15"),
        ("Patients counted; not known", "155; 0"),
    ]


def test_median_without_an_interval_carries_the_reason_as_a_footnote() -> None:
    warning = "4 values are too few for an interval at 95%"
    found = [median(FIRST, 13.0, warning=warning), median(LAST, 7.0, warning=warning)]
    cell = table(doses.section(shown(rows(*found))), "doses").rows[0].cells[0]
    assert (cell.text, cell.note) == ("13", warning)


def test_group_without_a_median_shows_the_reason_in_its_cells() -> None:
    reason = "no values to take a median of"
    found = rows(median(FIRST, 13.0), median(LAST, None, reason=reason, denominator=0, missing=156))
    found = [replace(row, value=None, reason=reason) if is_quartile_of_last(row) else row for row in found]
    made = table(doses.section(shown(found)), "doses")
    assert (made.rows[0].cells[1].text, made.rows[1].cells[1].text) == (reason, reason)
    assert made.rows[1].cells[1].kind == "reason"


def test_planned_doses_are_shown_as_doses_with_the_reason_for_no_interval() -> None:
    about = Subject("doses", "planned_doses", unit="dose", stratum="first cycle", group="1-155")
    planned = [
        number_row(about, "doses", 9.0, convention="given", id_suffix="given", denominator=10),
        number_row(about, "doses", 1.0, convention="held", id_suffix="held", denominator=10),
        number_row(about.about(group="1086-1241"), "doses", 0.0, convention="given", id_suffix="given", denominator=0),
        number_row(about.about(group=""), "share_interval", None, reason="clustering unknown"),
    ]
    made = table(doses.section(shown([*rows(), *planned])), "planned_doses")
    cells = {row.header: [cell.text for cell in row.cells] for row in made.rows if row.cells}
    assert cells["Given, first cycle"] == ["9/10 (90 %)", "no planned dose recorded"]
    assert made.notes == ("Counts of doses, not of patients; no interval: clustering unknown.",)


def test_figure_shows_each_group_and_names_its_table() -> None:
    section = doses.section(shown(rows()))
    assert section is not None
    (figure,) = (block for block in section.blocks if isinstance(block, Figure))
    assert figure.table == "doses"
    assert "median 13 in 1-155" in figure.alternative


def test_share_stopped_for_toxicity_is_said_with_its_difference_and_p() -> None:
    about = Subject("doses", "stopped_for_toxicity", unit="patient")
    found = [
        number_row(about.about(group="1-155"), "risk", 0.5, numerator=78, denominator=155),
        number_row(about.about(group="1086-1241"), "risk", 0.8, numerator=125, denominator=156),
        number_row(about, "risk_difference", 0.3, lower=0.2, upper=0.4, level=0.95),
        number_row(about, "p_score", 0.0001),
    ]
    section = doses.section(shown([*rows(), *found]))
    assert section is not None
    texts = [block.text for block in section.blocks if hasattr(block, "text")]
    assert any(text.startswith("First cycle stopped for toxicity: 78 of 155 (50 %)") for text in texts)


def test_cells_of_rows_that_were_not_computed_say_so() -> None:
    section = doses.section(shown(rows()))
    for name in ("stop_reasons", "dose_handling", "planned_doses"):
        assert {cell.text for row in table(section, name).rows for cell in row.cells} == {"not computed"}


def test_series_whose_doses_are_unknown_has_a_section_without_a_figure() -> None:
    found = [median(subject, None, reason="no values", denominator=0, missing=155) for subject in (FIRST, LAST)]
    without = [row for row in rows(*found) if row.statistic not in ("patients", "shift")]
    section = doses.section(shown(without))
    assert section is not None
    assert not [block for block in section.blocks if isinstance(block, Figure)]
    assert table(section, "doses").rows[0].cells[2].text == "not computed"


def test_amounts_keep_their_thousands_apart_and_a_true_minus() -> None:
    assert [amount(value) for value in (12.5, 9_360_000.0, -6.0, 0.0)] == ["12.5", "9,360,000", "−6", "0"]


def test_arm_with_fewer_doses_is_named_beside_the_other() -> None:
    arms = Plan(title="t", grouping={"by": "levels", "column": "arm", "levels": ["1-155", "1086-1241"]})
    (sentence,) = doses.lead(Shown(Results(tuple(rows())), {}, arms))
    assert sentence.text.startswith(
        "Fewer doses were given in 1086-1241 than in 1-155. Median in the first cycle 13 in 1-155, 7 in 1086-1241 ("
    )
    (still_open,) = doses.lead(Shown(Results(tuple(rows(moved=shift(0, -1, 1)))), {}, arms))
    assert still_open.text.startswith("A difference in the number of doses is not shown.")


def test_doses_recorded_in_no_group_are_said_to_be_not_recorded() -> None:
    none = [median(subject, None, reason="no values", denominator=0, missing=9) for subject in (FIRST, LAST)]
    (sentence,) = doses.lead(shown(rows(*none, moved=shift(None, None, None, reason="a group has no values"))))
    assert sentence.text == "How many doses were given in the first cycle is not recorded."


def test_millions_of_units_per_kg_are_printed_as_millions_so_that_the_table_fits_on_paper() -> None:
    per_kg = Subject("doses", "first_cycle_per_kg", unit="IU/kg", group="1-155")
    found = [*rows(), median(per_kg, 9_360_000.0, lower=7_920_000.0, upper=10_080_000.0)]
    spread = {"lower_quartile": 6.48e6, "upper_quartile": 1.008e7, "lowest": 720_000.0, "highest": 1.08e7}
    found += [number_row(per_kg, name, value) for name, value in spread.items()]
    found += [
        replace(row, group="1086-1241", result_id=f"{row.result_id}/2")
        for row in found
        if row.endpoint == per_kg.endpoint
    ]
    lines = table(doses.section(shown(found)), "doses").rows
    middle = next(place for place, line in enumerate(lines) if line.header.startswith("Dose per kg"))
    assert lines[middle].header == "Dose per kg in the first cycle, million IU/kg: median (exact 95 %)"
    assert [lines[middle + step].cells[0].text for step in range(3)] == [
        "9.36 (7.92 to 10.08)",
        "6.48 to 10.08",
        "0.72 to 10.8",
    ]


def test_single_group_that_stopped_for_toxicity_is_not_called_first_and_last() -> None:
    stopped = ResultRow("s", "c", "doses", "stopped_for_toxicity", "risk", 0.5, numerator=5, denominator=10)
    assert stopped_only_group(stopped).text == "First cycle stopped for toxicity: 5 of 10 (50 %)."
    unknown = ResultRow("s", "c", "doses", "stopped_for_toxicity", "risk", None, reason="there are no patients")
    assert "cannot be given: there are no patients" in stopped_only_group(unknown).text
