"""Rules and records at random, for every law of the rules: text, the same condition for the plain reference, records.

Everything takes a `random.Random`: Hypothesis hands in one that it can shrink, the soak run one with a seed.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import polars as pl
from hypothesis import strategies as st

from seriatim.engines.choose import collect, open_frames
from seriatim.rules.expression import age, expression, high, low
from seriatim.rules.facts import Fact, Missing, Unknown
from seriatim.rules.truth import Truth
from seriatim.rules.variables import Kind, Variable

OPERATORS = ("<", "<=", ">", ">=", "=", "<>")
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
LEVELS = {"mental": ("normal", "vivid dreams", "confused", "coma"), "response": ("CR", "PR", "SD", "PD")}
# Name -> own unit, other accepted units, least and greatest plausible; the values that are drawn, in the own unit.
QUANTITIES = {
    "creatinine": ("mg/dL", {"umol/L": Fraction(5, 442)}, (Fraction(1, 10), 30), (1, 2, "2.5", "2.9", 3, "3.1")),
    "platelets": ("10*9/L", {"/mm3": Fraction(1, 1000)}, (0, 2000), (0, 29, 30, "30.001", 50, 75)),
    "weight": ("kg", {"[lb_av]": Fraction("0.45359237")}, (30, 250), (60, "63.8", 70, "73.5", 77, "80.5")),
    "baseline": ("kg", {"g": Fraction(1, 1000)}, (30, 250), (58, 60, "63.8", 70, "73.5", 80)),
    "map": ("mm[Hg]", {"kPa": Fraction(500_000, 66_661)}, (20, 250), (55, 60, "64.999999", 65, 70)),
    "urine": ("mL", {"L": Fraction(1000)}, (0, 20_000), (0, 80, 160, "160.5", 1000)),
}
COUNTS = ("held", "given")
FLAGS = ("ecg", "troponin")
AGES = (0, 3599, 3600, 21_599, 21_600, 21_601, 86_400)
AMOUNTS_OF_TIME = (("1 h", 3600), ("6 h", 21_600), ("360 min", 21_600), ("1 d", 86_400), ("3600 s", 3600))
# Thresholds as they are printed in another unit than the variable's own: beside the value, or exactly on it.
ELSEWHERE = {
    "creatinine": (("265", "umol/L"), ("265.2", "umol/L"), ("0.03", "g/L"), ("25", "mg/L")),
    "platelets": (("30000", "/mm3"), ("30", "10*3/uL"), ("50", "10*9/L")),
    "weight": (("154.324", "[lb_av]"), ("70000", "g"), ("160", "[lb_av]")),
    "baseline": (("70000", "g"), ("132.5", "[lb_av]")),
    "map": (("8", "kPa"), ("8.66593", "kPa")),
    "urine": (("0.16", "L"), ("1", "dL")),
}
PER_UNIT = {
    "g/L": 100, "mg/L": Fraction(1, 10), "umol/L": Fraction(5, 442), "/mm3": Fraction(1, 1000), "10*3/uL": 1,
    "[lb_av]": Fraction("0.45359237"), "g": Fraction(1, 1000), "kPa": Fraction(500_000, 66_661), "L": 1000, "dL": 100,
}  # fmt: skip


def seeded(seed: int) -> random.Random:
    """The same numbers whenever they are asked for."""
    return random.Random(seed)  # noqa: S311 - records of nobody, no secrets


def variables(rng: random.Random) -> dict[str, Variable]:
    """The variables of a protocol; which units each accepts is drawn, and with it how fine its ticks are."""
    found = {name: _quantity(name, rng) for name in QUANTITIES}
    found |= {name: Variable(name, Kind.COUNT) for name in COUNTS}
    found |= {name: Variable(name, Kind.BOOLEAN) for name in FLAGS}
    found["mental"] = Variable("mental", Kind.ORDINAL, levels=LEVELS["mental"])
    found["response"] = Variable("response", Kind.CATEGORY, levels=LEVELS["response"])
    return found


def _quantity(name: str, rng: random.Random) -> Variable:
    unit, others, (least, greatest), _ = QUANTITIES[name]
    others = others if rng.random() < 0.7 or name == "creatinine" else {}
    return Variable(
        name, Kind.QUANTITY, unit, {unit: Fraction(1), **others}, plausible=(Fraction(least), Fraction(greatest))
    )


def rule(rng: random.Random, depth: int = 3, asks_known: bool = True) -> tuple[str, tuple]:
    """The text of a condition, and the condition as the reference reads it."""
    kind = rng.choice(("and", "or", "not", "count", "any", "atom", "atom")) if depth else "atom"
    if kind == "atom":
        return _atom(rng, asks_known)
    if kind == "not":
        text, inner = rule(rng, depth - 1, asks_known)
        return f"NOT ({text})", ("not", inner)
    parts = [rule(rng, depth - 1, asks_known) for _ in range(rng.randint(2, 4))]
    texts, inner = [text for text, _ in parts], tuple(condition for _, condition in parts)
    if kind == "count":
        n = rng.randint(1, len(parts))
        return f"at_least({n}, {', '.join(texts)})", ("count", n, inner)
    if kind == "any":
        return f"any_of({', '.join(texts)})", ("or", inner)
    return f" {kind.upper()} ".join(f"({text})" for text in texts), (kind, inner)


def _atom(rng: random.Random, asks_known: bool) -> tuple[str, tuple]:
    kinds = (_plain, _plain, _between, _listed, _sum, _percent, _age, _counted, _word, _flag)
    return rng.choice((*kinds, _assessed) if asks_known else kinds)(rng)


def _amount(name: str, rng: random.Random) -> tuple[str, Fraction]:
    """An amount as text, and in the variable's own unit."""
    if rng.random() < 0.4:
        number, unit = rng.choice(ELSEWHERE[name])
        return f"'{number} {unit}'", Fraction(number) * PER_UNIT.get(unit, 1)
    number = rng.choice(QUANTITIES[name][3])
    if Fraction(number) < QUANTITIES[name][2][0]:
        number = QUANTITIES[name][3][-1]
    return f"'{number} {QUANTITIES[name][0]}'", Fraction(number)


