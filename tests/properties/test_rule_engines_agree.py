"""Is the answer to a condition the same in every form: plain, compiled, on Polars, on DuckDB, and by the reference?"""

from __future__ import annotations

import runpy
from fractions import Fraction
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from seriatim.engines.choose import collect, open_frames
from seriatim.rules.evaluate import evaluate
from seriatim.rules.expression import derived
from seriatim.rules.facts import Fact, Missing, Unknown
from seriatim.rules.formula import parse_formula, work_out
from seriatim.rules.generate import compiled
from seriatim.rules.parse import parse
from seriatim.rules.truth import Truth
from seriatim.rules.variables import Kind, Variable

HERE = Path(__file__).parent
MADE = runpy.run_path(str(HERE / "rule_strategies.py"))
REFERENCE = runpy.run_path(str(HERE.parent / "reference" / "rule_reference.py"))
AS_TRUTH = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
ENGINES = ("polars", "duckdb")


@settings(max_examples=20)
@given(declared=MADE["declarations"], made=st.lists(MADE["rules"], min_size=1, max_size=5), rng=MADE["seeds"])
def test_every_form_of_a_rule_gives_the_answer_of_the_plain_reference(declared, made, rng):
    trees = [parse(text, declared) for text, _ in made]
    records = [MADE["record"](rng, declared) for _ in range(40)]
    expected = [[AS_TRUTH[REFERENCE["truth"](condition, seen)] for _, condition in made] for seen in records]
    rows = [MADE["facts_of"](seen, declared) for seen in records]
    assert [[evaluate(tree, row) for tree in trees] for row in rows] == expected
    fast = compiled(trees)
    assert [[Truth(pair) for pair in zip(*fast(row), strict=True)] for row in rows] == expected
    for engine in ENGINES:
        assert MADE["answers_on"](engine, trees, MADE["frame_of"](rows)) == expected, engine


# Formulas with their value in fractions of the result's unit, from kg, kg, mL and mg/dL.
FORMULAS = (
    ("(weight - baseline) / baseline", "%", lambda w, b, _: (w - b) / b * 100),
    ("weight - baseline", "kg", lambda w, b, _: w - b),
    ("baseline - weight", "g", lambda w, b, _: (b - w) * 1000),
    ("(weight + baseline) / 2", "kg", lambda w, b, _: (w + b) / 2),
    ("urine / weight", "mL/kg", lambda w, _, u: u / w),
    ("2 * urine / (weight + baseline)", "mL/kg", lambda w, b, u: 2 * u / (w + b)),
    ("urine / (weight - baseline)", "mL/kg", lambda w, b, u: u / (w - b) if w > b else None),
    ("weight / baseline * 1.5", "1", lambda w, b, _: w / b * Fraction(3, 2)),
)
FORMULA_ROUNDING = st.tuples(st.sampled_from(("half_up", "down", "up")), st.sampled_from(("0.001", "0.1", "0.5", "7")))


@settings(max_examples=20)
@given(
    declared=MADE["declarations"], chosen=st.sampled_from(FORMULAS), rounding=FORMULA_ROUNDING, rng=MADE["seeds"],
    limits=st.sampled_from(((-30, 60), (-20_000, 20_000), (5, 100), (-30, -2))),
)  # fmt: skip
def test_a_derived_value_is_the_same_worked_out_plainly_and_over_frames(declared, chosen, rounding, rng, limits):
    text, unit, value_of = chosen
    mode, resolution = rounding[0], Fraction(rounding[1])
    least, greatest = map(Fraction, limits)
    result = Variable("result", Kind.QUANTITY, unit, {unit: Fraction(1)}, plausible=(least, greatest))
    formula = parse_formula(text, result, declared, resolution, mode)
    records = [MADE["record"](rng, declared) for _ in range(60)]
    rows = [MADE["facts_of"](seen, declared) for seen in records]
    expected = [
        _expected(seen, text, value_of, (least, greatest), lambda value: REFERENCE["rounded"](value, resolution, mode))
        for seen in records
    ]
    found = [work_out(formula, row) for row in rows]
    assert [fact.low if isinstance(fact, Fact) else None for fact in found] == expected
    assert all(fact.low == fact.high for fact in found if isinstance(fact, Fact))
    for engine in ENGINES:
        frame = open_frames({"rows": MADE["frame_of"](rows)}, engine)["rows"]
        answers = collect(frame.select("place", result=derived(formula)), "place")
        assert answers["result"].to_list() == expected, engine


