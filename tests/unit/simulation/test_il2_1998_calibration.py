"""Do simulated series centre on what the 1998 abstract prints of its first and last patients?"""

from __future__ import annotations

from functools import cache
from math import sqrt

import numpy as np
import polars as pl
import pytest

from seriatim.simulation.simulate import simulate_raw

SEEDS = range(8)
FIRST, LAST = (1, 155), (1086, 1241)

# Cancer 1998;83:797-805, abstract: terms, grades, % of the first 155 patients, % of the last.
TOXICITIES = {
    "line sepsis": (("line sepsis",), (3, 4), 18, 4),
    "diarrhea": (("diarrhea",), (3, 4), 92, 12),
    "neuropsychiatric toxicity": (("neuropsychiatric toxicity",), (4,), 19, 8),
    "hypotension": (("hypotension",), (3, 4), 81, 31),
    "cardiac ischemia": (("cardiac ischemia", "myocardial infarction"), (4,), 3, 0),
}


@cache
def series(seed: int) -> dict[str, pl.DataFrame]:
    raw = simulate_raw(generator=np.random.default_rng(seed))
    return {table.name: table.frame for table in raw.tables}


def cases_of(seed: int, group: tuple[int, int]) -> pl.DataFrame:
    return series(seed)["patient"].filter(pl.col("case_number").cast(pl.Int64).is_between(*group)).select("patient_id")


def share(seed: int, group: tuple[int, int], records: pl.DataFrame) -> float:
    cases = cases_of(seed, group)
    return cases.join(records, on="patient_id", how="semi").height / cases.height


def with_toxicity(seed: int, terms: tuple[str, ...], grades: tuple[int, ...]) -> pl.DataFrame:
    events = series(seed)["adverse_event"]
    return events.filter(pl.col("term").is_in(terms), pl.col("grade").cast(pl.Int64).is_in(grades))


def assert_centres(shares: list[float], percent: float) -> None:
    """Within four standard errors of the mean of so many groups of 155, and the half that rounding hides."""
    expected = percent / 100
    allowed = 4 * sqrt(expected * (1 - expected) / (155 * len(shares))) + 0.005
    assert np.mean(shares) == pytest.approx(expected, abs=allowed)


@pytest.mark.parametrize("name", TOXICITIES)
@pytest.mark.parametrize("group", [FIRST, LAST], ids=["first 155", "last 156"])
def test_share_of_patients_with_a_toxicity_centres_on_the_abstract(name: str, group: tuple[int, int]) -> None:
    terms, grades, first, last = TOXICITIES[name]
    shares = [share(seed, group, with_toxicity(seed, terms, grades)) for seed in SEEDS]
    assert_centres(shares, first if group == FIRST else last)


@pytest.mark.parametrize(("group", "percent"), [(FIRST, 12), (LAST, 3)])
def test_share_of_patients_intubated_centres_on_the_abstract(group: tuple[int, int], percent: float) -> None:
    tables = [series(seed)["intervention"].filter(pl.col("intervention") == "intubation") for seed in SEEDS]
    assert_centres([share(seed, group, table) for seed, table in zip(SEEDS, tables, strict=True)], percent)


def test_no_grade_4_cardiac_ischemia_occurs_in_the_last_group() -> None:
    terms = ("cardiac ischemia", "myocardial infarction")
    assert all(share(seed, LAST, with_toxicity(seed, terms, (4,))) == 0 for seed in SEEDS)


@pytest.mark.parametrize(("group", "median"), [(FIRST, 13), (LAST, 7)])
def test_median_doses_of_the_first_cycle_centre_on_the_abstract(group: tuple[int, int], median: int) -> None:
    medians = []
    for seed in SEEDS:
        given = series(seed)["dose"].filter(
            pl.col("course") == "1", pl.col("cycle") == "1", pl.col("status").is_in(["given", "partial"])
        )
        doses = given.join(cases_of(seed, group), on="patient_id", how="semi").group_by("patient_id").len()
        medians.append(doses["len"].median())
    assert np.median(medians) == median
    assert max(abs(found - median) for found in medians) <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_case_432_is_the_last_treatment_related_death(seed: int) -> None:
    deaths = series(seed)["follow_up"].filter(pl.col("relatedness") == "related")
    cases = series(seed)["patient"].join(deaths, on="patient_id", how="semi")["case_number"].cast(pl.Int64)
    assert cases.max() == 432
    assert len(cases) > 1


@pytest.mark.parametrize(("disease", "response", "complete"), [("melanoma", 16, 6.5), ("renal cell carcinoma", 20, 8)])
def test_response_is_that_of_the_published_series_in_early_and_late_patients(
    disease: str, response: float, complete: float
) -> None:
    for low, high in ((1, 620), (621, 1241)):
        best = pl.concat(
            series(seed)["patient"]
            .filter(pl.col("case_number").cast(pl.Int64).is_between(low, high), pl.col("diagnosis") == disease)
            .join(series(seed)["response"], on="patient_id")["best_response"]
            for seed in SEEDS
        )
        for words, percent in ((("CR", "PR"), response), (("CR",), complete)):
            expected = percent / 100
            allowed = 4 * sqrt(expected * (1 - expected) / len(best))
            assert best.is_in(words).mean() == pytest.approx(expected, abs=allowed)
