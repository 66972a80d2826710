"""What does a condition say when facts are missing, and what may be written in one?"""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest

from seriatim.engines.choose import collect, open_frames
from seriatim.rules.evaluate import evaluate
from seriatim.rules.expression import expression
from seriatim.rules.facts import Fact, Unknown
from seriatim.rules.faults import NotARule
from seriatim.rules.generate import compiled
from seriatim.rules.parse import parse
from seriatim.rules.truth import Truth
from seriatim.rules.variables import Kind, Variable
from seriatim.rules.words import words

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
FLAGS = {name: Variable(name, Kind.BOOLEAN) for name in ("troponin_raised", "ecg_ischaemia", "chest_pain")}
KNOWN = {T: 1, F: 0, U: None}


def plainly(tree, facts):
    return evaluate(tree, facts)


def fast(tree, facts):
    (definite,), (possible,) = compiled([tree])(facts)
    return Truth((definite, possible))


def over_a_frame(engine):
    def ask(tree, facts):
        known = {name: fact for name, fact in facts.items() if isinstance(fact, Fact)}
        columns = {"place": [0]}
        for name in facts:
            columns[f"{name}__low"] = [known[name].low if name in known else None]
            columns[f"{name}__high"] = [known[name].high if name in known else None]
            columns[f"{name}__age"] = [facts[name].age]
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64))
        pair = expression(tree)
        asked = open_frames({"rows": frame}, engine)["rows"].select("place", d=pair.definite, p=pair.possible)
        return Truth(collect(asked, "place").select("d", "p").row(0))

    return ask


FORMS = {"plain": plainly, "compiled": fast, "polars": over_a_frame("polars"), "duckdb": over_a_frame("duckdb")}
every_form = pytest.mark.parametrize("form", FORMS)


def answer(form, text, *truths, declared=FLAGS):
    facts = {
        name: Unknown() if KNOWN[truth] is None else Fact(KNOWN[truth], KNOWN[truth])
        for name, truth in zip(declared, truths, strict=False)
    }
    return FORMS[form](parse(text, declared), facts)


# Kleene's tables: unknown is a fact that is there and not seen, never a third state of the patient.
@every_form
@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (T, T, T, T), (T, F, F, T), (T, U, U, T),
        (F, T, F, T), (F, F, F, F), (F, U, F, U),
        (U, T, U, T), (U, F, F, U), (U, U, U, U),
    ],
)  # fmt: skip
def test_and_and_or_follow_the_tables_of_kleene(form, one, other, both, either):
    assert answer(form, "troponin_raised AND ecg_ischaemia", one, other) is both
    assert answer(form, "troponin_raised OR ecg_ischaemia", one, other) is either
    assert answer(form, "any_of(troponin_raised, ecg_ischaemia)", one, other) is either


@every_form
@pytest.mark.parametrize(("given", "expected"), [(T, F), (F, T), (U, U)])
def test_not_of_unknown_is_unknown(form, given, expected):
    assert answer(form, "NOT troponin_raised", given) is expected


@every_form
@pytest.mark.parametrize(
    ("truths", "expected"),
    [
        ((T, T, T), T), ((T, T, F), T), ((T, T, U), T), ((T, F, F), F), ((F, F, F), F), ((T, U, F), U),
        ((T, U, U), U), ((U, U, F), U), ((U, F, F), F), ((U, U, U), U),
    ],
)  # fmt: skip
def test_at_least_two_is_certain_when_two_are_and_excluded_when_two_cannot_be(form, truths, expected):
    assert answer(form, "at_least(2, troponin_raised, ecg_ischaemia, chest_pain)", *truths) is expected


@every_form
def test_a_condition_and_its_opposite_stay_unknown_when_nothing_was_measured(form):
    assert answer(form, "troponin_raised OR NOT troponin_raised", U) is U


@every_form
@pytest.mark.parametrize(("given", "expected"), [(T, T), (F, T), (U, F)])
def test_whether_it_was_assessed_is_never_unknown(form, given, expected):
    assert answer(form, "assessed(troponin_raised)", given) is expected


