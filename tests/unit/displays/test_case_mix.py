"""Does the section on the patients say how far apart the groups are, and no more?"""

from __future__ import annotations

from dataclasses import replace

from seriatim.displays import case_mix as display
from seriatim.displays._contract import Shown
from seriatim.pages import Figure, Sentence, Table
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.results.row import ResultRow

PLAN = Plan(title="case mix", grouping={"by": "equal groups", "groups": 2})


def row(endpoint: str, statistic: str, value: float | None, group: str = "late", **columns: object) -> ResultRow:
    name = f"case_mix/{endpoint}/{group}/{statistic}/{columns.get('convention', '')}"
    return ResultRow(name, name, "case_mix", endpoint, statistic, value, group=group, **columns)


def share(level: str, group: str, n: int, size: int, missing: int = 0) -> ResultRow:
    return row("sex", "share", n / size, group, convention=level, numerator=n, denominator=size, missing=missing)


ROWS = (
    share("female", "early", 40, 100, 20), share("male", "early", 40, 100, 20),
    share("not recorded", "early", 20, 100, 20), share("female", "late", 60, 100), share("male", "late", 40, 100),
    share("not recorded", "late", 0, 100),
    row("sex", "standardised_difference", 0.41),
    *(row("age", name, value, group, denominator=100, missing=0) for group in ("early", "late")
      for name, value in (("lower_quartile", 40.0), ("median", 51.0), ("upper_quartile", 60.0))),
    row("age", "standardised_difference", -0.05),
    row("screening", "treated_of_screened", 0.75, "all years", numerator=150, denominator=200, missing=3),
    row("screening", "excluded_for", 0.5, "all years", convention="cardiac", numerator=25, denominator=50),
)  # fmt: skip


def blocks(rows: tuple = ROWS) -> tuple:
    return display.section(Shown(Results(rows), {}, PLAN)).blocks


def texts(rows: tuple = ROWS) -> list[str]:
    return [block.text for block in blocks(rows) if isinstance(block, Sentence)]


def test_characteristics_that_are_apart_are_named_with_their_distance() -> None:
    assert "sex (0.41) differs by more than 0.1 of its own spread" in texts()[0]
    assert "age" not in texts()[0]


def test_groups_that_are_alike_in_what_was_recorded_may_differ_in_what_was_not() -> None:
    others = (line for line in ROWS if line.statistic != "standardised_difference")
    alike = (*others, row("sex", "standardised_difference", 0.02))
    assert "what is not recorded may be" in texts(alike)[0]


def test_characteristic_that_a_tenth_of_a_group_lacks_is_named() -> None:
    assert texts()[1] == "Not recorded: sex in 20 of 100 (20 %) of early."


def test_table_has_a_line_a_level_under_its_characteristic() -> None:
    table = next(block for block in blocks() if isinstance(block, Table))
    assert [(line.header, line.level) for line in table.rows] == [
        ("Sex", 0), ("female", 1), ("male", 1), ("not recorded", 1), ("Age, median (quartiles)", 0),
    ]  # fmt: skip
    assert table.rows[1].cells[0].text == "40/100 (40 %)"
    assert table.rows[4].cells[1].text == "51 (40 to 60)"


def test_candidates_and_the_reasons_of_those_not_treated_are_shown() -> None:
    assert texts()[-1] == "Of 200 candidates, 150 (75.0 %) were treated; of 3 it is not recorded whether they were."
    assert [block.name for block in blocks() if isinstance(block, Table)] == ["case_mix", "screened", "excluded"]


def test_distances_have_a_picture() -> None:
    (figure,) = (block for block in blocks() if isinstance(block, Figure))
    assert "Sex 0.41" in figure.alternative


def test_series_without_screening_is_told() -> None:
    others = (line for line in ROWS if line.endpoint != "screening")
    reason = "no candidate for treatment is recorded"
    rows = (*others, row("screening", "treated_of_screened", None, "", reason=reason))
    assert "no candidate for treatment is recorded" in texts(rows)[-1]


def test_review_without_case_mix_has_no_section() -> None:
    assert display.section(Shown(Results(()), {}, PLAN)) is None


ARMS = Plan(title="trial", grouping={"by": "levels", "column": "arm", "levels": ["early", "late"]})


def test_groups_that_differ_in_their_patients_are_a_caution_on_the_first_screen() -> None:
    (caution,) = display.lead(Shown(Results(ROWS), {}, PLAN))
    assert caution.tone == "caution"
    alike = tuple(line for line in ROWS if line.statistic != "standardised_difference" or line.endpoint != "sex")
    assert display.lead(Shown(Results(alike), {}, PLAN)) == ()


def test_arms_are_named_in_sentence_and_picture() -> None:
    (caution,) = display.lead(Shown(Results(ROWS), {}, ARMS))
    assert caution.text.startswith("The patients of late are not those of early: sex (0.41) differs")
    assert "Part of any difference in outcome" in caution.text
    found = display.section(Shown(Results(ROWS), {}, ARMS)).blocks
    (figure,) = (block for block in found if isinstance(block, Figure))
    assert figure.caption.startswith("How far apart early and late are.")


def test_series_of_one_group_has_no_picture_of_distances_and_says_why() -> None:
    alone = tuple(
        replace(line, value=None, reason="the series is one group")
        if line.statistic == "standardised_difference"
        else line
        for line in ROWS
    )
    assert texts(alone)[0].endswith("are in their patients cannot be given: the series is one group.")
    assert not [block for block in blocks(alone) if isinstance(block, Figure)]
    assert display.lead(Shown(Results(alone), {}, PLAN)) == ()
