"""Do the survival curves show their steps, their censoring and how many were still followed?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.survival_steps import SurvivalGroup, SurvivalStep, survival_steps

GROUP = SurvivalGroup(
    "1–3", (SurvivalStep(0, 1.0), SurvivalStep(4, 2 / 3, 0.1, 0.9)), ((0, 3), (6, 1)), censored=(2.0, 9.0)
)


def test_censored_patient_is_a_tick_on_the_curve() -> None:
    rows = survival_steps([GROUP]).spec["datasets"]["censored"]
    assert [(row["time"], row["survival"]) for row in rows] == [(2.0, 1.0), (9.0, 2 / 3)]


def test_curve_goes_on_to_the_end_of_follow_up() -> None:
    assert [step["time"] for step in survival_steps([GROUP]).spec["datasets"]["steps"]] == [0, 4, 9.0]


def test_axis_is_marked_where_the_numbers_at_risk_stand() -> None:
    figure = survival_steps([GROUP])
    assert figure.spec["layer"][0]["encoding"]["x"]["axis"]["values"] == [0, 6]
    assert figure.spec["datasets"]["at_risk"] == [{"x": 0, "n": 3, "row": 0}, {"x": 6, "n": 1, "row": 0}]


def test_alternative_says_how_many_began() -> None:
    assert survival_steps([GROUP]).alternative.endswith("1–3: 3 at risk at the start, 67 % alive at 4, the last step.")


def test_group_without_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="steps and numbers at risk"):
        survival_steps([SurvivalGroup("1–3", (), ((0, 3),))])