UMOL = Fraction(10, 884)  # mg/dL in one umol/L of creatinine: 88.4 umol/L per mg/dL, molar mass 113.12 g/mol
WARD = {
    variable.name: variable
    for variable in (
        Variable("creatinine", Kind.QUANTITY, "mg/dL", {"mg/dL": Fraction(1), "umol/L": UMOL},
                 plausible=(Fraction(1, 10), Fraction(30))),
        Variable("platelets", Kind.QUANTITY, "10*9/L", {"10*9/L": Fraction(1)},
                 plausible=(Fraction(0), Fraction(2000))),
        Variable("map", Kind.QUANTITY, "mm[Hg]", {"mm[Hg]": Fraction(1)}, plausible=(Fraction(20), Fraction(250))),
        Variable("weight", Kind.QUANTITY, "kg", {"kg": Fraction(1)}, plausible=(Fraction(30), Fraction(250))),
        Variable("baseline_weight", Kind.QUANTITY, "kg", {"kg": Fraction(1)}, plausible=(Fraction(30), Fraction(250))),
        Variable("dose_given", Kind.QUANTITY, "[IU-aldesleukin]", {"[IU-aldesleukin]": Fraction(1)},
                 plausible=(Fraction(0), Fraction(200_000_000))),
        Variable("urine_rate", Kind.QUANTITY, "mL/h", {"mL/h": Fraction(1)}, plausible=(Fraction(0), Fraction(2000))),
        Variable("anything", Kind.QUANTITY, "g", {"g": Fraction(1)}),
        Variable("held_doses", Kind.COUNT),
        Variable("mental_status", Kind.ORDINAL, levels=("normal", "vivid dreams", "confused", "coma")),
        Variable("response", Kind.CATEGORY, levels=("CR", "PR", "SD", "PD")),
        *FLAGS.values(),
    )
}  # fmt: skip


def ticks(name, amount, unit):
    value = WARD[name].ticks(Fraction(amount), unit)
    assert value.denominator == 1
    return int(value)


def known(name, amount, unit, age=0):
    return {name: Fact(ticks(name, amount, unit), ticks(name, amount, unit), age)}


@every_form
@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        ("2.999999", "mg/dL", F),
        ("3", "mg/dL", T),
        ("3.000001", "mg/dL", T),
        ("265", "umol/L", F),
        ("265.2", "umol/L", T),
    ],
)
def test_creatinine_reaches_three_exactly_at_three_in_either_unit(form, amount, unit, expected):
    """265 umol/L is 2.998 mg/dL: it prints as 3.0 and is below."""
    assert FORMS[form](parse("creatinine >= '3 mg/dL'", WARD), known("creatinine", amount, unit)) is expected


@pytest.mark.parametrize("other", ["'0.03 g/L'", "'265.2 umol/L'", "'3.0 mg/dL'", "'3mg/dL'", "'30 mg/L'", "'3 mg/dl'"])
def test_one_threshold_in_any_unit_of_its_kind_is_one_condition(other):
    assert parse(f"creatinine >= {other}", WARD) == parse("creatinine >= '3 mg/dL'", WARD)


