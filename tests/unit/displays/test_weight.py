"""Does the section on weight give intervals and never say that nothing changed?"""

from __future__ import annotations

from seriatim.analyses.weight import GRADE, RECORD, Options, analyse
from seriatim.displays import weight as display
from seriatim.displays._contract import Shown
from seriatim.displays.wording import weight as wording
from seriatim.pages import Figure, Sentence, Table
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="weight", grouping={"by": "equal groups", "groups": 2})


def section():
    group, cycle = Key("group", Role.PARTITION, ("early", "late")), Key("cycle", Role.VIEW, ("1",))
    gains = [("early", "1", "recorded", 40 + n, 2) for n in range(50)]
    gains += [("early", "1", "no baseline weight", 0, 20)]
    gains += [("late", "1", "recorded", 38 + n, 2) for n in range(50)]
    grades = [("early", "1", "0", 20), ("early", "1", "1", 80), ("early", "1", "not assessed", 20),
              ("late", "1", "0", 24), ("late", "1", "1", 76)]  # fmt: skip
    made = {
        "weight_gain": ((group, cycle, RECORD, Key("gain", Role.ORDER)), gains),
        "weight_gain_grade": ((group, cycle, GRADE), grades),
    }
    tallies = {name: tally_from_rows(name, Unit.PATIENT, name, keys, rows) for name, (keys, rows) in made.items()}
    return display.section(Shown(Results(tuple(analyse(tallies, PLAN, Options()))), tallies, PLAN))


def texts() -> list[str]:
    return [block.text for block in section().blocks if isinstance(block, Sentence)]


def test_sentence_gives_both_medians_with_intervals_before_the_p_value() -> None:
    text = texts()[0]
    assert text.startswith("Median weight gain, cycle 1: 6.5 % (95 % interval ")
    assert "6.3 % (95 % interval " in text
    assert text.index("interval") < text.index(" P ")
    assert "what change remains possible" in text


def test_no_sentence_says_that_weight_did_not_change() -> None:
    words = " ".join(texts()).lower()
    assert not [bad for bad in ("unchanged", "stable", "no difference", "no change") if bad in words]


def test_patients_without_a_baseline_are_a_caution() -> None:
    assert "not known in 20 of 120 patients (17 %) of early" in texts()[1]


def test_tables_say_who_is_missing_and_how_grades_drift() -> None:
    gains, grades = (block for block in section().blocks if isinstance(block, Table))
    assert [cell.text for cell in gains.rows[0].cells[2:]] == ["100", "20", "0", "0"]
    assert grades.notes[0].startswith("Grade 3, last minus first: 0.0 points (")
    assert grades.notes[1].startswith("Drift of grades over all groups: P ")


def test_spread_of_the_gains_has_a_picture() -> None:
    assert [block.name for block in section().blocks if isinstance(block, Figure)] == ["weight_gain_cycle_1"]


def test_review_without_weights_has_no_section() -> None:
    assert display.section(Shown(Results(()), {}, PLAN)) is None


def test_series_of_one_group_is_not_called_first_and_last() -> None:
    median = ResultRow("m", "m", "weight", "weight gain, cycle 1", "median", 7.4, lower=7.2, upper=7.7, level=0.95)
    told = wording.only_group("weight gain, cycle 1", median).text
    assert told == "Median weight gain, cycle 1: 7.4 % (95 % interval 7.2 to 7.7); the series is one group."
