"""Which laws does risk by dose number obey, whatever the counts?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seriatim.methods.discrete_hazard import cumulative_difference, cumulative_risk
from seriatim.methods.values import Estimate, Interval

Steps = tuple[list[int], list[int]]


@st.composite
def steps(draw: st.DrawFn, doses: int | None = None) -> Steps:
    """At risk and events that can follow one another, somebody at risk at every dose."""
    at_risk, events = [draw(st.integers(5, 300))], []
    for place in range(doses or draw(st.integers(1, 15))):
        n = at_risk[place]
        had = draw(st.integers(0, max(0, n // 2 - 1)))
        events.append(had)
        at_risk.append(draw(st.integers(1, n - had)))
    return at_risk[:-1], events


def known(result: object) -> tuple[float, Interval]:
    assert isinstance(result, Estimate)
    assert result.interval is not None
    return result.value, result.interval


@given(steps())
def test_interval_holds_the_risk_and_stays_a_probability(counts: Steps) -> None:
    value, interval = known(cumulative_risk(*counts))
    assert 0 <= interval.lower <= value <= interval.upper <= 1


@given(steps())
def test_one_more_dose_never_lowers_the_cumulative_risk(counts: Steps) -> None:
    at_risk, events = counts
    by_dose = [known(cumulative_risk(at_risk[:d], events[:d]))[0] for d in range(1, len(events) + 1)]
    assert by_dose == sorted(by_dose)


@given(steps())
def test_higher_level_gives_a_wider_interval(counts: Steps) -> None:
    _, narrow = known(cumulative_risk(*counts, level=0.9))
    _, wide = known(cumulative_risk(*counts, level=0.99))
    assert wide.lower <= narrow.lower
    assert narrow.upper <= wide.upper


@given(st.integers(1, 12).flatmap(lambda doses: st.tuples(steps(doses), steps(doses))))
def test_exchanging_the_groups_turns_the_sign_of_the_difference(pair: tuple[Steps, Steps]) -> None:
    first, last = pair
    value, interval = known(cumulative_difference(*first, *last))
    turned, mirrored = known(cumulative_difference(*last, *first))
    assert value == -turned
    assert (interval.lower, interval.upper) == (-mirrored.upper, -mirrored.lower)
    assert -1 <= interval.lower <= interval.upper <= 1
