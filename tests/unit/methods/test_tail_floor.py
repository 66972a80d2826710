"""Is a probability below the reach of floating point told as a bound?"""

from __future__ import annotations

from seriatim.methods.kernels.tail_floor import SMALLEST, floored


def test_an_underflowed_probability_is_an_upper_bound() -> None:
    value, flags, warning = floored(0.0)
    assert (value, flags) == (SMALLEST, ("upper_bound",))
    assert warning is not None


def test_rounding_does_not_carry_a_probability_above_one() -> None:
    assert floored(1.0 + 2e-16) == (1.0, (), None)
