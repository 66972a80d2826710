"""Does the page on grading say what the grading does?"""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from seriatim.grading.criteria import SCALES, read_scale, unverified
from seriatim.grading.options import BaselineRule, Gaps

PATH = Path(__file__).parents[2] / "docs" / "reference" / "grading.md"
PAGE = PATH.read_text(encoding="utf-8")


def test_examples_of_the_page_run() -> None:
    found = doctest.testfile(str(PATH), module_relative=False)
    assert found.attempted >= 10
    assert found.failed == 0


@pytest.mark.parametrize("scale", SCALES)
def test_page_counts_the_terms_and_rows_of_each_scale(scale: str) -> None:
    row = re.search(rf"^\| `{re.escape(scale)}` \| .* \| (\d+) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    assert row is not None
    terms = read_scale(scale)
    assert [int(n) for n in row.groups()] == [len(terms), sum(map(len, terms.values())), len(unverified(scale))]


def test_page_names_every_choice_of_the_options() -> None:
    assert all(f"`{choice}`" in PAGE for choice in (*BaselineRule, *Gaps))