@pytest.mark.parametrize("other", ["'30 10*3/mm3'", "'30000 /mm3'", "'30 10*3/uL'", "'30 10^9/L'", "'0.03 10*12/L'"])
def test_one_count_of_platelets_in_any_unit_is_one_condition(other):
    assert parse(f"platelets < {other}", WARD) == parse("platelets < '30 10*9/L'", WARD)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("'3 mg/dL' <= creatinine", "creatinine >= '3 mg/dL'"),
        ("creatinine != '3 mg/dL'", "creatinine <> '3 mg/dL'"),
        ("creatinine NOT BETWEEN '2 mg/dL' AND '3 mg/dL'", "NOT (creatinine >= '2 mg/dL' AND creatinine <= '3 mg/dL')"),
        ("response IN ('CR', 'PR')", "response = 'CR' OR response = 'PR'"),
        ("'confused' <= mental_status", "mental_status >= 'confused'"),
        ("(mental_status) >= ('confused')", "mental_status >= 'confused'"),
        ("weight - baseline_weight > '5 kg'", "weight > baseline_weight + '5 kg'"),
        ("2 * weight > 2.2 * baseline_weight", "weight > 1.1 * baseline_weight"),
        ("troponin_raised and not chest_pain", "(troponin_raised) AND (NOT (chest_pain))"),
        ("AT_LEAST(2, troponin_raised, chest_pain)", "at_least(2, troponin_raised, chest_pain)"),
        ("hours_since(creatinine) > '6 h'", "hours_since(creatinine) > '360 min'"),
        ("map < '65 mm[Hg]'", "NOT map >= '65 mm[Hg]'"),
    ],
)
def test_two_ways_to_write_it_are_one_condition(one, other):
    if other.startswith("NOT map"):
        low = known("map", "64", "mm[Hg]")
        assert evaluate(parse(one, WARD), low) is evaluate(parse(other, WARD), low) is T
    else:
        assert parse(one, WARD) == parse(other, WARD)


@every_form
def test_below_detection_is_compared_as_the_range_that_it_is(form):
    """Creatinine reported as below 0.2 mg/dL: from the least plausible value up to that."""
    seen = {"creatinine": Fact(ticks("creatinine", "0.1", "mg/dL"), ticks("creatinine", "0.2", "mg/dL"))}
    for text, expected in (
        ("creatinine < '2 mg/dL'", T), ("creatinine >= '2 mg/dL'", F), ("creatinine >= '0.15 mg/dL'", U),
        ("creatinine = '0.15 mg/dL'", U), ("creatinine = '1 mg/dL'", F), ("creatinine <> '1 mg/dL'", T),
        ("creatinine <> '0.15 mg/dL'", U), ("creatinine <= '0.2 mg/dL'", T), ("creatinine > '0.2 mg/dL'", F),
    ):  # fmt: skip
        assert FORMS[form](parse(text, WARD), seen) is expected, text


@every_form
def test_the_age_of_a_value_that_does_not_count_is_unknown_too(form):
    tree = parse("hours_since(creatinine) > '6 h'", WARD)
    assert FORMS[form](tree, known("creatinine", "1", "mg/dL", age=21_601)) is T
    assert FORMS[form](tree, known("creatinine", "1", "mg/dL", age=21_600)) is F
    assert FORMS[form](tree, {"creatinine": Unknown(age=90_000)}) is U


@every_form
def test_a_sum_is_unknown_when_a_part_is(form):
    tree = parse("weight > 1.1 * baseline_weight", WARD)
    both = known("weight", "77.1", "kg") | known("baseline_weight", "70", "kg")
    assert FORMS[form](tree, both) is T
    assert FORMS[form](tree, both | {"baseline_weight": Unknown()}) is U
    assert FORMS[form](tree, both | known("weight", "77", "kg")) is F


