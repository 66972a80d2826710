"""Which laws hold for two groups, whatever the counts?"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb, inf, isclose

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from seriatim.methods import mantel_haenszel
from seriatim.methods.benjamini_hochberg import benjamini_hochberg
from seriatim.methods.blaker import blaker
from seriatim.methods.boschloo import boschloo
from seriatim.methods.clopper_pearson import clopper_pearson, clopper_pearson_bounds, clopper_pearson_upper
from seriatim.methods.compatible_counts import compatible_counts
from seriatim.methods.conditional_odds_ratio import conditional_odds_ratio
from seriatim.methods.event_free_run import final_run, longest_run_anywhere
from seriatim.methods.fisher_exact import CONVENTIONS, Convention, fisher_exact, fisher_exact_many
from seriatim.methods.holm import holm
from seriatim.methods.miettinen_nurminen import (
    difference,
    difference_bounds,
    score_test,
    score_test_many,
    stratified_difference,
    stratified_score_test,
)
from seriatim.methods.score_ratio import risk_ratio
from seriatim.methods.standardised_difference import binary, categorical
from seriatim.methods.values import Estimate, Interval, NotEstimable, PValue

Table = tuple[int, int, int, int]


@st.composite
def tables(draw: st.DrawFn, largest: int = 60) -> Table:
    n_1, n_2 = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, n_1)), n_1, draw(st.integers(0, n_2)), n_2


@st.composite
def varied_tables(draw: st.DrawFn) -> Table:
    table = draw(tables())
    assume(0 < table[0] + table[2] < table[1] + table[3])
    return table


def swapped(table: Table) -> Table:
    return table[2], table[3], table[0], table[1]


def turned(table: Table) -> Table:
    """Count patients without the event instead of those with it."""
    return table[1] - table[0], table[1], table[3] - table[2], table[3]


def p_of(result: object) -> float:
    assert isinstance(result, PValue)
    assert 0 <= result.value <= 1
    return result.value


def of(result: object) -> tuple[float, Interval]:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    assert result.interval.lower <= result.value <= result.interval.upper
    return result.value, result.interval


def mirrors(here: Interval, there: Interval) -> bool:
    return isclose(here.lower, -there.upper, abs_tol=1e-12) and isclose(here.upper, -there.lower, abs_tol=1e-12)


def inverts(here: Interval, there: Interval) -> bool:
    def inverse(x: float) -> float:
        return 1 / x if x else inf

    return isclose(here.lower, inverse(there.upper), rel_tol=1e-10) and isclose(
        here.upper, inverse(there.lower), rel_tol=1e-10
    )


# Plain enumeration in whole numbers: slow, obvious, and the judge of the fast versions.


def ways(table: Table) -> dict[int, int]:
    _, n_1, _, n_2 = table
    total = table[0] + table[2]
    return {x: comb(n_2, x) * comb(n_1, total - x) for x in range(max(0, total - n_1), min(n_2, total) + 1)}


def plain_fisher(table: Table, convention: Convention) -> Fraction:
    law, seen = ways(table), table[2]
    fewer = sum(w for x, w in law.items() if x <= seen)
    more = sum(w for x, w in law.items() if x >= seen)
    counted = {
        "central": min(sum(law.values()), 2 * min(fewer, more)),
        "mid-P central": 2 * min(fewer, more) - law[seen],
        "minimum likelihood": sum(w for w in law.values() if w <= law[seen]),
    }
    return Fraction(counted[convention], sum(law.values()))


def plain_blaker(table: Table) -> Fraction:
    law, seen = ways(table), table[2]
    tail = {x: min(sum(w for y, w in law.items() if y <= x), sum(w for y, w in law.items() if y >= x)) for x in law}
    return Fraction(sum(w for x, w in law.items() if tail[x] <= tail[seen]), sum(law.values()))


@pytest.mark.parametrize("convention", CONVENTIONS)
@given(table=tables())
def test_fisher_equals_the_enumeration_of_all_tables(convention: Convention, table: Table) -> None:
    assert p_of(fisher_exact(*table, convention)) == pytest.approx(float(plain_fisher(table, convention)), rel=1e-12)


@given(table=tables())
def test_blaker_equals_the_enumeration_of_all_tables(table: Table) -> None:
    assert p_of(blaker(*table)) == pytest.approx(float(plain_blaker(table)), rel=1e-12)


@pytest.mark.parametrize("convention", CONVENTIONS)
@settings(deadline=None)
@given(many=st.lists(tables(largest=200), max_size=30))
def test_many_tables_at_once_give_what_each_alone_gives(convention: Convention, many: list[Table]) -> None:
    columns = np.array(many).reshape(-1, 4).T
    alone = [p_of(fisher_exact(*table, convention)) for table in many]
    assert fisher_exact_many(*columns, convention).tolist() == pytest.approx(alone, rel=1e-12)
    lower, upper = difference_bounds(*columns)
    for i, table in enumerate(many):
        interval = of(difference(*table))[1]
        assert lower[i] == pytest.approx(interval.lower, abs=1e-13)
        assert upper[i] == pytest.approx(interval.upper, abs=1e-13)
        tested = score_test(*table)
        together = score_test_many(*columns)[i]
        assert np.isnan(together) if isinstance(tested, NotEstimable) else together == p_of(tested)


@given(table=tables())
def test_swapping_the_groups_turns_every_direction_and_no_p_value(table: Table) -> None:
    back = swapped(table)
    for convention in CONVENTIONS:
        assert p_of(fisher_exact(*table, convention)) == pytest.approx(p_of(fisher_exact(*back, convention)), rel=1e-11)
    assert p_of(blaker(*table)) == pytest.approx(p_of(blaker(*back)), rel=1e-11)
    assert mirrors(of(difference(*table))[1], of(difference(*back))[1])


@given(table=varied_tables())
def test_swapping_the_groups_turns_ratios_upside_down(table: Table) -> None:
    back = swapped(table)
    assert inverts(of(conditional_odds_ratio(*table))[1], of(conditional_odds_ratio(*back))[1])
    assert inverts(of(risk_ratio(*table))[1], of(risk_ratio(*back))[1])
    assert p_of(score_test(*table)) == pytest.approx(p_of(score_test(*back)), rel=1e-12)
    there, here = binary(*table), binary(*back)
    if isinstance(there, Estimate) and isinstance(here, Estimate):
        assert there.value == pytest.approx(-here.value, rel=1e-12)
    assert isinstance(there, NotEstimable) == isinstance(here, NotEstimable)


@given(table=varied_tables())
def test_counting_the_patients_without_the_event_changes_no_p_value(table: Table) -> None:
    other = turned(table)
    for convention in CONVENTIONS:
        assert p_of(fisher_exact(*table, convention)) == pytest.approx(
            p_of(fisher_exact(*other, convention)), rel=1e-11
        )
    assert mirrors(of(difference(*table))[1], of(difference(*other))[1])
    assert inverts(of(conditional_odds_ratio(*table))[1], of(conditional_odds_ratio(*other))[1])


@given(table=varied_tables(), level=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_a_matched_test_and_interval_say_the_same(table: Table, level: float) -> None:
    pairs = [
        (score_test(*table), of(difference(*table, level))[1], 0.0),
        (score_test(*table), of(risk_ratio(*table, level))[1], 1.0),
        (fisher_exact(*table, "central"), of(conditional_odds_ratio(*table, level))[1], 1.0),
    ]
    for test, interval, nothing in pairs:
        p = p_of(test)
        # Where both are on the edge within rounding either answer is right.
        if not isclose(p, 1 - level, rel_tol=1e-9):
            assert (p < 1 - level) == (not interval.lower <= nothing <= interval.upper)


@given(table=varied_tables(), more=st.integers(1, 5))
def test_moving_events_further_apart_never_raises_an_exact_p(table: Table, more: int) -> None:
    e_1, n_1, e_2, n_2 = table
    assume(e_1 / n_1 <= e_2 / n_2)
    assume(e_2 + more <= n_2)
    assume(e_1 - more >= 0)
    further = (e_1 - more, n_1, e_2 + more, n_2)
    for convention in CONVENTIONS:
        assert p_of(fisher_exact(*further, convention)) <= p_of(fisher_exact(*table, convention)) * (1 + 1e-12)


@given(table=varied_tables())
def test_blaker_and_mid_p_never_exceed_the_central_p(table: Table) -> None:
    central = p_of(fisher_exact(*table, "central")) * (1 + 1e-12)
    assert p_of(blaker(*table)) <= central
    assert p_of(fisher_exact(*table, "mid-P central")) <= central


@settings(max_examples=25, deadline=None)
@given(n=st.integers(1, 25), m=st.integers(1, 25))
def test_boschloo_keeps_its_level_at_any_common_risk(n: int, m: int) -> None:
    level = 0.05
    rejected = np.zeros((n + 1, m + 1))
    # Only tables whose Fisher P is not far above the level can be rejected by either test.
    fisher = fisher_exact_many(*np.broadcast_arrays(np.arange(n + 1)[:, None], n, np.arange(m + 1)[None, :], m))
    for a, b in np.argwhere((fisher < 4 * level) & (fisher > level)):
        rejected[a, b] = p_of(boschloo(int(a), n, int(b), m)) <= level
    rejected[fisher <= level] = 1
    for risk in (0.02, 0.1, 0.3, 0.5, 0.8):
        chances = binom.pmf(np.arange(n + 1), n, risk)[:, None] * binom.pmf(np.arange(m + 1), m, risk)[None, :]
        assert (chances * rejected).sum() <= level * (1 + 1e-9)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("n", [1, 5, 12, 40, 155])
def test_clopper_pearson_covers_at_least_as_often_as_it_promises(n: int, level: float) -> None:
    events = np.arange(n + 1)
    lower, upper = clopper_pearson_bounds(events, n, level)
    for risk in np.linspace(0.001, 0.999, 499):
        assert binom.pmf(events, n, risk)[(lower <= risk) & (risk <= upper)].sum() >= level - 1e-12


@given(n=st.integers(1, 500), data=st.data(), level=st.floats(0.5, 0.999))
def test_the_one_sided_bound_is_the_upper_end_of_an_interval_with_twice_the_tail(
    n: int, data: st.DataObject, level: float
) -> None:
    events = data.draw(st.integers(0, n))
    alone = of(clopper_pearson_upper(events, n, level))[1]
    assume(2 * level - 1 > 0)
    pair = of(clopper_pearson(events, n, 2 * level - 1))[1]
    assert alone.upper == pytest.approx(pair.upper, rel=1e-9)


family = st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=30)


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@given(p=family, data=st.data())
def test_adjustment_never_lowers_a_p_value_keeps_their_order_and_forgets_their_place(
    adjust: object, p: list[float], data: st.DataObject
) -> None:
    adjusted = adjust(p)  # type: ignore[operator]
    raw = np.array(p, float)
    assert np.array_equal(np.isnan(adjusted), np.isnan(raw))
    known = ~np.isnan(raw)
    assert np.all(adjusted[known] >= raw[known] * (1 - 1e-15))
    assert np.all(adjusted[known] <= 1)
    order = np.argsort(raw[known], kind="stable")
    assert np.all(np.diff(adjusted[known][order]) >= 0)
    places = data.draw(st.permutations(range(len(p))))
    assert np.array_equal(adjust(raw[places]), adjusted[places], equal_nan=True)  # type: ignore[operator]


@given(p=family)
def test_the_false_discovery_rate_is_never_stricter_than_holm_and_holm_never_than_bonferroni(p: list[float]) -> None:
    raw = np.array(p, float)
    number = int((~np.isnan(raw)).sum())
    with np.errstate(invalid="ignore"):
        known = ~np.isnan(raw)
        assert np.all(benjamini_hochberg(p)[known] <= holm(p)[known] * (1 + 1e-12))
        assert np.all(holm(p)[known] <= np.minimum(1, raw[known] * number) * (1 + 1e-12))


@given(table=varied_tables(), copies=st.integers(2, 5))
def test_equal_strata_give_the_estimate_of_one_of_them(table: Table, copies: int) -> None:
    e_1, n_1, e_2, n_2 = table
    strata = ([e_1] * copies, [n_1] * copies, [e_2] * copies, [n_2] * copies)
    value = of(difference(*table))[0]
    assert of(stratified_difference(*strata))[0] == pytest.approx(value, abs=1e-12)
    assert of(mantel_haenszel.risk_difference(*strata, variance="Greenland-Robins"))[0] == pytest.approx(
        value, abs=1e-12
    )
    assert p_of(stratified_score_test(*strata)) <= p_of(score_test(*table)) * (1 + 1e-12)


@given(strata=st.lists(tables(), min_size=1, max_size=5))
def test_swapping_the_groups_turns_stratified_results(strata: list[Table]) -> None:
    e_1, n_1, e_2, n_2 = (list(column) for column in zip(*strata, strict=True))
    there, back = stratified_difference(e_1, n_1, e_2, n_2), stratified_difference(e_2, n_2, e_1, n_1)
    assert mirrors(of(there)[1], of(back)[1])
    sato = mantel_haenszel.risk_difference(e_1, n_1, e_2, n_2)
    otas = mantel_haenszel.risk_difference(e_2, n_2, e_1, n_1)
    assert mirrors(of(sato)[1], of(otas)[1])
    odds = mantel_haenszel.odds_ratio(e_1, n_1, e_2, n_2)
    sddo = mantel_haenszel.odds_ratio(e_2, n_2, e_1, n_1)
    if isinstance(odds, Estimate) and odds.interval is not None:
        assert inverts(of(odds)[1], of(sddo)[1])


@given(n=st.integers(1, 400), data=st.data())
def test_a_run_somewhere_is_at_least_as_likely_as_at_the_end_and_at_most_as_the_gaps_allow(
    n: int, data: st.DataObject
) -> None:
    events = data.draw(st.integers(0, n - 1))
    run = data.draw(st.integers(1, n - events))
    final, anywhere = final_run(n, run, events).value, longest_run_anywhere(n, run, events).value
    assert final <= anywhere * (1 + 1e-12)
    assert anywhere <= min(1, (events + 1) * final) * (1 + 1e-12)
    if run > 1:
        assert longest_run_anywhere(n, run - 1, events).value >= anywhere


@given(first=st.lists(st.integers(0, 30), min_size=1, max_size=6), data=st.data())
def test_the_distance_between_distributions_is_symmetric_and_zero_only_for_equal_shares(
    first: list[int], data: st.DataObject
) -> None:
    last = data.draw(st.lists(st.integers(0, 30), min_size=len(first), max_size=len(first)))
    there, back = categorical(first, last), categorical(last, first)
    assert type(there) is type(back)
    if isinstance(there, Estimate) and isinstance(back, Estimate):
        assert there.value == pytest.approx(back.value, abs=1e-9)
        shares = np.array(first) / sum(first) - np.array(last) / sum(last)
        assert (there.value > 1e-9) == bool(np.any(np.abs(shares) > 1e-12))


@given(n=st.integers(1, 3000), data=st.data(), digits=st.integers(0, 3))
def test_a_count_is_among_those_its_own_printed_percentage_allows(n: int, data: st.DataObject, digits: int) -> None:
    k = data.draw(st.integers(0, n))
    assert k in compatible_counts(f"{Decimal(100 * k) / n:.{digits}f}%", n)
