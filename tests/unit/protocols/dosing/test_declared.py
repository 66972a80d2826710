"""Which dose sections are refused when a protocol file is read, and does the message name line and remedy?"""

from __future__ import annotations

import json

import pytest

from seriatim.documents import Document, load_document
from seriatim.errors import InvalidDocument
from seriatim.protocols.dosing.declared import DoseRule, citations
from seriatim.protocols.dosing.quantity import read_quantity

GOOD = """\
schema: seriatim.dose/1
dose:
  aldesleukin:
    basis: {amount: "720000 [IU-aldesleukin]/kg", weight: cycle_baseline_actual, labelled: high_dose}
    weight: {plausible: ["30 kg", "250 kg"], confirm_if_change_over: "10 %", max_age: "48 h"}
    modifications: none_allowed
    hard_limits: {per_dose: "180 M[IU-aldesleukin]", per_cycle_doses: 14}
    round: {to: "0.1 mL", mode: half_up, max_deviation: "5 %"}
    product:
      vial_label: "22 M[IU-aldesleukin]"
      deliverable: "21.6 M[IU-aldesleukin]"
      concentration: "18 M[IU-aldesleukin]/mL"
      partial_vials: discard
      stable_for: "48 h"
    diluent: {allow: [D5W], volume: "50 mL", infuse_over: "15 min", do_not_mix: [NS]}
    source: {ref: label, at: "2.2"}
"""


class Section(Document):
    dose: dict[str, DoseRule]


def load(text: str) -> DoseRule:
    return load_document(text, Section, schema="seriatim.dose/1", name="demo.yaml").dose["aldesleukin"]


def test_the_dose_section_of_the_published_shape_is_read():
    rule = load(GOOD)
    assert rule.amount_unit == "[IU-aldesleukin]"
    assert rule.per_size == 720_000


def test_a_dose_section_survives_being_written_and_read():
    rule = load(GOOD)
    assert DoseRule.model_validate(json.loads(rule.model_dump_json())) == rule


def test_the_shape_is_published_as_json_schema():
    schema = DoseRule.model_json_schema()
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {"basis", "modifications", "hard_limits", "source"}


FAULTS = [
    # what the file says, what it is changed to, the line, what the message says
    ('"180 M[IU-aldesleukin]", per', "180000000, per", 7, "a bare number has no unit"),
    ('"180 M[IU-aldesleukin]", per', '"180", per', 7, "a bare number has no unit"),
    ('"180 M[IU-aldesleukin]", per', '"180 mg", per', 7, "limits in the units of"),
    ('"180 M[IU-aldesleukin]", per', '"180 M[IU-heparin]", per', 7, "limits in the units of"),
    ('"180 M[IU-aldesleukin]", per', '"180 MIU", per', 7, "write M\\[IU-drugname\\]"),
    ('"180 M[IU-aldesleukin]", per', '"0 M[IU-aldesleukin]", per', 7, "more than zero"),
    ('"180 M[IU-aldesleukin]", per', '"1 [IU-aldesleukin]/m2", per', 7, "limits in the units of"),
    ("per_cycle_doses: 14", 'per_cycle_doses: "14"', 7, "integer"),
    ("per_cycle_doses: 14", "per_cycle_doses: 0", 7, "greater than 0"),
    ('per_dose: "180 M[IU-aldesleukin]", ', "", 7, "add it"),
    ('"720000 [IU-aldesleukin]/kg"', '"720,000 [IU-aldesleukin]/kg"', 4, "write no comma"),
    ('"720000 [IU-aldesleukin]/kg"', '"720000 IU/kg"', 4, "write \\[IU-drugname\\]"),
    ('"720000 [IU-aldesleukin]/kg"', '"720000 mL/kg"', 4, "an amount of medicine"),
    ('"720000 [IU-aldesleukin]/kg"', '"100000 [IU-aldesleukin]/kg"', 4, "probably in Cetus units"),
    ('"720000 [IU-aldesleukin]/kg"', '"100000 [U-aldesleukin]/kg"', 4, "probably in Cetus units"),
    ("weight: cycle_baseline_actual, ", "", 4, "has no default"),
    ("weight: cycle_baseline_actual", "weight: ideal", 4, "cycle_baseline_actual"),
    ("weight: cycle_baseline_actual", "weight: adjusted", 3, "the section height"),
    ('"30 kg", "250 kg"', '"250 kg", "30 kg"', 5, "the smaller bound first"),
    ('"30 kg", "250 kg"', '"30 cm", "250 kg"', 5, "a quantity in kg"),
    ('"10 %"', "0.1", 5, "a bare number has no unit"),
    ('"48 h"}', '"48 kg"}', 5, "a quantity in h"),
    ("none_allowed", "some_allowed", 6, "none_allowed"),
    ("half_up", "nearest", 8, "half_up"),
    ('"0.1 mL"', '"0.1 cm"', 3, "round.to a volume"),
    ('"0.1 mL"', '".1 mL"', 8, "a zero before the point"),
    ('"5 %"', '"5 percent"', 8, "write %"),
    ('"21.6 M[IU-aldesleukin]"', '"22.6 M[IU-aldesleukin]"', 9, "deliverable of no more than the label"),
    ('"18 M[IU-aldesleukin]/mL"', '"18 M[IU-aldesleukin]/mg"', 9, "concentration in"),
    ("partial_vials: discard", "partial_vials: discard\n      withdrawable: 1.1 mL", 9, "withdrawable x concentration"),
    ("do_not_mix: [NS]", 'final_concentration: ["1 M[IU-aldesleukin]/mL", "2 M[IU-aldesleukin]/mL"]', 15, "volume_is"),
    (
        "do_not_mix: [NS]",
        'volume_is: final, final_concentration: ["1 mg/mL", "2 mg/mL"]',
        3,
        "diluent.final_concentration in",
    ),
    ('"22 M[IU-aldesleukin]"', '"22 mL"', 9, "in the units of one drug"),
    ('"18 M[IU-aldesleukin]/mL"', '"1.8 M[IU-aldesleukin]/dL"', 9, "no words"),
    ("do_not_mix: [NS]", "do_not_mix: [D5W]", 15, "either allowed or not"),
    ("infuse_over", "infused_over", 15, "no such key"),
    ('    source: {ref: label, at: "2.2"}\n', "", 3, "add it"),
]


