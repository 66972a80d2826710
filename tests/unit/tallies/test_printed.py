"""Which figures are printed figures, and which numbers print as them?"""

from __future__ import annotations

import pytest

from seriatim.tallies.printed import prints_as


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0374, "0.037"),
        (0.0365, "0.036"),  # half to even
        (0.0365, "0.037"),  # half up
        (0.4, "0.40"),
        (0.0404, ".04"),
        (1.0, "1.00"),
        (8.3e-5, "<0.001"),
        (8.3e-5, "≤ 0.001"),
        (8.3e-5, "= 8.3e-5"),
        (0.61, ">0.5"),
        (8.1945e-51, "8E-51"),
        (0.0, "0"),
    ],
)
def test_number_prints_as_the_figure(value, printed):
    assert prints_as(value, printed)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0374, "0.040"),
        (0.36, "0.40"),
        (0.002, "<0.001"),
        (0.3, "> 0.5"),
        (0.5, "8e-51"),
        (0.051, "0.06"),
        (0.51, "1.00"),
    ],
)
def test_number_does_not_print_as_the_figure(value, printed):
    assert not prints_as(value, printed)
