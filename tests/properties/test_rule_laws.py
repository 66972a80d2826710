"""Which laws does the logic of rules keep, whatever the rule and the record?"""

from __future__ import annotations

import runpy
import string
from itertools import pairwise
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Fact
from seriatim.rules.faults import NotARule
from seriatim.rules.generate import compiled
from seriatim.rules.parse import parse
from seriatim.rules.tree import And, AtLeast, Not, Or
from seriatim.rules.truth import Truth
from seriatim.rules.words import words

MADE = runpy.run_path(str(Path(__file__).parent / "rule_strategies.py"))
several = st.lists(MADE["rules"], min_size=2, max_size=4)


def answers(trees, declared, rng, records=12):
    rows = [MADE["facts_of"](MADE["record"](rng, declared), declared) for _ in range(records)]
    return [[evaluate(tree, row) for row in rows] for tree in trees]


@given(declared=MADE["declarations"], made=MADE["rules_on_values"], rng=MADE["seeds"])
def test_what_a_complete_record_says_lies_inside_what_the_incomplete_one_allows(declared, made, rng):
    """Not so for `assessed`, which asks the record and not the patient."""
    tree = parse(made[0], declared)
    for _ in range(10):
        known = MADE["facts_of"](MADE["record"](rng, declared), declared)
        before = evaluate(tree, known)
        for _ in range(5):
            after = evaluate(tree, MADE["completed"](rng, known, declared))
            assert after is not Truth.UNKNOWN
            assert before in (after, Truth.UNKNOWN)


@given(declared=MADE["declarations"], made=MADE["rules_on_values"], rng=MADE["seeds"])
def test_one_more_value_never_undoes_a_certain_answer(declared, made, rng):
    tree = parse(made[0], declared)
    for _ in range(10):
        known = MADE["facts_of"](MADE["record"](rng, declared), declared)
        complete = MADE["completed"](rng, known, declared)
        before = evaluate(tree, known)
        for name in rng.sample(sorted(known), len(known)):
            known = known | {name: complete[name]}
            after = evaluate(tree, known)
            assert before in (after, Truth.UNKNOWN)
            before = after


@given(declared=MADE["declarations"], made=MADE["rules"], rng=MADE["seeds"])
def test_not_not_changes_nothing(declared, made, rng):
    tree = parse(made[0], declared)
    once, twice, text = answers([tree, Not(Not(tree)), parse(f"NOT (NOT ({made[0]}))", declared)], declared, rng)
    assert once == twice == text


@given(declared=MADE["declarations"], made=several, rng=MADE["seeds"])
def test_not_all_is_any_not(declared, made, rng):
    parts = tuple(parse(text, declared) for text, _ in made)
    refused = tuple(Not(part) for part in parts)
    trees = [Not(And(parts)), Or(refused), Not(Or(parts)), And(refused)]
    not_all, any_not, not_any, all_not = answers(trees, declared, rng)
    assert not_all == any_not
    assert not_any == all_not


@given(declared=MADE["declarations"], made=several, rng=MADE["seeds"])
def test_the_order_of_conditions_decides_nothing(declared, made, rng):
    parts = tuple(parse(text, declared) for text, _ in made)
    for join in (And, Or, lambda of: AtLeast(2, of)):
        forward, backward = answers([join(parts), join(parts[::-1])], declared, rng)
        assert forward == backward


@given(declared=MADE["declarations"], made=several, rng=MADE["seeds"])
def test_at_least_one_is_or_and_at_least_all_is_and(declared, made, rng):
    parts = tuple(parse(text, declared) for text, _ in made)
    trees = [AtLeast(1, parts), Or(parts), AtLeast(len(parts), parts), And(parts)]
    one, any_of_them, every, all_of_them = answers(trees, declared, rng)
    assert one == any_of_them
    assert every == all_of_them


@given(declared=MADE["declarations"], made=several, rng=MADE["seeds"])
def test_more_required_is_never_more_true(declared, made, rng):
    parts = tuple(parse(text, declared) for text, _ in made)
    counted = answers([AtLeast(n, parts) for n in range(1, len(parts) + 1)], declared, rng)
    for fewer, more in pairwise(counted):
        assert all(a.definite >= b.definite and a.possible >= b.possible for a, b in zip(fewer, more, strict=True))


@given(declared=MADE["declarations"], made=MADE["rules"])
def test_every_rule_can_be_read_aloud_and_compiled(declared, made):
    tree = parse(made[0], declared)
    assert words(tree)
    assert len(compiled([tree])({})[0]) == 1


@given(declared=MADE["declarations"], made=MADE["rules"])
def test_spaces_and_capitals_of_connectives_change_no_rule(declared, made):
    text = made[0]
    other = text.replace(" AND ", "\n  and  ").replace(" OR ", " or\t").replace("NOT ", "not ")
    assert parse(f"({other})", declared) == parse(text, declared)


PIECES = st.sampled_from((
    "creatinine", "ecg", "held", "mental", "foo", "map", "mg", "int", "relative", "'3 mg/dL'", "'6 h'", "'3'", "'coma'",
    "3", "0", "1e9", '"x"', "at_least", "any_of", "assessed", "hours_since", ">=", "<", "=", "<>", "AND", "OR", "NOT",
    "IN", "BETWEEN", "NULL", "IS", "CASE", "WHEN", "THEN", "END", "SELECT", "FROM", "TRUE", "OVER", "INTERVAL", "DATE",
    "EXISTS", "LIKE", "(", ")", ",", ";", "--", "/*", "*/", "+", "-", "*", "/", "%", ".", "::", "[", "]", "{", "}", ":",
    "?", "$1", "@", "||", "->", "!",
))  # fmt: skip


@settings(max_examples=400)
@given(
    declared=MADE["declarations"],
    text=st.one_of(
        st.lists(PIECES, max_size=14).map(" ".join),
        st.lists(PIECES, max_size=8).map("".join),
        st.text(string.printable, max_size=40),
        st.text(max_size=20),
    ),
)
@example(declared=None, text="creatinine > " + "9" * 3000)
@example(declared=None, text=" AND ".join(["ecg"] * 600))
@example(declared=None, text="NOT " * 900 + "ecg")
@example(declared=None, text="(" * 200 + "ecg" + ")" * 200)
@example(declared=None, text="held > " + "+".join(["held"] * 700))
@example(declared=None, text="held > 1e999999999")
@example(declared=None, text="weight > '1" + "0" * 400 + " kg'")
def test_any_text_is_a_rule_or_refused_in_words(declared, text):
    tree, faults = read(text, declared or MADE["variables"](MADE["seeded"](0)))
    assert words(tree) if tree else faults
    assert all(fault.found and fault.expected and fault.next_move for fault in faults)
    assert len(str(faults)) < 30_000


def read(text, declared):
    try:
        return parse(text, declared, ("relative",)), ()
    except NotARule as refused:
        return None, refused.faults


@given(declared=MADE["declarations"], made=MADE["rules"], rng=MADE["seeds"])
def test_a_fact_known_exactly_leaves_no_comparison_open(declared, made, rng):
    tree = parse(made[0], declared)
    complete = MADE["completed"](rng, MADE["facts_of"](MADE["record"](rng, declared), declared), declared)
    assert all(isinstance(fact, Fact) for fact in complete.values())
    assert evaluate(tree, complete) is not Truth.UNKNOWN
