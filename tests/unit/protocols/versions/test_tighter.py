"""Does a condition follow from another of the same shape?"""

import pytest

from seriatim.protocols.versions.tighter import implies
from seriatim.rules.tree import And, AtLeast, Compare, Known, Not, Or, Term


def creatinine(operator, limit, coefficient=1):
    return Compare((Term("creatinine", coefficient),), operator, limit)


@pytest.mark.parametrize(
    ("one", "other", "follows"),
    [
        (creatinine(">=", 30), creatinine(">=", 28), True),
        (creatinine(">=", 30), creatinine(">", 30), False),  # exactly 30 holds before and not after
        (creatinine(">", 30), creatinine(">=", 30), True),
        (creatinine("<", 30), creatinine("<", 32), True),
        (creatinine("<=", 30), creatinine("<", 30), False),
        (creatinine(">=", 30), creatinine("<=", 30), False),
        (creatinine("=", 30), creatinine("=", 30), True),
        (creatinine("=", 30), creatinine("=", 29), False),
        (creatinine(">=", 30), creatinine(">=", 56, coefficient=2), True),  # 28 in the other unit
        (creatinine(">=", 30), creatinine(">=", -28, coefficient=-1), False),
        (Not(creatinine(">=", 30)), Not(creatinine(">=", 32)), True),
        (Not(creatinine(">=", 30)), Not(creatinine(">=", 28)), False),
        (And((creatinine(">=", 30), Known("ecg"))), And((creatinine(">=", 28), Known("ecg"))), True),
        (And((creatinine(">=", 30), Known("ecg"))), And((creatinine(">=", 28), Known("echo"))), False),
        (Or((creatinine(">=", 30),)), Or((creatinine(">=", 28), Known("ecg"))), False),  # not of one shape: not told
        (AtLeast(3, (Known("a"), Known("b"), Known("c"))), AtLeast(2, (Known("a"), Known("b"), Known("c"))), True),
        (AtLeast(2, (Known("a"), Known("b"))), AtLeast(3, (Known("a"), Known("b"))), False),
        (creatinine(">=", 30), Known("creatinine"), False),
        (Compare((), "=", 0), Compare((), "=", 0), True),
        (Compare((Term("weight"),), ">", 3), creatinine(">", 3), False),
        (Compare((Term("weight"), Term("height")), ">", 3),
         Compare((Term("weight"), Term("height", 2)), ">", 3), False),
    ],
)  # fmt: skip
def test_what_held_before_holds_after(one, other, follows):
    assert implies(one, other) is follows
