"""Does the section on the laboratory say grades, units and what is missing?"""

from __future__ import annotations

from seriatim.analyses.labs import BASELINE, HAD, READING, WORST, Options, analyse
from seriatim.displays import labs as display
from seriatim.displays._contract import Shown
from seriatim.displays.wording import labs as wording
from seriatim.displays.wording.groups import ends
from seriatim.pages import Figure, Sentence, Table
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="labs", grouping={"by": "equal groups", "groups": 2})


def blocks() -> tuple:
    group, test = Key("group", Role.PARTITION, ("early", "late")), Key("test", Role.VIEW, ("creatinine",))
    shifts = [("early", "0", "3", 60), ("early", "0", "0", 30), ("early", "not known", "not assessed", 10),
              ("late", "0", "3", 20), ("late", "0", "1", 80)]  # fmt: skip
    both = [(g, "creatinine", way, *rest) for way in READING.levels for g, *rest in shifts]
    values = [("early", "creatinine, mg/dL", 4_000_000, 90), ("late", "creatinine, mg/dL", 1_250_000, 100)]
    reasons = [("early", "creatinine", "its unit is not recorded", "yes", 5)]
    made = {
        "lab_shift": ((group, test, READING, BASELINE, WORST), both),
        "lab_worst_value": (
            (group, Key("test_in_unit", Role.VIEW, ("creatinine, mg/dL",)), Key("worst", Role.ORDER)), values,
        ),
        "lab_not_graded": ((group, test, Key("reason", Role.VIEW, ("its unit is not recorded",)), HAD), reasons),
    }  # fmt: skip
    tallies = {name: tally_from_rows(name, Unit.PATIENT, name, keys, rows) for name, (keys, rows) in made.items()}
    results = Results(tuple(analyse(tallies, PLAN, Options(tests=("creatinine",)))))
    return display.section(Shown(results, tallies, PLAN)).blocks


def tables() -> dict[str, Table]:
    return {block.name: block for block in blocks() if isinstance(block, Table)}


def test_sentence_gives_counts_change_and_interval_before_the_p_value() -> None:
    text = next(block.text for block in blocks() if isinstance(block, Sentence))
    assert text.startswith(
        "Creatinine of grade 3 or 4: 60 of 90 (67 %) in the first group, 20 of 100 (20 %) in the last"
    )
    assert text.index("interval") < text.index("P < 0.0001")


def test_patients_without_a_grade_are_a_caution() -> None:
    texts = [block.text for block in blocks() if isinstance(block, Sentence) and block.tone == "caution"]
    assert "no grade on treatment in 10 of 100 patients (10 %) of early" in texts[0]
    assert "fewer doses" in texts[1]


def test_grade_table_keeps_not_graded_and_not_assessed_apart() -> None:
    table = tables()["lab_grades"]
    assert table.columns[-2:] == ("Not graded", "Not assessed")
    assert [cell.text for cell in table.rows[0].cells] == ["30", "0", "0", "60", "0", "0", "10"]
    assert "ctcae-v5" in table.caption


def test_unit_is_written_as_reported() -> None:
    assert tables()["lab_worst_values"].rows[0].header == "Creatinine, worst value in mg/dL, early"
    assert tables()["lab_worst_values"].rows[1].cells[0].text.startswith("1.25")


def test_reasons_why_values_were_not_graded_have_a_table() -> None:
    assert tables()["lab_not_graded"].rows[0].header == "Creatinine: its unit is not recorded"


def test_shift_and_worst_values_have_their_pictures() -> None:
    names = [block.name for block in blocks() if isinstance(block, Figure)]
    assert names == ["shift_creatinine", "worst_creatinine_mg_per_dL"]


def test_review_without_labs_has_no_section() -> None:
    assert display.section(Shown(Results(()), {}, PLAN)) is None


def test_series_without_a_graded_value_says_not_measured_in_place_of_empty_tables() -> None:
    said = {"group": "early", "denominator": 0, "missing": 3}
    rows = (
        ResultRow("g", "c", "labs", "creatinine", "worst_grade", 0.0, **said),
        ResultRow("r", "c", "labs", "creatinine", "risk", None, reason="there are no patients", **said),
    )
    (only,) = display.section(Shown(Results(rows), {}, PLAN)).blocks
    assert (
        only.text
        == "No patient has a graded value on treatment (creatinine): laboratory toxicity was not measured, not absent."
    )


def test_arms_are_named_in_place_of_first_and_last() -> None:
    arms = Plan(title="t", grouping={"by": "levels", "column": "arm", "levels": ["placebo", "interleukin-2"]})
    risks = [ResultRow(f"r{n}", "c", "labs", "creatinine", "risk", n / 10, numerator=n, denominator=10) for n in (1, 2)]
    difference = ResultRow("d", "c", "labs", "creatinine", "risk_difference", 0.1, lower=-0.2, upper=0.4, level=0.95)
    told = wording.severe("creatinine", *risks, difference, None, ends(arms)).text
    assert told == (
        "Creatinine of grade 3 or 4: 1 of 10 (10 %) in placebo, 2 of 10 (20 %) in interleukin-2;"
        " a difference of 10.0 points (95 % interval −20.0 to 40.0)."
    )
    assert wording.only_group("creatinine", risks[0]).text.endswith("1 of 10 (10 %); the series is one group.")