def _expected(seen, text, value_of, limits, rounded):
    """The result in ticks, or None: a part is not known exactly, the divisor is not above 0, or it is not plausible."""
    values = []
    for name in ("weight", "baseline", "urine"):
        if name not in text:
            values.append(Fraction(0))
            continue
        if seen[name] is None or seen[name][0] != seen[name][1]:
            return None
        values.append(seen[name][0] * REFERENCE["IN_OWN_UNIT"][name, seen[name][2]])
    exact = value_of(*values)
    if exact is None or not limits[0] <= rounded(exact) <= limits[1]:
        return None
    return int(rounded(exact) * 10**6)


KG = {
    name: Variable(name, Kind.QUANTITY, "kg", {"kg": Fraction(1)}, plausible=(Fraction(30), Fraction(250)))
    for name in ("weight", "baseline")
}
GAIN = Variable("gain", Kind.QUANTITY, "%", {"%": Fraction(1)}, plausible=(Fraction(-50), Fraction(100)))


def test_no_weight_exactly_at_a_threshold_of_percent_misses_it_on_any_engine():
    """In binary fractions 160 of 200 such weights are not equal to their threshold."""
    exactly = [(tenths * 100_000, percent) for tenths in range(400, 1400) for percent in (5, 10, 15)]
    pairs = [(base, base * (100 + percent) // 100, percent) for base, percent in exactly]
    pairs = [(base, weight, percent) for base, weight, percent in pairs if weight % 100_000 == 0]
    assert len(pairs) >= 200
    formula = parse_formula("(weight - baseline) / baseline", GAIN, KG, Fraction(1, 10), "half_up")
    rows = [{"baseline": Fact(base, base), "weight": Fact(weight, weight)} for base, weight, _ in pairs]
    wanted = [percent * 1_000_000 for *_, percent in pairs]
    assert [work_out(formula, row).low for row in rows] == wanted
    for engine in ENGINES:
        frame = open_frames({"rows": MADE["frame_of"](rows)}, engine)["rows"]
        assert collect(frame.select("place", gain=derived(formula)), "place")["gain"].to_list() == wanted
    rule = parse("weight >= 1.1 * baseline", KG)
    answers = [evaluate(rule, row) is Truth.TRUE for row in rows]
    assert answers == [percent >= 10 for *_, percent in pairs]


def test_a_loss_at_a_half_step_rounds_up_on_every_engine():
    formula = parse_formula("weight - baseline", replace_kg(), KG, Fraction(1), "half_up")
    rows = [
        {"baseline": Fact(70_000_000, 70_000_000), "weight": Fact(ticks, ticks)}
        for ticks in (67_500_000, 67_499_999, 68_500_000, 72_500_000)
    ]
    wanted = [-2_000_000, -3_000_000, -1_000_000, 3_000_000]
    assert [work_out(formula, row).low for row in rows] == wanted
    for engine in ENGINES:
        frame = open_frames({"rows": MADE["frame_of"](rows)}, engine)["rows"]
        assert collect(frame.select("place", gain=derived(formula)), "place")["gain"].to_list() == wanted


def replace_kg() -> Variable:
    return Variable("gain", Kind.QUANTITY, "kg", {"kg": Fraction(1)}, plausible=(Fraction(-50), Fraction(100)))


def test_a_frame_keeps_no_null_in_an_answer_where_nothing_is_known():
    declared = MADE["variables"](MADE["seeded"](1))
    trees = [parse(text, declared) for text in ("creatinine >= '3 mg/dL'", "NOT ecg", "assessed(ecg)", "held = 3")]
    rows = [dict.fromkeys(declared, Unknown(Missing.NEVER_MEASURED))]
    expected = [[Truth.UNKNOWN, Truth.UNKNOWN, Truth.FALSE, Truth.UNKNOWN]]
    for engine in ENGINES:
        frame = MADE["frame_of"](rows)
        assert isinstance(frame, pl.DataFrame)
        assert MADE["answers_on"](engine, trees, frame) == expected
