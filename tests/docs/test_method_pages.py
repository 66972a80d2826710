"""Does the page of each method run as printed, name its sources, and stand for a method that exists?"""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "methods").glob("*.md"))
METHODS = {path.stem for path in (ROOT / "src" / "seriatim" / "methods").glob("*.py")} - {"__init__", "values"}
KEYS = set(re.findall(r"@\w+\{([^,]+),", (ROOT / "docs" / "sources.bib").read_text(encoding="utf-8")))
# It redoes a paper's printed chi-square only, and has no page yet.
WITHOUT_PAGE = {"pearson_chi_squared"}
# Counting, which needs no paper.
WITHOUT_SOURCE = {"compatible_counts", "event_free_run"}


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_the_worked_example_gives_what_is_printed(page: Path) -> None:
    found = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert found.failed == 0
    assert found.attempted > 0


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_the_sources_of_a_page_are_in_the_bibliography(page: Path) -> None:
    cited = re.findall(r"\b[a-z]+(?:_[a-z]+)*_\d{4}\b", page.read_text(encoding="utf-8").rpartition("Source")[2])
    assert cited or page.stem in WITHOUT_SOURCE
    assert not set(cited) - KEYS


def test_every_method_has_a_page_and_every_page_a_method() -> None:
    assert {page.stem for page in PAGES} == METHODS - WITHOUT_PAGE


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_asks_its_question_and_says_when_the_method_misleads(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "**Question.**" in text
    assert "**When it misleads" in text or "**A trap" in text
