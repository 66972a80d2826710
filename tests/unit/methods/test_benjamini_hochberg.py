"""Does the false discovery rate count the tests that were made, and those only?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.benjamini_hochberg import benjamini_hochberg


def test_a_term_that_could_not_be_tested_does_not_count() -> None:
    assert benjamini_hochberg([0.01, np.nan, 0.04]).tolist() == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)


def test_adjusted_values_never_exceed_one_and_keep_their_order() -> None:
    assert benjamini_hochberg([0.9, 0.8, 1.0]).tolist() == [1, 1, 1]
    assert benjamini_hochberg([0.04, 0.03, 0.01]).tolist() == pytest.approx([0.04, 0.04, 0.03])


def test_an_empty_screen_stays_empty() -> None:
    assert benjamini_hochberg([]).shape == (0,)


@pytest.mark.parametrize("value", [-0.1, 1.1])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        benjamini_hochberg([0.5, value])
