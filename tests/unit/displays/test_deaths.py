"""What does the report say of deaths, and what does it not say?"""

from __future__ import annotations

from seriatim.analyses.deaths import Options, analyse
from seriatim.displays import deaths
from seriatim.displays._contract import Shown
from seriatim.pages import Figure, Sentence, Table
from seriatim.plans.plan import Plan
from seriatim.results.results import Results
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import tally_from_rows

PLAN = Plan(title="deaths", grouping={"by": "equal groups", "groups": 2})
DEATH = Key("death", Role.PARTITION, (
    "related", "relatedness unknown", "not related", "no death", "follow-up too short", "no follow-up",
))  # fmt: skip


def shown(deadly: dict[int, str], n: int = 1241) -> Shown:
    rows = [(case, deadly.get(case, "no death"), 1) for case in range(1, n + 1)]
    by_case = tally_from_rows("deaths_by_case", Unit.PATIENT, "d", (Key("case_number", Role.ORDER), DEATH), rows)
    group = Key("group", Role.PARTITION, ("early", "late"))
    grouped = [("early" if case <= n // 2 else "late", death, 1) for case, death, _ in rows]
    by_group = tally_from_rows("deaths", Unit.PATIENT, "d", (group, DEATH), grouped)
    tallies = {"deaths": by_group, "deaths_by_case": by_case}
    return Shown(Results(tuple(analyse(tallies, PLAN, Options()))), tallies, PLAN)


def texts(made: Shown) -> str:
    section = deaths.section(made)
    return " ".join(block.text for block in section.blocks if isinstance(block, Sentence))


def test_first_screen_says_the_run_and_how_high_the_risk_could_be():
    (sentence,) = deaths.lead(shown({12: "related", 432: "related"}))
    assert "among the last 809 patients" in sentence.text
    assert "0.45 % (exact 95 %)" in sentence.text


def test_a_run_found_by_looking_has_its_own_chance():
    words = texts(shown({12: "related", 100: "related", 432: "related"}))
    assert "If the 3 earlier deaths had fallen on any cases with the same chance" in words
    assert "P = 0.042" in words
    assert "P = 0.17" in words


def test_unknown_relatedness_is_said_with_the_shorter_run():
    words = texts(shown({432: "related", 1000: "relatedness unknown"}))
    assert "the run would be 241 patients and not 809" in words


def test_the_last_case_not_yet_ripe_is_said():
    words = texts(shown({432: "related", 1241: "follow-up too short"}))
    assert "The last case has not been followed for long enough to be judged, and stays out of the run." in words
    assert "among the last 808 patients who can be judged." in words


def test_patients_within_the_run_who_cannot_be_judged_are_said_on_the_first_screen_and_weighed():
    made = shown({432: "related", 500: "no follow-up", 1000: "follow-up too short"})
    (sentence,) = deaths.lead(made)
    assert "among the last 807 patients who can be judged (2 more among them cannot be judged)." in sentence.text
    assert "had the last of them died of treatment, the run would be 241 patients." in texts(made)


def test_a_series_without_follow_up_is_not_called_free_of_deaths():
    made = shown(dict.fromkeys(range(1, 61), "no follow-up"), n=60)
    words = texts(made)
    assert "Whether anybody died of treatment cannot be said" in words
    assert "No treatment-related death" not in words


def test_the_chart_counts_the_patients_that_the_sentence_counts():
    made = shown({12: "related", 5: "no follow-up", 500: "no follow-up"})
    (figure,) = (block for block in deaths.section(made).blocks if isinstance(block, Figure))
    assert "among the last 1228 patients who can be judged" in texts(made)
    assert "none in the 1228 patients since. True risk" in figure.alternative
    assert figure.caption.endswith("2 cases that cannot be judged are not counted.")


def test_arms_have_their_deaths_told_and_no_run():
    arms = Plan(title="trial", grouping={"by": "levels", "column": "arm", "levels": ["early", "late"]})
    made = shown({2: "related"}, n=8)
    rows = Results(tuple(analyse({"deaths": made.tallies["deaths"]}, arms, Options())))
    section = deaths.section(Shown(rows, {"deaths": made.tallies["deaths"]}, arms))
    assert section.blocks[0].text == "Treatment-related deaths, early: 1 of 4; late: 0 of 4."
    assert section.notes == deaths.SMALL_PRINT[:1]
    (table,) = (block for block in section.blocks if isinstance(block, Table))
    assert table.notes[0].startswith("Late minus early, points (95 %): ")


def test_deaths_of_unknown_relation_have_a_column_of_their_own():
    section = deaths.section(shown({432: "related", 1000: "relatedness unknown"}))
    table = next(block for block in section.blocks if isinstance(block, Table) and block.name == "deaths")
    assert table.columns[2:] == ("Died, relation unknown",)
    assert [row.cells[1].text for row in table.rows] == ["0", "1"]
    assert table.notes[0].startswith("Last minus first, points (95 %): ")


def test_the_run_chart_is_drawn_where_there_was_a_death():
    section = deaths.section(shown({12: "related", 432: "related"}))
    assert any(isinstance(block, Figure) for block in section.blocks)
    without = deaths.section(shown({}, n=60))
    assert not any(isinstance(block, Figure) for block in without.blocks)


def test_a_last_case_that_died_is_no_run():
    words = texts(shown({60: "related"}, n=60))
    assert (
        "There is no run without a treatment-related death: the last case that can be judged died of treatment."
        in words
    )


def test_nothing_is_shown_that_was_not_asked_for():
    empty = Shown(Results(()), {}, PLAN)
    assert deaths.section(empty) is None
    assert deaths.lead(empty) == ()