# Each refusal with what to write instead.
REFUSED = [
    ("creatinine >= 3.0 mg", "3.0 mg without quotes", "write '3.0 mg'"),
    ("creatinine >= 3.0 mg/dL", "3.0 mg/dL without quotes", "write '3.0 mg/dL'"),
    ("platelets < 30 10*9/L", "30 10*9/L without quotes", "write '30 10*9/L'"),
    ("'2 mg/dL' < creatinine < '3 mg/dL'", "'2 mg/dL' < creatinine < '3 mg/dL'", "write a > b AND b > c"),
    ("(creatinine > '2 mg/dL') = troponin_raised", "creatinine > '2 mg/dL'", "two sides of one comparison"),
    ("creatinine = NULL", "a test against NULL", "use assessed(variable)"),
    ("creatinine IS NULL", "a test against NULL", "use assessed(variable)"),
    ("creatinine IS NOT NULL", "a test against NULL", "use assessed(variable)"),
    ("creatinine ISNULL", "a test against NULL", "use assessed(variable)"),
    ("NOT troponin_raised IS TRUE", "IS TRUE", "write its name alone, or NOT and its name"),
    ("troponin_raised = TRUE", "TRUE", "write its name alone, or NOT and its name"),
    ("troponin_raised = 'true'", "troponin_raised = 'true'", "troponin_raised alone, or NOT troponin_raised"),
    ("COALESCE(creatinine, weight) > '1 mg/dL'", "COALESCE", "use these alone"),
    ("CASE WHEN troponin_raised THEN chest_pain END", "CASE", "use these alone"),
    ("IF(troponin_raised, chest_pain, chest_pain)", "IF", "use these alone"),
    ("creatinine > (SELECT 1)", "SUBQUERY", "use these alone"),
    ("EXISTS (SELECT 1)", "EXISTS", "use these alone"),
    ("response IN (SELECT 1)", "response IN (SELECT 1)", "write it out with AND, OR, NOT"),
    ("SELECT 1", "SELECT 1", "expected one condition"),
    ("DROP TABLE patients", "DROP TABLE patients", "expected one condition"),
    ("troponin_raised; chest_pain", "a semicolon", "write each rule by itself"),
    ("troponin_raised;", "a semicolon", "remove it"),
    ("troponin_raised -- as of May", "a comment", "put it into `interpretation`"),
    ("troponin_raised /* as of May */ AND chest_pain", "a comment", "put it into `interpretation`"),
    ("at_least(/* two */ 2, troponin_raised, chest_pain)", "a comment", "put it into `interpretation`"),
    ("CAST(creatinine AS INT) > 3", "CAST", "use these alone"),
    ("creatinine::int > 3", "CAST", "use these alone"),
    ("creatinine > :limit", "PLACEHOLDER", "use these alone"),
    ("creatinine > ?", "PLACEHOLDER", "use these alone"),
    ("creatinine > @limit", "PARAMETER", "use these alone"),
    ("max(creatinine) OVER () > '3 mg/dL'", "WINDOW", "use these alone"),
    ("max(creatinine) > '3 mg/dL'", "MAX", "use these alone"),
    ("round(creatinine) > '3 mg/dL'", "ROUND", "use these alone"),
    ("greatest(creatinine, weight) > '3 mg/dL'", "GREATEST", "use these alone"),
    ("at_least(2, troponin_raised) OVER ()", "WINDOW", "use these alone"),
    ("response LIKE 'C%'", "LIKE", "use these alone"),
    ("creatinine % 2 = '1 mg/dL'", "MOD", "use these alone"),
    ("creatinine <=> '3 mg/dL'", "NULLSAFEEQ", "use these alone"),
    ("creatinine > INTERVAL '3' DAY", "INTERVAL", "use these alone"),
    ("creatinine > CURRENT_DATE", "CURRENTDATE", "use these alone"),
    ("labs.creatinine > '3 mg/dL'", "labs.creatinine (table)", "write it out"),
    ("\"creatinine\" > '3 mg/dL'", "the quoted name", "remove the double quotes"),
    ("creatinine BETWEEN SYMMETRIC '2 mg/dL' AND '3 mg/dL'", "symmetric", "write it out"),
    ("creatinine BETWEEN '3 mg/dL' AND '2 mg/dL'", "BETWEEN '3 mg/dL' AND '2 mg/dL'", "exchange the bounds"),
    ("response IN ()", "response IN ()", "list the words"),
    ("now() > creatinine", "NOW()", "write it with + - * alone"),
    ("overdue(creatinine)", "the function overdue(creatinine)", "at_least(n, conditions or a group)"),
    ("any_of()", "the function any_of()", "use one of these"),
    ("assessed('creatinine')", "the function assessed('creatinine')", "use one of these"),
    ("at_least(troponin_raised, chest_pain)", "at_least", "write at_least(3, relative)"),
    ("at_least(0, troponin_raised, chest_pain)", "at_least(0", "a count from 1 to the 2"),
    ("at_least(00, troponin_raised)", "at_least(00", "a count from 1"),
    ("at_least(3, troponin_raised, chest_pain)", "at_least(3", "a count from 1 to the 2"),
    ("at_least(1.5, troponin_raised, chest_pain)", "at_least", "a whole number"),
    ("creatinine >= 3", "the bare number 3", "such as '3 mg/dL'"),
    ("weight - baseline_weight > 0", "the bare number 0", "such as '0 kg'"),
    ("hours_since(creatinine) > 6", "the bare number 6", "such as '6 h'"),
    ("creatinine >= '3'", "'3' without a unit", "in mg/dL or umol/L for creatinine"),
    ("creatinine >= '3,0 mg/dL'", "'3,0 mg/dL'", "write a point for decimals"),
    ("creatinine >= 'high'", "'high'", "a number and a unit"),
    ("creatinine >= '٣ mg/dL'", "'٣ mg/dL'", "a number and a unit"),
    ("creatinine >= '3 mmol/L'", "'3 mmol/L'", "declare the unit with its factor and source"),
    ("creatinine >= '3 kg'", "'3 kg'", "in mg/dL or umol/L for creatinine"),
    ("creatinine >= weight", "weight in kg", "compare like with like"),
    ("creatinine + held_doses > '3 mg/dL'", "held_doses beside creatinine", "compare like with like"),
    ("hours_since(creatinine) > weight", "weight in kg", "compare like with like"),
    ("creatinine >= '300 mg/dL'", "creatinine >= 300 mg/dL", "mend the threshold, its unit or the range"),
    ("creatinine >= '-3 mg/dL'", "the threshold of", "mend the threshold"),
    ("creatinin >= '3 mg/dL'", 'the name "creatinin"', "declare it under variables, or mend its spelling"),
    ("Creatinine >= '3 mg/dL'", 'the name "Creatinine"', "mend its spelling"),
    ("relative AND troponin_raised", 'the name "relative"', "declare it"),
    ("dose_given > '1000000 IU'", '"IU"', "write [IU-drugname]"),
    ("dose_given > '18 MU'", '"MU"', "write M[IU-drugname]"),
    ("dose_given > '18 M'", '"M"', "write 10*6"),
    ("dose_given > '18 M[IU-heparin]'", "'18 M[IU-heparin]'", "for dose_given"),
    ("dose_given > '1 [iU]'", '"[iU]"', "write [IU-drugname]"),
    ("dose_given > '1 mg'", "'1 mg'", "declare the unit with its factor and source"),
    ("urine_rate < '160 mL/8h'", '"8h"', "a unit has no number in it"),
    ("urine_rate < '20 mL'", "'20 mL'", "for urine_rate"),
    ("creatinine > '30000 mcg/L'", '"mcg"', "write ug"),
    ("anything > '3 percent'", '"percent"', "write %"),
    ("creatinine / 2 > '1 mg/dL'", "creatinine / 2", "divide in a declared variable with `expr`"),
    ("creatinine * weight > '1 mg/dL'", "creatinine * weight", "multiply by a number alone"),
    ("'3 mg/dL' > '2 mg/dL'", "a comparison without a variable", "name what is compared"),
    ("held_doses >= '3'", "'3'", "write it without quotes or unit"),
    ("held_doses >= 1e3", "1e3", "write it out"),
    ("3 * anything > '1 g'", "3 * anything > 1 g", "state the plausible range of anything"),
    ("mental_status >= 'confuesd'", "'confuesd'", "one of normal, vivid dreams, confused, coma"),
    ("mental_status >= 2", "2", "in quotes"),
    ("2 < mental_status", "mental_status in a sum", "compare it with one of its words"),
    ("response > 'CR'", "response >", "list the words with IN"),
    ("creatinine", "creatinine by itself", "compare it"),
    ("'3 mg/dL'", "'3 mg/dL'", "compare it with something"),
    ("", '""', "exactly one condition"),
    ("troponin_raised AND", "at character", "mend its spelling"),
    ("creatinine >= 'open", "left open", "mend its spelling"),
    ("troponin_raised AND " * 800 + "chest_pain", "too long or too deep", "split the rule"),
    ("(" * 30 + "chest_pain" + ")" * 30, "too long or too deep", "split the rule"),
    ("NOT " * 30 + "chest_pain", "too long or too deep", "split the rule"),
    ("NOT " * 600 + "chest_pain", "too long or too deep", "split the rule"),
    (" AND ".join(["chest_pain"] * 200), "too long or too deep", "split the rule"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found", "instead"), REFUSED, ids=[text[:40] for text, *_ in REFUSED])
def test_what_is_no_rule_is_refused_with_what_to_write(text, found, instead):
    with pytest.raises(NotARule) as refused:
        parse(text, WARD, ("absolute",))
    assert found in str(refused.value)
    assert instead in str(refused.value)
    assert len(refused.value.faults) <= 2


def test_every_fault_of_a_rule_is_told_at_once():
    text = (
        "creatinin >= '3 mg/dL' AND platelets < 30 AND mental_status >= 'confuesd' AND weight > 90 kg -- note\n"
        "AND response IN ('CR', 'XX', 'YY') AND creatinine BETWEEN '1 kg' AND '2 furlong' AND response IS NULL"
        " AND foo > bar AND at_least(2, chest_pain, overdue(weight))"
    )
    with pytest.raises(NotARule) as refused:
        parse(text, WARD)
    told = [fault.found for fault in refused.value.faults]
    for found in (
        "a comment inside a rule", "90 kg without quotes", "a test against NULL", 'the name "creatinin"',
        "the bare number 30", "'confuesd'", "'XX'", "'YY'", "'1 kg'",
        '"furlong" in "furlong" is no unit of the UCUM subset',
        'the name "foo"', 'the name "bar"', "the function overdue(weight)",
    ):  # fmt: skip
        assert told.count(found) == 1, found
    assert len(told) == 13


def test_a_fault_is_told_as_found_expected_and_the_next_move():
    with pytest.raises(NotARule, match=r"^found creatinine by itself, expected a comparison, .*; compare it$"):
        parse("creatinine", WARD)


@pytest.mark.parametrize(
    ("text", "aloud"),
    [
        ("creatinine >= '2.5 mg/dL' AND creatinine < '3 mg/dL'",
         "creatinine at least 2.5 mg/dL and creatinine below 3 mg/dL"),
        ("map < '65 mm[Hg]' OR NOT chest_pain", "mean arterial pressure below 65 mm[Hg] or not (chest_pain)"),
        ("at_least(3, relative)", "at least 3 of: any that count as relative"),
        ("at_least(2, chest_pain, held_doses >= 3)", "at least 2 of: chest_pain; held_doses at least 3"),
        ("hours_since(map) > '6 h'", "time since mean arterial pressure above 6 h"),
        ("assessed(map)", "mean arterial pressure was assessed"),
        ("2 * (weight - baseline_weight) <> '5 kg'", "2 * (body weight - baseline_weight) is not 5 kg"),
        ("(chest_pain OR troponin_raised) AND map = '65 mm[Hg]'",
         "(chest_pain or troponin_raised) and mean arterial pressure is 65 mm[Hg]"),
        ("(chest_pain AND troponin_raised) OR map <= '65 mm[Hg]'",
         "(chest_pain and troponin_raised) or mean arterial pressure at most 65 mm[Hg]"),
    ],
)  # fmt: skip
def test_a_rule_is_read_aloud_as_the_ward_says_it(text, aloud):
    labels = {"map": "mean arterial pressure", "weight": "body weight"}
    assert words(parse(text, WARD, ("relative",)), labels) == aloud


@pytest.mark.parametrize("ask", [evaluate, lambda tree, _: compiled([tree]), lambda tree, _: expression(tree)])
def test_a_group_without_its_rules_has_no_answer(ask):
    tree = parse("at_least(3, relative)", WARD, ("relative",))
    with pytest.raises(TypeError, match="relative"):
        ask(tree, {})