def _plain(rng: random.Random) -> tuple[str, tuple]:
    name, sign = rng.choice(list(QUANTITIES)), rng.choice(OPERATORS)
    text, threshold = _amount(name, rng)
    condition = ("sum", {name: Fraction(1)}, "value", sign, threshold)
    return (f"{name} {sign} {text}" if rng.random() < 0.8 else f"{text} {MIRRORED[sign]} {name}"), condition


def _between(rng: random.Random) -> tuple[str, tuple]:
    name = rng.choice(list(QUANTITIES))
    (low_text, least), (high_text, most) = sorted((_amount(name, rng), _amount(name, rng)), key=lambda pair: pair[1])
    one = {name: Fraction(1)}
    condition = ("and", (("sum", one, "value", ">=", least), ("sum", one, "value", "<=", most)))
    if rng.random() < 0.3:
        return f"{name} NOT BETWEEN {low_text} AND {high_text}", ("not", condition)
    return f"{name} BETWEEN {low_text} AND {high_text}", condition


def _listed(rng: random.Random) -> tuple[str, tuple]:
    name = rng.choice(list(LEVELS))
    places = rng.sample(range(4), rng.randint(1, 3))
    words = ", ".join(f"'{LEVELS[name][place]}'" for place in places)
    condition = ("or", tuple(("word", name, "=", place) for place in places))
    return (
        (f"{name} IN ({words})", condition) if rng.random() < 0.7 else (f"{name} NOT IN ({words})", ("not", condition))
    )


def _sum(rng: random.Random) -> tuple[str, tuple]:
    sign, kilograms = rng.choice(OPERATORS), rng.choice(("-5", "0", "3.5", "7", "10"))
    if rng.random() < 0.5:
        text = f"weight - baseline {sign} '{kilograms} kg'"
        return text, ("sum", {"weight": Fraction(1), "baseline": Fraction(-1)}, "value", sign, Fraction(kilograms))
    text = f"2 * (weight - '1 kg') {sign} baseline + baseline + '{kilograms} kg'"
    return text, ("sum", {"weight": Fraction(2), "baseline": Fraction(-2)}, "value", sign, Fraction(kilograms) + 2)


def _percent(rng: random.Random) -> tuple[str, tuple]:
    sign, factor = rng.choice(OPERATORS), rng.choice(("1.05", "1.1", "1.15"))
    condition = ("sum", {"weight": Fraction(1), "baseline": -Fraction(factor)}, "value", sign, Fraction(0))
    return f"weight {sign} {factor} * baseline", condition


def _age(rng: random.Random) -> tuple[str, tuple]:
    name, sign = rng.choice((*QUANTITIES, "mental", "ecg")), rng.choice(OPERATORS)
    text, seconds = rng.choice(AMOUNTS_OF_TIME)
    return f"hours_since({name}) {sign} '{text}'", ("sum", {name: Fraction(1)}, "age", sign, Fraction(seconds))


def _counted(rng: random.Random) -> tuple[str, tuple]:
    sign, n = rng.choice(OPERATORS), rng.randint(0, 5)
    if rng.random() < 0.5:
        return f"held {sign} {n}", ("sum", {"held": Fraction(1)}, "value", sign, Fraction(n))
    return f"held + 2 * given {sign} {n}", (
        "sum",
        {"held": Fraction(1), "given": Fraction(2)},
        "value",
        sign,
        Fraction(n),
    )


def _word(rng: random.Random) -> tuple[str, tuple]:
    name = rng.choice(list(LEVELS))
    sign = rng.choice(OPERATORS if name == "mental" else ("=", "<>"))
    place = rng.randrange(4)
    return f"{name} {sign} '{LEVELS[name][place]}'", ("word", name, sign, place)


def _flag(rng: random.Random) -> tuple[str, tuple]:
    name = rng.choice(FLAGS)
    return name, ("word", name, "=", 1)


