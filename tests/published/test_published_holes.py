"""Does the verifier find the holes of the two published tables, in their own rows and in the library's protocols?

J Immunother Cancer 2014;2:26, table 3, and SpringerPlus 2015;4:118, table 1: both print creatinine as 2.5 to 2.9 and
3.0 or more; the first says nothing of phenylephrine above 2.0; the second holds below and stops above half the chest.
"""

from __future__ import annotations

import pytest

from seriatim.protocols.load import load_protocol, read_protocol
from seriatim.protocols.verify.gaps import missing_bands
from seriatim.protocols.verify.monotone import is_monotone, not_monotone
from seriatim.protocols.verify.overlaps import overlaps
from seriatim.protocols.verify.redundant import redundant
from seriatim.protocols.verify.unreachable import unreachable

HEAD = """schema: seriatim.protocol/1
id: rows
version: 1.0.0
title: A few rows of a table
sources: {table: {cite: a published table}}
"""
CREATININE = """variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, also_accept: {umol/L: {factor: 1/88.4, source: table}},
    codes: [creatinine], resolution: 0.1, plausible: [0.1, 30], worse: up}
before_dose:
  - {id: rel, text: Creatinine 2.5 to 2.9, when: "creatinine BETWEEN '2.5 mg/dL' AND '2.9 mg/dL'", then: hold_dose,
    source: {ref: table, at: renal}}
  - {id: abs, text: Creatinine 3 or more, when: "creatinine >= '3.0 mg/dL'", then: stop_cycle,
    source: {ref: table, at: renal}}
"""
PHENYLEPHRINE = """variables:
  rate: {type: quantity, text: phenylephrine, unit: ug/kg/min, codes: [p], resolution: 0.1, plausible: [0, 20], worse: up}
before_dose:
  - {id: rel, text: 1 to 1.5, when: "rate BETWEEN '1 ug/kg/min' AND '1.5 ug/kg/min'", then: hold_dose,
    source: {ref: table, at: haemodynamic}}
  - {id: abs, text: 1.5 to 2, when: "rate BETWEEN '1.5 ug/kg/min' AND '2 ug/kg/min'", then: stop_cycle,
    source: {ref: table, at: haemodynamic}}
"""  # noqa: E501
CRACKLES = """variables:
  share: {type: quantity, text: share of the chest with crackles, unit: "%", codes: [c], resolution: 1,
    plausible: [0, 100], worse: up}
before_dose:
  - {id: rel, text: More than a third and less than half, when: "share > '33 %' AND share < '50 %'", then: hold_dose,
    source: {ref: table, at: pulmonary}}
  - {id: abs, text: More than half, when: "share > '50 %'", then: stop_cycle, source: {ref: table, at: pulmonary}}
"""


def sentences(found) -> list[str]:
    return [finding.sentence for finding in found]


def test_creatinine_between_2_9_and_3_has_no_rule_where_results_have_more_than_one_decimal():
    rows = load_protocol(HEAD + CREATININE)
    assert sentences(missing_bands(rows)) == [
        "No rule covers creatinine above 2.9 and below 3 mg/dL. At 2.9 mg/dL: hold this dose; at 2.95 mg/dL, which is"
        " worse: give. Results in the steps of the chart do not fall into it; 257 to 265 micromol/L do, and finer"
        " results."
    ]
    assert is_monotone(rows, "creatinine", on_grid=True)
    assert not is_monotone(rows, "creatinine")


def test_phenylephrine_above_2_has_no_rule_and_exactly_1_5_has_two():
    rows = load_protocol(HEAD + PHENYLEPHRINE)
    assert sentences(missing_bands(rows)) == [
        "No rule covers phenylephrine above 2 microg/kg/min. At 2 microg/kg/min: stop this cycle; at 2.1 microg/kg/min,"
        " which is worse: give."
    ]
    assert sentences(overlaps(rows)) == [
        "rel and abs both hold for phenylephrine 1.5 microg/kg/min; the more restrictive one decides: stop this cycle."
    ]
    assert not is_monotone(rows, "rate", on_grid=True)


def test_crackles_at_exactly_half_of_the_chest_fall_between_two_rows():
    rows = load_protocol(HEAD + CRACKLES)
    assert sentences(missing_bands(rows)) == [
        "No rule covers share of the chest with crackles 50 %. At 49 %: hold this dose; at 50 %, which is worse: give."
    ]


def test_no_rule_of_either_table_is_unreachable_or_redundant():
    for name in ("consensus-2014", "community-2015"):
        protocol = read_protocol(name)
        assert [*unreachable(protocol), *redundant(protocol)] == []


@pytest.mark.parametrize(
    ("name", "holes"),
    [
        (
            "consensus-2014",
            [
                "No rule covers highest phenylephrine rate since the previous dose above 2 microg/kg/min.",
                "No rule covers serum creatinine above 2.9 and below 3 mg/dL.",
            ],
        ),
        (
            "community-2015",
            [
                "No rule covers how much of the chest has crackles: a half.",
                "No rule covers serum creatinine above 2.9 and below 3 mg/dL.",
            ],
        ),
    ],
)
def test_the_library_keeps_the_holes_of_the_print_and_the_verifier_finds_each(name, holes):
    protocol = read_protocol(name)
    found = sentences(missing_bands(protocol))
    assert [next(hole for hole in holes if one.startswith(hole)) for one in found] == holes


def test_beside_its_holes_each_published_table_asks_for_more_as_values_worsen():
    for name in ("consensus-2014", "community-2015"):
        assert sentences(not_monotone(read_protocol(name))) == []


def test_the_consensus_says_of_exactly_1_5_of_phenylephrine_two_things():
    (finding,) = overlaps(read_protocol("consensus-2014"))
    assert finding.rules == ("pressor.most.rel", "pressor.most.abs")
    assert finding.witness.endswith("1.5 microg/kg/min")
