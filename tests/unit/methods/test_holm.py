"""Does Holm's rule count the tests that were made, and those only?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.holm import holm


def test_a_test_that_could_not_be_made_does_not_count() -> None:
    assert holm([0.01, np.nan, 0.04]).tolist() == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)


def test_adjusted_values_never_exceed_one() -> None:
    assert holm([0.6, 0.7, 0.8]).tolist() == [1, 1, 1]


def test_a_larger_p_never_looks_better_than_a_smaller_one() -> None:
    assert holm([0.03, 0.02]).tolist() == [0.04, 0.04]


def test_an_empty_family_stays_empty() -> None:
    assert holm([]).shape == (0,)


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, value])
