"""Are the dictionaries that NCI publishes read whole, and is each of our cut-points in the text of its grade?"""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from seriatim.errors import Misuse
from seriatim.grading.criteria import ELSEWHERE, OF_BASELINE, Bound, Criterion, read_scale
from seriatim.grading.dictionary import read_changes, read_terms, successors, translated

FILES = {"ctcae-v4": "CTCAE_4.03.csv", "ctcae-v5": "CTCAE_v5.0.csv", "ctcae-v6": "ctcae-v6.0.xlsx"}
# The scale has one term for both, and tells them apart inside it.
DIVIDED = {"hypocalcemia (ionized)", "hypercalcemia (ionized)", "hyperglycemia (fasting)"}
LIMITS = (Bound.TIMES_UPPER_LIMIT, Bound.TIMES_LOWER_LIMIT, *OF_BASELINE)


@pytest.fixture(scope="module")
def folder(data):
    return data / "ctcae_nci"


@pytest.mark.parametrize(("scale", "terms"), [("ctcae-v4", 790), ("ctcae-v5", 837), ("ctcae-v6", 850)])
def test_published_dictionary_has_so_many_terms(folder, scale: str, terms: int) -> None:
    assert len(read_terms(folder / FILES[scale])) == terms


@pytest.mark.parametrize("scale", FILES)
def test_every_numeric_term_of_ours_is_a_term_of_the_dictionary(folder, scale: str) -> None:
    published = read_terms(folder / FILES[scale])
    assert {term for term in read_scale(scale) if term not in published} <= DIVIDED


@pytest.mark.parametrize("scale", FILES)
def test_highest_numeric_grade_is_a_grade_that_the_dictionary_has(folder, scale: str) -> None:
    published = read_terms(folder / FILES[scale])
    for term, rows in read_scale(scale).items():
        if term in published:
            assert {row.grade for row in rows if row.grade <= 5} <= published[term].grades.keys(), term


def numbers(text: str) -> set[Fraction]:
    return {Fraction(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def as_it_may_be_printed(row: Criterion) -> set[Fraction]:
    """The number itself; grams in another power of ten, counts per cubic millimetre, a fall in percent."""
    number = row.threshold if row.printed is None else row.printed
    powers = {"g/L": (Fraction(1, 10), 100), "umol/L": (Fraction(1, 1000),), "10^9/L": (1000,)}.get(row.unit, ())
    fall = {100 * (1 - number)} if row.bound is Bound.TIMES_BASELINE and row.direction == "low" else set()
    return {number, *(number * power for power in powers), *fall}


@pytest.mark.parametrize("scale", FILES)
def test_every_cut_point_is_printed_in_the_text_of_its_grade(folder, scale: str) -> None:
    published = read_terms(folder / FILES[scale])
    asked = [row for rows in read_scale(scale).values() for row in rows if row.grade != ELSEWHERE and row.threshold]
    # Once a limit or a baseline is written ULN, LLN or baseline without a number.
    asked = [row for row in asked if not (row.threshold == 1 and row.bound in LIMITS)]
    assert len(asked) > 180
    for row in asked:
        text = published[row.term.split(" (")[0]].grades[row.grade]
        assert as_it_may_be_printed(row) & numbers(text), (row.term, row.words, text)


def test_mapping_from_version_5_to_6_gives_the_renamed_terms(folder) -> None:
    changes = read_changes(folder / FILES["ctcae-v6"])
    assert len(changes) == 4070
    new = successors(changes)
    renamed = {
        "Platelet count decreased": "thrombocytopenia",
        "Lymphocyte count decreased": "lymphopenia",
        "CPK increased": "investigations - other, specify",
        "Left ventricular systolic dysfunction": "heart failure",
        "Edema limbs": "peripheral edema",
        "Ischemia cerebrovascular": "stroke",
        "Rash acneiform": "rash maculo-papular",
    }
    assert {old: translated(old, new) for old in renamed} == renamed
    with pytest.raises(Misuse, match="any of investigations - other, specify, myocardial infarction"):
        translated("Cardiac troponin T increased", new)
    assert sum(len(terms) > 1 for terms in new.values()) == 9


def test_every_term_of_version_5_has_a_successor_in_version_6(folder) -> None:
    new = successors(read_changes(folder / FILES["ctcae-v6"]))
    missing = [term for term in read_terms(folder / FILES["ctcae-v5"]) if not new.get(term)]
    assert missing == []
