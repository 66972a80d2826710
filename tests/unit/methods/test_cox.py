"""Does Cox regression see only order within strata, the same from a tally as from patients, and refuse runaways?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods import cox as module
from seriatim.methods.cox import HazardRatios, cox
from seriatim.methods.values import NotEstimable

DAYS, GROUP = [90, 180, 270, 450, 360, 450, 360, 450], [[0]] * 4 + [[1]] * 4
ENDED, LOST = [1, 1, 1, 0, 1, 1, 0, 0], [0, 0, 0, 1, 0, 0, 1, 1]


def of(result: object) -> HazardRatios:
    assert isinstance(result, HazardRatios)
    return result


def test_only_the_order_of_days_matters() -> None:
    stretched = of(cox(np.array(DAYS) ** 2, GROUP, ENDED, LOST))
    assert stretched.coefficients == pytest.approx(of(cox(DAYS, GROUP, ENDED, LOST)).coefficients)


def test_rows_of_a_tally_are_the_patients_they_count() -> None:
    tally = cox([10, 10, 20, 20], [[0], [1], [0], [1]], [2, 1, 3, 1], [1, 0, 2, 6])
    patients = cox(
        [10] * 4 + [20] * 12, [[0]] * 3 + [[1]] + [[0]] * 5 + [[1]] * 7, [1, 1, 0, 1] + [1, 1, 1, 0, 0] + [1] + [0] * 6,
        [0, 0, 1, 0] + [0, 0, 0, 1, 1] + [0] + [1] * 6,
    )  # fmt: skip
    assert of(tally).coefficients == pytest.approx(of(patients).coefficients)
    assert of(tally).covariance == pytest.approx(of(patients).covariance)


def test_sites_whose_follow_up_runs_on_other_clocks_can_be_joined_as_strata() -> None:
    days, site = np.array(DAYS + DAYS), [1] * 8 + [2] * 8
    plain = of(cox(days, GROUP * 2, ENDED * 2, LOST * 2, site))
    slow = of(cox(np.where(np.array(site) == 2, days * 7, days), GROUP * 2, ENDED * 2, LOST * 2, site))
    assert slow.coefficients == pytest.approx(plain.coefficients)


def test_a_covariate_in_other_units_gives_the_ratio_per_that_unit() -> None:
    age = [[30], [40], [55], [61], [33], [47], [70], [52]]
    years, decades = (of(cox(DAYS, np.array(age) / unit, ENDED, LOST)) for unit in (1, 10))
    assert decades.ratios[0].value == pytest.approx(years.ratios[0].value ** 10, rel=1e-6)


@pytest.mark.parametrize(
    ("covariates", "ended", "reason"),
    [
        (GROUP, [0] * 8, "no events"),
        ([[1]] * 8, ENDED, "same in all"),
        ([[]] * 8, ENDED, "same in all"),
        ([[g[0], 2 * g[0]] for g in GROUP], ENDED, "no finite hazard ratio"),
        (GROUP, [1, 1, 1, 0, 0, 0, 0, 0], "no finite hazard ratio"),
    ],
)
def test_what_cannot_be_told_apart_has_a_reason(covariates: list[list[int]], ended: list[int], reason: str) -> None:
    result = cox(DAYS, covariates, ended, [1 - x for x in ended])
    assert isinstance(result, NotEstimable)
    assert reason in result.reason


def test_a_search_cut_short_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 1)
    assert isinstance(cox(DAYS, GROUP, ENDED, LOST), NotEstimable)


def test_a_first_step_that_overshoots_is_shortened() -> None:
    # One outlier far out: the curvature at the first step promises a second one that the likelihood does not keep.
    x = [[32.0], [-3.0], [448.0], [-8.0], [-7.0], [29.0]]
    found = of(cox([5, 2, 1, 4, 3, 6], x, [1] * 6, [0] * 6))
    assert found.log_likelihood == pytest.approx(-5.393381111, abs=1e-8)


def test_a_ratio_that_runs_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RUNAWAY", 0.1)
    assert isinstance(cox(DAYS, GROUP, ENDED, LOST), NotEstimable)


def test_columns_must_fit_each_other() -> None:
    with pytest.raises(ValueError, match="row a day"):
        cox(DAYS, GROUP[:3], ENDED, LOST)
    with pytest.raises(ValueError, match="one length"):
        cox(DAYS, GROUP, ENDED[:3], LOST[:3])
    with pytest.raises(ValueError, match="finite"):
        cox([float("nan"), *DAYS[1:]], GROUP, ENDED, LOST)
