"""Does each row name the publication that its number is from?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import seriatim
from seriatim.displays.wording.sources import CITATIONS, short
from seriatim.plans.grouping import EqualGroups
from seriatim.results.references import OWN, SOURCES, reference_of

BIBLIOGRAPHY = (Path(__file__).parents[3] / "docs" / "sources.bib").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"@\w+\{([^,]+),\n(.*?)\n\}", BIBLIOGRAPHY, re.DOTALL))
KEYS = sorted({key for _, keys in SOURCES for key in keys})


def field(key: str, name: str) -> str | None:
    found = re.search(rf"\b{name}\s*= \{{(.*)\}}", ENTRIES[key])
    return found[1].replace("--", "–").replace("{", "").replace("}", "") if found else None


@pytest.fixture(scope="module")
def rows():
    plan = seriatim.read_plan("il2_1998").model_copy(update={"grouping": EqualGroups(by="equal groups", groups=3)})
    return seriatim.review(seriatim.simulate("il2-1998", seed=3, patients=90), plan).results


def test_every_number_of_a_review_that_has_a_method_names_its_source_or_is_plain_counting(rows):
    unsourced = {row.method for row in rows if row.method and row.value is not None and not row.reference}
    assert not [method for method in unsourced if not method.startswith(OWN)]
    assert sum(bool(row.reference) for row in rows) > 1000


def test_a_number_that_is_only_counted_cites_nobody(rows):
    assert {row.reference for row in rows if not row.method} == {""}


def test_an_adjusted_p_cites_the_test_and_the_adjustment(rows):
    adjusted = rows.where(statistic="p_score_holm")
    assert {row.reference for row in adjusted} == {"miettinen_nurminen_1985 holm_1979"}


def test_an_exact_trend_cites_the_test_and_how_it_was_made_exact():
    assert reference_of("exact conditional Cochran-Armitage trend test") == "armitage_1955 agresti_1992"
    assert reference_of("Cochran-Armitage trend test, hypergeometric variance") == "armitage_1955"


@pytest.mark.parametrize("key", KEYS)
def test_each_citation_says_what_the_bibliography_says(key):
    printed = CITATIONS[key]
    for name in ("title", "year", "volume", "pages"):
        value = field(key, name)
        assert value is None or value in printed
    assert short(key).endswith(f" {key[-4:]}")


def test_names_with_a_capital_inside_keep_it():
    assert short("mccullagh_nelder_1989") == "McCullagh, Nelder 1989"