@pytest.mark.parametrize(("found", "changed", "line", "says"), FAULTS, ids=lambda value: str(value)[:40])
def test_a_fault_of_the_dose_section_is_told_with_its_line(found, changed, line, says):
    assert found in GOOD
    with pytest.raises(InvalidDocument, match=says) as told:
        load(GOOD.replace(found, changed, 1))
    assert f"line {line}, dose.aldesleukin" in str(told.value)


def test_a_low_dose_may_be_as_low_as_it_is_called():
    text = GOOD.replace("720000", "72000").replace("high_dose", "low_dose")
    assert load(text).per_size == 72_000


def test_several_faults_are_told_at_once():
    text = GOOD.replace('"10 %"', "10").replace('"50 mL"', '"50 mg"').replace("half_up", "nearest")
    with pytest.raises(InvalidDocument, match="3 faults"):
        load(text)


def rule(**changes: object) -> DoseRule:
    parts = {
        "basis": {"amount": "25 mg/m2", "weight": "actual"},
        "weight": {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"},
        "height": {"plausible": ["120 cm", "220 cm"]},
        "body_surface": {"formula": "mosteller", "round": {"to": "0.01 m2", "mode": "half_up"}, "cap": "none"},
        "modifications": "none_allowed",
        "hard_limits": {"per_dose": "100 mg"},
        "source": {"ref": "label", "at": "2"},
    }
    return DoseRule.model_validate({key: value for key, value in {**parts, **changes}.items() if value is not None})


def test_a_body_surface_without_a_word_on_its_cap_is_a_fault():
    with pytest.raises(ValueError, match="cap"):
        rule(body_surface={"formula": "mosteller", "round": {"to": "0.01 m2", "mode": "half_up"}})


@pytest.mark.parametrize("section", ["weight", "height", "body_surface"])
def test_a_dose_by_body_surface_needs_all_that_it_is_worked_out_with(section):
    with pytest.raises(ValueError, match=f"the section {section}"):
        rule(**{section: None})


def test_a_flat_dose_names_no_weight():
    with pytest.raises(ValueError, match="the amount is flat"):
        rule(basis={"amount": "25 mg", "weight": "actual"})


def test_units_and_milligrams_of_a_drug_are_two_kinds_of_amount():
    stock = {
        "vial_label": "22 M[IU-aldesleukin]",
        "deliverable": "21.6 M[IU-aldesleukin]",
        "concentration": "18 M[IU-aldesleukin]/mL",
        "partial_vials": "keep",
        "stable_for": "48 h",
    }
    with pytest.raises(ValueError, match="do not convert"):
        rule(product=stock)


LEVELS = [{"name": "0", "share": "100 %"}, {"name": "-1", "share": "75 %"}]


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        (LEVELS[::-1], "begin with 100 % and descend"),
        ([LEVELS[0], {"name": "-1", "share": "110 %"}], "100 % at most"),
        ([LEVELS[0], {"name": "0", "share": "50 %"}], "each name once"),
        (LEVELS[:1], "at least 2"),
    ],
)
def test_levels_descend_from_the_full_dose(levels, says):
    with pytest.raises(ValueError, match=says):
        rule(modifications={"levels": levels})


def band(low: str, high: str, give: str) -> dict[str, str]:
    return {"at_least": f"{low} mg", "below": f"{high} mg", "give": f"{give} mg"}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([band("40", "45", "42.5"), band("46", "50", "47.5")], "no gap or overlap"),
        ([band("40", "45", "42.5"), band("44", "50", "47.5")], "no gap or overlap"),
        ([band("40", "45", "42.5"), band("45", "50", "42.5")], "a larger dose gives more"),
        ([band("45", "40", "42.5")], "at_least under below"),
        ([{"at_least": "40 mg", "below": "45 mL", "give": "42 mg"}], "in the units of one drug"),
        ([{"at_least": "40 mg", "below": "45 mg", "give": "42 [IU-x]"}], "in the units of one drug"),
        (
            [band("40", "45", "42"), {"at_least": "45 [IU-x]", "below": "50 [IU-x]", "give": "47 [IU-x]"}],
            "in the units of one drug",
        ),
    ],
)
def test_a_table_of_bands_has_no_gap_and_no_overlap(table, says):
    with pytest.raises(ValueError, match=says):
        rule(bands={"table": table, "max_deviation": "6 %", "source": {"ref": "bands", "at": "1"}})