def _assessed(rng: random.Random) -> tuple[str, tuple]:
    name = rng.choice((*QUANTITIES, *FLAGS))
    return f"assessed({name})", ("known", name)


def record(rng: random.Random, declared: dict[str, Variable]) -> dict:
    """What is known of one patient, in the units as recorded: exact, below or above detection, or not known."""
    return {name: _observed(name, declared[name], rng) for name in declared}


def _observed(name: str, variable: Variable, rng: random.Random):
    if rng.random() < 0.2:
        return None
    seconds = rng.choice(AGES)
    if variable.kind is not Kind.QUANTITY:
        most = {Kind.COUNT: 5, Kind.BOOLEAN: 1}.get(variable.kind, 3)
        value = Fraction(rng.randint(0, most))
        return value, value, "", seconds
    unit = rng.choice(list(variable.units))
    least, greatest = (bound / variable.units[unit] for bound in variable.plausible)
    value = _recorded(name, variable, unit, rng)
    kind = rng.random()
    if kind < 0.75:
        return value, value, unit, seconds
    # Millionths inside the plausible range.
    inside = (-(-least * 10**6 // 1) / Fraction(10**6), greatest * 10**6 // 1 / Fraction(10**6))
    return (inside[0], value, unit, seconds) if kind < 0.9 else (value, inside[1], unit, seconds)


def _recorded(name: str, variable: Variable, unit: str, rng: random.Random) -> Fraction:
    """A value of the list, or a millionth to either side, as recorded in a unit to the sixth decimal."""
    own = Fraction(rng.choice(QUANTITIES[name][3])) / variable.units[unit]
    millionths = own * 10**6 // 1 + rng.choice((0, 0, 0, -1, 1))
    least, greatest = (bound / variable.units[unit] * 10**6 for bound in variable.plausible)
    return Fraction(min(max(millionths, -(-least // 1)), greatest // 1), 10**6)


def facts_of(seen: dict, declared: dict[str, Variable]) -> dict[str, Fact | Unknown]:
    """The record as the engine takes it: whole numbers of ticks."""
    return {name: _fact(value, declared[name]) for name, value in seen.items()}


def _fact(value, variable: Variable) -> Fact | Unknown:
    if value is None:
        return Unknown(Missing.STALE, age=21_600)  # an age of what cannot be used must decide nothing
    least, greatest, unit, seconds = value
    if variable.kind is not Kind.QUANTITY:
        return Fact(int(least), int(greatest), seconds)
    ends = [variable.ticks(end, unit) for end in (least, greatest)]
    assert all(end.denominator == 1 for end in ends)
    return Fact(int(ends[0]), int(ends[1]), seconds)


def frame_of(rows: list[dict[str, Fact | Unknown]]) -> pl.DataFrame:
    """The facts of many patients as columns, `place` first."""
    columns: dict[str, list[int | None]] = {"place": list(range(len(rows)))}
    for name in rows[0]:
        facts = [row[name] for row in rows]
        columns[low(name)] = [fact.low if isinstance(fact, Fact) else None for fact in facts]
        columns[high(name)] = [fact.high if isinstance(fact, Fact) else None for fact in facts]
        columns[age(name)] = [fact.age for fact in facts]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64))


def answers_on(engine: str, trees: list, frame: pl.DataFrame) -> list[list[Truth]]:
    """The truth of every condition, row by row; a null in an answer would fail."""
    pairs = [expression(tree) for tree in trees]
    asked = {f"d{i}": pair.definite for i, pair in enumerate(pairs)}
    asked |= {f"p{i}": pair.possible for i, pair in enumerate(pairs)}
    found = collect(open_frames({"rows": frame}, engine)["rows"].select("place", **asked), "place")
    assert found.null_count().sum_horizontal()[0] == 0
    columns = [
        [Truth((bool(d), bool(p))) for d, p in zip(found[f"d{i}"], found[f"p{i}"], strict=True)]
        for i in range(len(trees))
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def completed(rng: random.Random, facts: dict[str, Fact | Unknown], declared: dict[str, Variable]) -> dict[str, Fact]:
    """The record as it might have been, had everything been measured exactly."""
    return {name: _completed(rng, fact, declared[name]) for name, fact in facts.items()}


def _completed(rng: random.Random, fact: Fact | Unknown, variable: Variable) -> Fact:
    known = fact if isinstance(fact, Fact) else Fact(*(variable.range_in_ticks or (0, 6)), rng.choice(AGES))
    near = [Fraction(one) * variable.ticks_per_unit for one in QUANTITIES.get(variable.name, ((),) * 4)[3]]
    inside = [int(one) for one in near if known.low <= one <= known.high]
    value = rng.choice([known.low, known.high, rng.randint(known.low, known.high), *inside])
    return replace(known, low=value, high=value)


declarations = st.builds(variables, st.randoms(use_true_random=False))
rules = st.builds(lambda rng: rule(rng, depth=2), st.randoms(use_true_random=False))
rules_on_values = st.builds(lambda rng: rule(rng, depth=2, asks_known=False), st.randoms(use_true_random=False))
seeds = st.integers(0, 2**32 - 1).map(seeded)
