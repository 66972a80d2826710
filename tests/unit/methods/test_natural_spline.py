"""Are the columns those of a natural cubic spline?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.kernels.natural_spline import natural_spline, weighted_quantiles

KNOTS = np.array([1.0, 311.0, 621.0, 931.0, 1241.0])


def test_outside_the_outer_knots_every_column_is_straight() -> None:
    for start in (-2000.0, 1241.0):
        rows = natural_spline(start + np.array([0.0, 100.0, 200.0]), KNOTS)
        assert rows[2] - rows[1] == pytest.approx(rows[1] - rows[0], abs=1e-9)


def test_the_columns_span_as_many_curves_as_there_are_knots() -> None:
    assert np.linalg.matrix_rank(natural_spline(np.arange(1.0, 1242.0), KNOTS)) == 5


def test_slope_and_bend_do_not_jump_at_a_knot() -> None:
    near = natural_spline(621 + np.arange(-3.0, 4.0), KNOTS)
    assert np.abs(np.diff(near, n=3, axis=0)).max() < 1e-6


def test_weighted_quantiles_are_those_of_the_cases_one_by_one() -> None:
    rng = np.random.default_rng(3)
    values, weights = rng.permutation(40).astype(float), rng.integers(0, 6, 40).astype(float)
    shares = np.linspace(0, 1, 11)
    one_by_one = np.quantile(np.repeat(values, weights.astype(int)), shares)
    assert weighted_quantiles(values[weights > 0], weights[weights > 0], shares) == pytest.approx(one_by_one)
