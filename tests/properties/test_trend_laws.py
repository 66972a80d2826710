"""Which laws hold for order, whatever the counts?"""

from __future__ import annotations

import itertools
from collections import defaultdict
from fractions import Fraction
from math import comb, factorial, isclose, prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, rankdata

from seriatim.methods.cochran_armitage import (
    cochran_armitage,
    cochran_armitage_exact,
    cochran_armitage_many,
)
from seriatim.methods.hodges_lehmann import shift
from seriatim.methods.jonckheere_terpstra import jonckheere_terpstra
from seriatim.methods.kernels import table_trend
from seriatim.methods.kruskal_wallis import kruskal_wallis
from seriatim.methods.log_rank import log_rank
from seriatim.methods.logistic_spline import Curve, logistic_spline
from seriatim.methods.median_interval import median, quantile
from seriatim.methods.rank_sum import rank_sum, rank_sum_trend
from seriatim.methods.values import Estimate, Interval, PValue

Groups = tuple[list[int], list[int], list[int]]


@st.composite
def grouped(draw: st.DrawFn, largest: int = 5, most: int = 4) -> Groups:
    """Events, sizes and different whole scores of ordered groups, with something to test."""
    k = draw(st.integers(2, most))
    n = draw(st.lists(st.integers(1, largest), min_size=k, max_size=k))
    events = [draw(st.integers(0, size)) for size in n]
    assume(0 < sum(events) < sum(n))
    scores = draw(st.lists(st.integers(-20, 20), min_size=k, max_size=k, unique=True))
    return events, n, sorted(scores)


@st.composite
def order(draw: st.DrawFn, largest: int = 12) -> tuple[list[int], int]:
    """Case numbers of events among consecutive cases."""
    n = draw(st.integers(2, largest))
    events = draw(st.sets(st.integers(1, n), min_size=1, max_size=n - 1))
    return sorted(events), n


