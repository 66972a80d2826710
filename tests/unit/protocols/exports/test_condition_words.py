"""Can a condition be read aloud without a sign or a short form in it?"""

import re

import pytest

from seriatim.protocols.load import library, load_protocol, read_protocol
from seriatim.protocols.wording.condition_words import condition_words
from seriatim.protocols.wording.unit_words import amount_words, unit_words

MASS = "milligrams per decilitre"
PROTOCOL = load_protocol("""
schema: seriatim.protocol/1
id: words
version: 1.0.0
title: Words
sources: {table: {cite: a table}}
variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, codes: [a], resolution: 0.1, plausible: [0.1, 30]}
  rate: {type: quantity, text: pressor rate, unit: ug/kg/min, codes: [b], resolution: 0.1, plausible: [0, 20]}
  rales: {type: ordinal, text: rales, codes: [c], levels: [none, a_third, above_a_half]}
  raised: {type: boolean, text: troponin raised, codes: [d]}
  held: {type: count, text: doses held, history: held_doses}
before_dose:
  - id: one
    text: one
    when: "creatinine >= '3 mg/dL'"
    then: hold_dose
    counts_as: relative
    source: {ref: table, at: a}
""")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("creatinine >= '2.5 mg/dL' AND creatinine < '3 mg/dL'", f"creatinine at least 2.5 and below 3 {MASS}"),
        ("creatinine BETWEEN '1 mg/dL' AND '3 mg/dL'", f"creatinine from 1 to 3 {MASS}"),
        ("creatinine BETWEEN '100 mg/L' AND '30 mg/dL'",
         f"creatinine from 100 milligrams per litre to 30 {MASS}"),
        ("rate > '0.5 ug/kg/min'", "pressor rate above 0.5 micrograms per kilogram per minute"),
        ("rales >= 'a_third'", "rales at least a third"),
        ("raised OR held >= 3", "troponin raised or doses held at least 3"),
        ("NOT raised AND creatinine < '3 mg/dL'", f"not (troponin raised) and creatinine below 3 {MASS}"),
        ("at_least(3, relative)", "at least 3 of: any that count as relative"),
    ],
)  # fmt: skip
def test_a_condition_is_said_with_the_names_of_the_ward_and_units_spelt_out(condition, said):
    assert condition_words(PROTOCOL, condition) == said


def test_no_condition_of_the_library_is_said_with_a_sign_a_short_form_or_a_number_that_is_misread():
    for name in library():
        protocol = read_protocol(name, unverified=True)
        for rule in protocol.rules:
            said = condition_words(protocol, rule.declared.when)
            assert not re.search(r"[<>]|\bug\b|µ|\bU/L|10\*9|\bmcg\b|\bcc\b|\d{4}", said), said
            assert not re.search(r"\d\.\d*0\b|(?<!\d)\.\d", said), said


def test_an_amount_of_one_is_said_in_the_singular():
    assert (amount_words("1 h"), amount_words("1 wk"), amount_words("8 h")) == ("1 hour", "1 week", "8 hours")


def test_a_unit_without_words_is_said_by_its_code():
    assert unit_words("kat/L") == "kat/L"


def test_units_of_a_drug_are_said_with_the_drug():
    assert unit_words("[IU-aldesleukin]/kg") == "international units of aldesleukin per kilogram"
    assert unit_words("M[IU-aldesleukin]") == "million international units of aldesleukin"
