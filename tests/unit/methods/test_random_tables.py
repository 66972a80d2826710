"""Do random tables keep their margins and follow the law of tables with fixed margins?"""

from __future__ import annotations

import numpy as np
import pytest

from seriatim.methods.kernels import random_tables as kernel
from seriatim.methods.kernels.random_tables import random_tables


def test_every_table_keeps_both_margins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "CELLS", 60)
    slices = list(random_tables([4, 5, 6], [7, 2, 6], np.random.default_rng(3), draws=20))
    assert [len(part) for part in slices] == [6, 6, 6, 2]
    tables = np.concatenate(slices)
    assert np.all(tables.sum(axis=2) == [4, 5, 6])
    assert np.all(tables.sum(axis=1) == [7, 2, 6])
    assert tables.min() >= 0


def test_cells_have_the_mean_and_the_spread_of_a_hypergeometric_count() -> None:
    cell = np.concatenate(list(random_tables([4, 6], [3, 7], np.random.default_rng(3), draws=40_000)))[:, 0, 0]
    mean, variance = 4 * 3 / 10, 4 * 0.3 * 0.7 * 6 / 9
    assert cell.mean() == pytest.approx(mean, abs=5 * (variance / 40_000) ** 0.5)
    assert cell.var() == pytest.approx(variance, rel=0.05)
