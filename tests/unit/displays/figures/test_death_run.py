"""Does the run chart count the patients since the last death rightly?"""

from __future__ import annotations

import pytest

from seriatim.displays.figures.death_run import death_run


def lengths(deaths: list[int], last_case: int) -> list[int]:
    return [run["length"] for run in death_run(deaths, last_case).spec["datasets"]["runs"]]


def test_runs_are_the_patients_between_deaths_and_the_open_one_after() -> None:
    assert lengths([2, 5], 9) == [2, 3, 4]


def test_series_without_a_death_is_one_open_run() -> None:
    figure = death_run([], 3, upper=0.7)
    assert lengths([], 3) == [3]
    assert figure.alternative == "None of 3 patients with treatment-related death. True risk at most 70 % (exact 95 %)."
    assert figure.spec["datasets"]["last"] == []


def test_death_of_the_last_patient_leaves_a_run_of_none() -> None:
    assert lengths([3], 3) == [3, 0]


def test_last_death_is_marked_at_its_case() -> None:
    assert death_run([2, 5], 9).spec["datasets"]["last"] == [{"case": 5}]


def test_bound_is_not_claimed_where_none_was_given() -> None:
    assert "risk" not in death_run([2], 9).alternative


@pytest.mark.parametrize("deaths", [[5, 2], [2, 2], [0], [10]])
def test_case_numbers_that_cannot_be_are_refused(deaths: list[int]) -> None:
    with pytest.raises(ValueError, match="from 1 to 9"):
        death_run(deaths, 9)


def test_cases_that_cannot_be_judged_are_in_no_run() -> None:
    figure = death_run([3], 9, unjudged=[1, 5, 6, 12], upper=0.5)
    assert [run["length"] for run in figure.spec["datasets"]["runs"]] == [2, 4]
    assert figure.alternative.startswith("1 of 6 patients with")
    assert "the last at case 3; none in the 4 patients since." in figure.alternative
    assert figure.caption.endswith("3 cases that cannot be judged are not counted.")
    assert death_run([3], 9, unjudged=[1]).caption.endswith("1 case that cannot be judged is not counted.")
