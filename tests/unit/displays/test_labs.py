"""Does the section on the laboratory say grades, units and what is missing?"""

from __future__ import annotations

from seriatim.analyses.labs import BASELINE, HAD, READING, WORST, Options, analyse
from seriatim.displays import labs as display
from seriatim.displays._contract import Shown
from seriatim.pages import Figure, Sentence, Table
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
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