@st.composite
def grade_tables(draw: st.DrawFn, largest: int = 3, rows: int = 3, columns: int = 3) -> list[list[int]]:
    shape = draw(st.integers(2, rows)), draw(st.integers(2, columns))
    table = draw(
        st.lists(
            st.lists(st.integers(0, largest), min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    )
    counts = np.array(table)
    assume(np.count_nonzero(counts.sum(axis=0)) >= 2 and np.count_nonzero(counts.sum(axis=1)) >= 2)
    return table


def p(result: object) -> PValue:
    assert isinstance(result, PValue)
    return result


def z(result: object) -> float:
    statistic = p(result).statistic
    assert statistic is not None
    return statistic


def bounds(result: object) -> tuple[float, float]:
    assert isinstance(result, Estimate)
    assert isinstance(result.interval, Interval)
    return result.interval.lower, result.interval.upper


# --- trend over groups --------------------------------------------------------------------------------------------


def score_sum_law(events: list[int], n: list[int], scores: list[int]) -> dict[int, Fraction]:
    law: dict[int, Fraction] = defaultdict(Fraction)
    for table in itertools.product(*(range(size + 1) for size in n)):
        if sum(table) == sum(events):
            ways = prod(comb(size, x) for size, x in zip(n, table, strict=True))
            law[sum(x * score for x, score in zip(table, scores, strict=True))] += Fraction(
                ways, comb(sum(n), sum(events))
            )
    return law


@given(grouped())
@settings(deadline=None, max_examples=60)
def test_the_exact_trend_is_full_enumeration(groups: Groups) -> None:
    events, n, scores = groups
    law = score_sum_law(events, n, scores)
    expected = Fraction(sum(events) * sum(size * score for size, score in zip(n, scores, strict=True)), sum(n))
    observed = abs(sum(x * score for x, score in zip(events, scores, strict=True)) - expected)
    as_far = sum(chance for total, chance in law.items() if abs(total - expected) >= observed)
    farther = sum(chance for total, chance in law.items() if abs(total - expected) > observed)
    assert isclose(p(cochran_armitage_exact(*groups)).value, as_far, rel_tol=1e-12)
    assert isclose(p(cochran_armitage_exact(*groups, convention="mid_p")).value, (as_far + farther) / 2, rel_tol=1e-12)


@given(grouped(largest=60, most=6), st.integers(-500, 500), st.sampled_from([0.5, 3.0, 155.0]))
@settings(deadline=None, max_examples=60)
def test_shifted_and_scaled_scores_change_nothing(groups: Groups, origin: int, step: float) -> None:
    events, n, scores = groups
    moved = [origin + step * score for score in scores]
    assert isclose(z(cochran_armitage(*groups)), z(cochran_armitage(events, n, moved)), rel_tol=1e-9, abs_tol=1e-9)
    assert cochran_armitage_exact(*groups).value == cochran_armitage_exact(events, n, moved).value  # type: ignore[union-attr]


@given(grouped(largest=60, most=6))
@settings(deadline=None, max_examples=60)
def test_reversing_the_order_turns_the_sign_and_keeps_p(groups: Groups) -> None:
    events, n, scores = groups
    reversed_groups = events[::-1], n[::-1], [-score for score in scores[::-1]]
    for test in (cochran_armitage, cochran_armitage_exact):
        assert isclose(z(test(*groups)), -z(test(*reversed_groups)), rel_tol=1e-9, abs_tol=1e-12)
        assert isclose(p(test(*groups)).value, p(test(*reversed_groups)).value, rel_tol=1e-9)


@given(grouped(largest=60, most=6))
@settings(deadline=None, max_examples=60)
def test_counting_patients_without_the_event_turns_the_sign_and_keeps_p(groups: Groups) -> None:
    events, n, scores = groups
    without = [size - x for x, size in zip(events, n, strict=True)]
    assert isclose(z(cochran_armitage(*groups)), -z(cochran_armitage(without, n, scores)), rel_tol=1e-9, abs_tol=1e-12)
    exact, turned = p(cochran_armitage_exact(*groups)), p(cochran_armitage_exact(without, n, scores))
    assert isclose(exact.value, turned.value, rel_tol=1e-9)


@given(grouped(largest=60, most=6), st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_splitting_a_group_into_two_with_its_score_changes_nothing(groups: Groups, at: int) -> None:
    events, n, scores = groups
    at %= len(n)
    half = n[at] // 2
    moved = min(events[at], half)
    apart = (
        [*events[:at], moved, events[at] - moved, *events[at + 1 :]],
        [*n[:at], half, n[at] - half, *n[at + 1 :]],
        [*scores[:at], scores[at], scores[at], *scores[at + 1 :]],
    )
    assert cochran_armitage_exact(*groups).value == cochran_armitage_exact(*apart).value  # type: ignore[union-attr]
    assert isclose(z(cochran_armitage(*groups)), z(cochran_armitage(*apart)), rel_tol=1e-9, abs_tol=1e-12)


@given(st.lists(grouped(largest=60, most=3).filter(lambda groups: len(groups[1]) == 3), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_a_batch_of_trends_is_its_rows(rows: list[Groups]) -> None:
    scores = rows[0][2]
    for variance in ("hypergeometric", "binomial"):
        statistics, values = cochran_armitage_many([row[0] for row in rows], [row[1] for row in rows], scores, variance)  # type: ignore[arg-type]
        for index, row in enumerate(rows):
            single = p(cochran_armitage(row[0], row[1], scores, variance))  # type: ignore[arg-type]
            assert (single.statistic, single.value) == (pytest.approx(statistics[index]), pytest.approx(values[index]))


@given(grouped(largest=60, most=2))
@settings(deadline=None, max_examples=60)
def test_with_two_groups_the_binomial_trend_is_pearsons_chi_square(groups: Groups) -> None:
    events, n, scores = groups
    table = [events, [size - x for x, size in zip(events, n, strict=True)]]
    pearson = chi2_contingency(table, correction=False).statistic
    assert isclose(
        z(cochran_armitage(events, n, scores, variance="binomial")) ** 2, pearson, rel_tol=1e-9, abs_tol=1e-12
    )


@given(grouped(largest=60, most=6))
@settings(deadline=None, max_examples=60)
def test_the_hypergeometric_trend_is_the_correlation_of_event_and_score(groups: Groups) -> None:
    # Linear-by-linear association: z squared is (N - 1) r squared.
    events, n, scores = groups
    score = np.repeat(scores, n)
    event = np.concatenate([[1] * x + [0] * (size - x) for x, size in zip(events, n, strict=True)])
    r = np.corrcoef(score, event)[0, 1]
    assert isclose(z(cochran_armitage(*groups)) ** 2, (sum(n) - 1) * r**2, rel_tol=1e-8, abs_tol=1e-12)


# --- trend along case number --------------------------------------------------------------------------------------


@given(order())
@settings(deadline=None, max_examples=60)
def test_the_exact_rank_sum_is_full_enumeration(cases: tuple[list[int], int]) -> None:
    events, n = cases
    sums = [sum(chosen) for chosen in itertools.combinations(range(1, n + 1), len(events))]
    centre = len(events) * (n + 1)
    observed = abs(2 * sum(events) - centre)
    as_far = Fraction(sum(abs(2 * total - centre) >= observed for total in sums), len(sums))
    assert isclose(p(rank_sum_trend(events, n)).value, as_far, rel_tol=1e-12)


@given(order(largest=80))
@settings(deadline=None, max_examples=30)
def test_along_case_number_the_rank_sum_is_a_trend_over_groups_of_one(cases: tuple[list[int], int]) -> None:
    events, n = cases
    happened = [int(case in events) for case in range(1, n + 1)]
    alone = happened, [1] * n, range(n)
    assert isclose(z(rank_sum_trend(events, n)), z(cochran_armitage(*alone)), rel_tol=1e-9, abs_tol=1e-12)
    assert isclose(p(rank_sum_trend(events, n)).value, p(cochran_armitage_exact(*alone)).value, rel_tol=1e-10)


@given(order(largest=60))
@settings(deadline=None, max_examples=60)
def test_reading_the_series_backwards_turns_the_sign_and_keeps_p(cases: tuple[list[int], int]) -> None:
    events, n = cases
    forwards, backwards = rank_sum_trend(events, n), rank_sum_trend([n + 1 - case for case in events], n)
    assert p(forwards).value == p(backwards).value
    assert isclose(z(forwards), -z(backwards), abs_tol=1e-12)


@given(order(largest=60), st.data())
@settings(deadline=None, max_examples=60)
def test_only_the_order_of_the_assessed_cases_counts(cases: tuple[list[int], int], data: st.DataObject) -> None:
    events, n = cases
    places = np.cumsum(data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)))
    had = np.isin(np.arange(1, n + 1), events)
    assert rank_sum(places[had], places[~had]) == rank_sum_trend(events, n)


# --- ordered categories -------------------------------------------------------------------------------------------


def tables_with_margins(table: list[list[int]]) -> list[tuple[np.ndarray, float]]:
    """Every table with the same margins, with its probability up to a constant."""
    sizes, totals = [sum(row) for row in table], [sum(column) for column in zip(*table, strict=True)]
    shares = [
        [way for way in itertools.product(*(range(size + 1) for size in sizes)) if sum(way) == total]
        for total in totals
    ]
    found = [np.array(columns).T for columns in itertools.product(*shares)]
    return [
        (filled, 1 / prod(factorial(int(cell)) for cell in filled.ravel()))
        for filled in found
        if filled.sum(axis=1).tolist() == sizes
    ]


def doubled_j(table: np.ndarray) -> int:
    grade = np.concatenate([np.repeat(np.arange(table.shape[1]), row) for row in table])
    group = np.repeat(np.arange(table.shape[0]), table.sum(axis=1))
    later, higher = group[:, None] > group, np.sign(grade[:, None] - grade)
    return int((later * (1 + higher)).sum())


def rank_dispersion(table: np.ndarray) -> float:
    grade = np.concatenate([np.repeat(np.arange(table.shape[1]), row) for row in table])
    group = np.repeat(np.arange(table.shape[0]), table.sum(axis=1))
    ranks = rankdata(grade)
    return sum(ranks[group == g].sum() ** 2 / (group == g).sum() for g in np.unique(group))


@given(grade_tables())
@settings(deadline=None, max_examples=40)
def test_exact_jonckheere_terpstra_and_kruskal_wallis_are_full_enumeration(table: list[list[int]]) -> None:
    everything = tables_with_margins(table)
    assume(len(everything) < 3000)
    total = sum(weight for _, weight in everything)
    mean = sum(doubled_j(filled) * weight for filled, weight in everything) / total
    far = abs(doubled_j(np.array(table)) - mean) - 1e-9
    jonckheere = sum(weight for filled, weight in everything if abs(doubled_j(filled) - mean) >= far) / total
    assert isclose(p(jonckheere_terpstra(table, max_work=1e9)).value, jonckheere, rel_tol=1e-9)
    large = rank_dispersion(np.array(table)) - 1e-9
    kruskal = sum(weight for filled, weight in everything if rank_dispersion(filled) >= large) / total
    assert isclose(p(kruskal_wallis(table, max_work=1e9)).value, kruskal, rel_tol=1e-9)


@given(grade_tables(largest=6, rows=5, columns=6))
@settings(deadline=None, max_examples=60)
def test_the_statistics_are_those_of_the_patients_one_by_one(table: list[list[int]]) -> None:
    counts = np.array(table)
    counts = counts[counts.sum(axis=1) > 0]
    jonckheere = z(jonckheere_terpstra(table, max_work=0))
    n, sizes = counts.sum(), counts.sum(axis=1)
    assert np.sign(jonckheere) == np.sign(2 * doubled_j(counts) - (n**2 - (sizes**2).sum()))
    turned = z(jonckheere_terpstra(table[::-1], max_work=0))
    assert isclose(jonckheere, -turned, abs_tol=1e-9)
    back_to_front = z(jonckheere_terpstra([row[::-1] for row in table], max_work=0))
    assert isclose(jonckheere, -back_to_front, abs_tol=1e-9)


@given(grade_tables(largest=8, rows=2, columns=6))
@settings(deadline=None, max_examples=60)
def test_with_two_groups_jonckheere_terpstra_is_the_rank_sum_and_its_square_kruskal_wallis(
    table: list[list[int]],
) -> None:
    jonckheere, kruskal = jonckheere_terpstra(table, max_work=0), kruskal_wallis(table, max_work=0)
    assert isclose(z(jonckheere) ** 2, z(kruskal), rel_tol=1e-9, abs_tol=1e-12)
    assert isclose(p(jonckheere).value, p(kruskal).value, rel_tol=1e-6, abs_tol=1e-300)


@given(order(largest=9))
@settings(deadline=None, max_examples=60)
def test_two_groups_without_ties_are_the_rank_sum_test(cases: tuple[list[int], int]) -> None:
    events, n = cases
    had = [int(case in events) for case in range(1, n + 1)]
    table = [[1 - x for x in had], had]
    assert isclose(p(jonckheere_terpstra(table, max_work=1e9)).value, p(rank_sum_trend(events, n)).value, rel_tol=1e-10)
    assert isclose(z(jonckheere_terpstra(table, max_work=0)), z(rank_sum_trend(events, n)), rel_tol=1e-9, abs_tol=1e-12)


@given(grouped(largest=40, most=2))
@settings(deadline=None, max_examples=60)
def test_with_two_groups_and_two_outcomes_all_trend_tests_are_one(groups: Groups) -> None:
    events, n, scores = groups
    table = [[size - x, x] for x, size in zip(events, n, strict=True)]
    trend = z(cochran_armitage(events, n, scores))
    assert isclose(trend, z(jonckheere_terpstra(table, max_work=0)), rel_tol=1e-9, abs_tol=1e-12)
    exact = p(cochran_armitage_exact(events, n, scores)).value
    assert isclose(exact, p(jonckheere_terpstra(table, max_work=1e9)).value, rel_tol=1e-10)
    assert isclose(exact, p(kruskal_wallis(table, max_work=1e9)).value, rel_tol=1e-10)


@given(grouped(largest=4, most=4))
@settings(deadline=None, max_examples=60)
def test_with_two_outcomes_jonckheere_terpstra_is_the_trend_over_mean_case_numbers(groups: Groups) -> None:
    events, n, _ = groups
    table = [[size - x, x] for x, size in zip(events, n, strict=True)]
    means = [before + (size + 1) / 2 for before, size in zip(np.cumsum([0, *n]), n, strict=False)]
    trend = z(cochran_armitage(events, n, means))
    assert isclose(trend, z(jonckheere_terpstra(table, max_work=0)), rel_tol=1e-9, abs_tol=1e-12)
    exact = p(cochran_armitage_exact(events, n, means)).value
    assert isclose(exact, p(jonckheere_terpstra(table, max_work=1e9)).value, rel_tol=1e-10)


@given(grade_tables(largest=6, rows=5, columns=2))
@settings(deadline=None, max_examples=60)
def test_two_outcomes_in_many_groups_are_kruskal_wallis_and_nearly_pearson(table: list[list[int]]) -> None:
    counts = np.array(table)
    counts = counts[counts.sum(axis=1) > 0]
    pearson = chi2_contingency(counts, correction=False).statistic
    n = counts.sum()
    assert isclose(z(kruskal_wallis(table, max_work=0)), pearson * (n - 1) / n, rel_tol=1e-9, abs_tol=1e-12)


# --- histograms ---------------------------------------------------------------------------------------------------

histograms = st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(any)


@given(histograms)
@settings(deadline=None, max_examples=60)
def test_median_and_quartiles_are_those_of_the_patients_one_by_one(counts: list[int]) -> None:
    patients = np.repeat(np.arange(len(counts)), counts)
    result = median(range(len(counts)), counts)
    assert isinstance(result, Estimate)
    assert result.value == np.median(patients)
    for q in (0.25, 0.5, 0.75, 0.9):
        assert quantile(range(len(counts)), counts, q).value == np.quantile(patients, q, method="averaged_inverted_cdf")  # type: ignore[union-attr]


@given(histograms, st.floats(0.5, 0.9), st.floats(0.9, 0.999))
@settings(deadline=None, max_examples=60)
def test_a_higher_level_never_narrows_the_interval_of_the_median(counts: list[int], low: float, high: float) -> None:
    narrow, wide = (median(range(len(counts)), counts, level) for level in (low, high))
    assume(isinstance(wide, Estimate) and wide.interval is not None)
    assert bounds(wide)[0] <= bounds(narrow)[0] <= narrow.value <= bounds(narrow)[1] <= bounds(wide)[1]  # type: ignore[union-attr]


@given(st.integers(1, 12), st.data())
@settings(deadline=None, max_examples=60)
def test_the_shift_is_the_median_of_all_differences_and_lies_in_its_interval(size: int, data: st.DataObject) -> None:
    first, last = (data.draw(st.lists(st.integers(0, 5), min_size=size, max_size=size).filter(any)) for _ in range(2))
    result = shift(range(size), first, last)
    assert isinstance(result, Estimate)
    differences = np.repeat(np.arange(size), last)[:, None] - np.repeat(np.arange(size), first)
    assert result.value == np.median(differences)
    if result.interval:
        assert result.interval.lower <= result.value <= result.interval.upper


# --- time and curves ----------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 4), min_size=1, max_size=6), st.integers(1, 9))
@settings(deadline=None, max_examples=60)
def test_the_names_of_the_groups_and_the_unit_of_time_do_not_matter(days: list[tuple[int, ...]], unit: int) -> None:
    counts = np.array(days).T
    time = np.arange(1, len(days) + 1)
    result = log_rank(time, counts[:2], counts[2:])
    turned = log_rank(time * unit, counts[1::-1], counts[:1:-1])
    assert type(result) is type(turned)
    if isinstance(result, PValue):
        assert isclose(z(result), z(turned), rel_tol=1e-9, abs_tol=1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_counting_those_without_the_event_turns_the_curve_upside_down(seed: int) -> None:
    case = np.arange(1, 301)
    had = np.random.default_rng(seed).random(300) < 0.4
    curves = [logistic_spline(case, outcome, np.ones(300), at=[1, 90, 300]) for outcome in (had, ~had)]
    assert isinstance(curves[0], Curve)
    assert isinstance(curves[1], Curve)
    assert curves[0].fitted == pytest.approx(1 - curves[1].fitted)
    assert curves[0].lower == pytest.approx(1 - curves[1].upper)
    assert z(curves[0].p_nonlinear) == pytest.approx(z(curves[1].p_nonlinear), abs=1e-8)


@given(st.integers(1, 60), st.lists(st.integers(0, 40), min_size=2, max_size=5), st.data())
def test_the_law_of_more_events_holds_that_of_fewer(most, sizes, data):
    """Tails are read from a law made for up to `most` events; a law made for exactly these events says the same."""
    total = sum(sizes)
    assume(total > 2)
    events = data.draw(st.integers(1, max(1, min(most, total // 2))))
    ceiling = data.draw(st.integers(events, max(events, total // 2)))
    scores = list(range(len(sizes)))
    groups = table_trend._merged_groups(sizes, scores)
    reached = data.draw(st.integers(0, events * len(sizes)))
    exactly, shared = (
        table_trend._joined_tails(table_trend._law(groups, most), events, [reached], [reached])
        for most in (events, ceiling)
    )
    np.testing.assert_allclose(exactly, shared, rtol=1e-11)