def test_a_dose_is_rounded_or_banded_but_not_both():
    bands = {"table": [band("40", "45", "42.5")], "max_deviation": "6 %", "source": {"ref": "bands", "at": "1"}}
    with pytest.raises(ValueError, match="round or bands"):
        rule(bands=bands, round={"to": "1 mg", "mode": "down", "max_deviation": "5 %"})


def test_two_factors_between_the_same_units_are_a_fault():
    factors = [
        {"factor": f"{number} M[IU-x]/mg", "source": {"ref": "label", "at": "3"}} for number in ("16.36", "16.92")
    ]
    with pytest.raises(ValueError, match="do not chain"):
        rule(conversions=factors)


@pytest.mark.parametrize("factor", ["16.36 mg", "16 mg/mL", "2 mg/g", "16 mL/mg"])
def test_a_factor_that_joins_no_two_amounts_is_a_fault(factor):
    with pytest.raises(ValueError, match="between two kinds of amount"):
        rule(conversions=[{"factor": factor, "source": {"ref": "label", "at": "3"}}])


def test_a_factor_and_its_inverse_are_two_factors():
    source = {"ref": "label", "at": "3"}
    factors = [{"factor": "16.36 M[IU-x]/mg", "source": source}, {"factor": "61 mg/k[IU-x]", "source": source}]
    with pytest.raises(ValueError, match="do not chain"):
        rule(conversions=factors)


def test_what_the_rounding_and_the_bag_need_is_named():
    with pytest.raises(ValueError, match="the section product"):
        rule(round={"to": "0.1 mL", "mode": "down", "max_deviation": "5 %"})
    bag = {"allow": ["D5W"], "volume": "50 mL", "infuse_over": "15 min", "volume_is": "final"}
    with pytest.raises(ValueError, match="the section product"):
        rule(diluent={**bag, "final_concentration": ["1 mg/mL", "2 mg/mL"]})
    with pytest.raises(ValueError, match="no default formula"):
        rule(basis={"amount": "25 mg/kg", "weight": "adjusted"}, body_surface=None)
    bands = {"table": [band("40", "45", "42.5")], "max_deviation": "6 %", "source": {"ref": "bands", "at": "1"}}
    with pytest.raises(ValueError, match="bands in the units of"):
        rule(basis={"amount": "25 [IU-x]/m2", "weight": "actual"}, hard_limits={"per_dose": "9 [IU-x]"}, bands=bands)


def test_a_hard_limit_cannot_be_changed_once_it_is_read():
    limits = rule().hard_limits
    with pytest.raises(ValueError, match="frozen"):
        limits.per_dose = read_quantity("1000 mg")


def test_every_source_of_a_dose_section_is_found():
    bands = {"table": [band("40", "45", "42.5")], "max_deviation": "6 %", "source": {"ref": "bands", "at": "1"}}
    factor = {"factor": "16.36 M[IU-x]/mg", "source": {"ref": "factor", "at": "3"}}
    found = {source.ref: place for place, source in citations(rule(bands=bands, conversions=[factor]))}
    assert found == {"bands": ("bands", "source"), "factor": ("conversions", 0, "source"), "label": ("source",)}


@pytest.mark.parametrize(("amount", "per"), [("1 dmol/kg", "dmol"), ("3 cg/kg", "cg")])
def test_an_amount_that_cannot_be_said_in_words_is_a_fault_of_the_file(amount, per):
    with pytest.raises(ValueError, match=f'"{per}" has no words'):
        rule(basis={"amount": amount, "weight": "actual"})


def test_a_section_that_nothing_uses_is_a_fault():
    by_weight = {"amount": "2 mg/kg", "weight": "actual"}
    with pytest.raises(ValueError, match="no body_surface"):
        rule(basis=by_weight)
    with pytest.raises(ValueError, match="no weight: 25 mg"):
        rule(basis={"amount": "25 mg"}, body_surface=None)
    formula = {"formula": "devine_40", "round": {"to": "1 kg", "mode": "up"}, "source": {"ref": "label", "at": "3"}}
    believed = {"plausible": ["30 kg", "250 kg"], "confirm_if_change_over": "10 %", "max_age": "48 h"}
    with pytest.raises(ValueError, match=r"no weight\.adjusted"):
        rule(basis=by_weight, body_surface=None, weight={**believed, "adjusted": formula})


def test_a_vial_of_millilitres_holds_no_amount():
    stock = {"vial_label": "5 mL", "deliverable": "5 mL", "concentration": "1 mL/mL", "partial_vials": "keep"}
    with pytest.raises(ValueError, match="vial_label and deliverable as amounts"):
        rule(product={**stock, "stable_for": "48 h"})
