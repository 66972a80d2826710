"""Are trees of conditions walked, changed and made into code as they stand?"""

from __future__ import annotations

from fractions import Fraction

import pytest

from seriatim.rules.amounts import in_unit_of, split_amount
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact
from seriatim.rules.faults import Fault, NotARule, gathered
from seriatim.rules.generate import compiled
from seriatim.rules.linear import Side
from seriatim.rules.sql import parse_sql
from seriatim.rules.tree import (
    MIRRORED,
    OPPOSITE,
    And,
    AtLeast,
    Compare,
    Group,
    Known,
    Not,
    Or,
    Term,
    atoms,
    groups_in,
    replaced,
    variables,
    with_members,
)
from seriatim.rules.truth import Truth, at_least
from seriatim.rules.variables import Kind, Variable

ECG, CREATININE = Known("ecg"), Compare((Term("creatinine"),), ">=", 3)
TREE = Or((And((ECG, Not(CREATININE))), AtLeast(1, (Group("relative"), ECG))))


def test_atoms_come_from_left_to_right():
    assert list(atoms(TREE)) == [ECG, CREATININE, ECG]
    assert variables(TREE) == {"ecg", "creatinine"}


def test_a_group_is_replaced_by_its_rules_wherever_it_stands():
    rules = Or((CREATININE,))
    changed = replaced(TREE, lambda part: rules if isinstance(part, Group) else part)
    assert changed == Or((And((ECG, Not(CREATININE))), AtLeast(1, (rules, ECG))))
    assert replaced(Not(ECG), lambda part: part) == Not(ECG)
    assert groups_in(TREE) == {"relative"}
    assert with_members(TREE, {"relative": (CREATININE,)}) == Or(
        (And((ECG, Not(CREATININE))), AtLeast(1, (CREATININE, ECG)))
    )


@pytest.mark.parametrize("sign", OPPOSITE)
def test_the_opposite_of_a_sign_is_its_negation_and_its_mirror_is_the_other_way_round(sign):
    for low, high in ((1, 1), (3, 3), (5, 5), (1, 5), (3, 5)):
        facts = {"creatinine": Fact(low, high)}
        negated = evaluate(Not(Compare((Term("creatinine"),), sign, 3)), facts)
        assert evaluate(Compare((Term("creatinine"),), OPPOSITE[sign], 3), facts) is negated
        mirrored = evaluate(Compare((Term("creatinine", -1),), MIRRORED[sign], -3), facts)
        assert mirrored is evaluate(Compare((Term("creatinine"),), sign, 3), facts)


def test_what_is_compiled_holds_numbers_and_places_but_no_name_of_a_protocol():
    source = compiled([Compare((Term("creatinine'); import os"),), ">=", 3, "text of a protocol")]).source
    assert "creatinine" not in source
    assert "protocol" not in source


def test_no_rules_compile_to_no_answers():
    assert compiled([])({}) == ((), ())


def test_compiled_rules_stand_as_deep_as_a_text_may_nest():
    tree = CREATININE
    for _ in range(20):
        tree = AtLeast(1, (tree, Not(ECG)))
    facts = {"creatinine": Fact(4, 4), "ecg": Fact(1, 1)}
    assert compiled([tree])(facts) == ((True,), (True,))


def test_nothing_counted_reaches_no_count_but_none():
    assert at_least(1, []) is Truth.FALSE
    assert at_least(0, []) is Truth.TRUE


def test_faults_of_all_steps_come_together():
    def refuse(what):
        def step():
            raise NotARule([Fault(what, "another", "change it")])

        return step

    assert gathered([lambda: 1, lambda: 2]) == [1, 2]
    with pytest.raises(NotARule) as refused:
        gathered([refuse("one"), lambda: 1, refuse("two")])
    assert [fault.found for fault in refused.value.faults] == ["one", "two"]


def test_a_text_alone_is_read_without_names():
    assert parse_sql("a > 'b'").name == ""
    with pytest.raises(NotARule, match="a semicolon"):
        parse_sql("a;")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2.5 mg/dL", (Fraction(5, 2), "mg/dL")), (" -3mg ", (Fraction(-3), "mg")), ("+4", (Fraction(4), ""))],
)
def test_an_amount_is_a_number_and_a_unit(text, expected):
    assert split_amount(text) == expected


@pytest.mark.parametrize("text", ["", "mg", "1,5 mg", "1,000 mg", ".5 mg", "three mg", "٣ mg"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(NotARule, match=r"a number and a unit, such as '2\.5 mg/dL'"):
        split_amount(text)


def test_an_amount_is_named_in_a_refusal_even_where_its_text_is_not_at_hand():
    weight = Variable("weight", Kind.QUANTITY, "kg", {"kg": Fraction(1)})
    with pytest.raises(NotARule, match="'5/2 mL'"):
        in_unit_of(weight, Fraction(5, 2), "mL")


def test_sums_of_sides_add_what_they_share():
    one = Side({("weight", "value"): Fraction(1)}, number=Fraction(2))
    assert one.plus(one).of == {("weight", "value"): Fraction(2)}
    assert one.plus(one).number == 4
