"""Is every change between two protocols told, in words, with its direction?"""

import pytest

from seriatim.protocols.load import load_protocol, read_protocol
from seriatim.protocols.verify.finding import Unsettled
from seriatim.protocols.versions import direction as module
from seriatim.protocols.versions.changes import changes
from seriatim.protocols.versions.difference import difference
from seriatim.protocols.versions.direction import direction
from seriatim.reports.html import render_html

BASE = """
schema: seriatim.protocol/1
id: il2
version: 1.0.0
title: Interleukin-2
sources: {table: {cite: a table}}
variables:
  creatinine:
    {type: quantity, text: creatinine, unit: mg/dL, codes: [a], max_age: 12 h, resolution: 0.1, plausible: [0.1, 30],
     worse: up, required_for: [give]}
  dreams: {type: boolean, text: vivid dreams, codes: [b], worse: up}
  tight: {type: boolean, text: tightness, codes: [c], worse: up}
screening:
  - {id: s.renal, text: renal, require: "creatinine <= '1.5 mg/dL'", valid_for: 7 d, source: {ref: table, at: s}}
regimen:
  course: {cycles: 2, source: {ref: table, at: r}}
  cycle:
    drug: aldesleukin
    every: 8 h
    max_doses: 14
    window: {min_gap: 6 h}
    late_policy: {up_to: 4 h}
    source: {ref: table, at: r}
dose:
  aldesleukin:
    basis: {amount: "720000 [IU-aldesleukin]/kg", weight: cycle_baseline_actual}
    weight: {plausible: ["30 kg", "250 kg"], confirm_if_change_over: "10 %", max_age: "48 h"}
    modifications: none_allowed
    hard_limits: {per_dose: "180 M[IU-aldesleukin]", per_cycle_doses: 14}
    source: {ref: table, at: d}
before_dose:
  - {id: renal, text: renal, when: "creatinine >= '3 mg/dL'", then: stop_cycle, source: {ref: table, at: a}}
  - {id: mind, text: mind, when: dreams, then: hold_dose, counts_as: relative, source: {ref: table, at: b}}
  - {id: muscle, text: muscle, when: tight, then: hold_dose, counts_as: relative, source: {ref: table, at: c}}
  - {id: two, text: two, when: tight AND dreams, then: hold_dose, counts_as: relative, source: {ref: table, at: g}}
  - {id: both, text: both, when: "at_least(2, relative)", then: stop_cycle, source: {ref: table, at: d}}
supportive_care:
  - {id: c.pain, text: pain relief, start: before, source: {ref: table, at: e}}
"""


def changed(*exchanges):
    text = BASE
    for before, after in exchanges:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return load_protocol(text)


def told(*exchanges):
    return [one.sentence for one in changes(load_protocol(BASE), changed(*exchanges))]


def way(*exchanges):
    return direction(load_protocol(BASE), changed(*exchanges), prove=False).label


MUSCLE = (
    "  - {id: muscle, text: muscle, when: tight, then: hold_dose, counts_as: relative, source: {ref: table, at: c}}\n"
)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("'3 mg/dL'", "'2.8 mg/dL'",
         "Rule before a dose renal: creatinine at least 3 milligrams per decilitre becomes"
         " creatinine at least 2.8 milligrams per decilitre."),
        (MUSCLE, "", "Rule before a dose muscle is removed: if tightness, then hold this dose."),
        ("then: stop_cycle, source: {ref: table, at: a}", "then: stop_course, source: {ref: table, at: a}",
         "Rule before a dose renal: stop this cycle becomes stop this course."),
        ("at_least(2,", "at_least(1,", "Rule before a dose both: at least 2 becomes at least 1 of the same."),
        ("when: dreams", "when: dreams AND tight",
         "Rule before a dose mind: the condition vivid dreams becomes vivid dreams and tightness."),
        ("{id: mind,", "{id: neuro,", "Rule before a dose mind is called neuro and asks the same."),
        ("max_age: 12 h", "max_age: 24 h", "Variable creatinine: max age 12 hours becomes 24 hours."),
        ("max_doses: 14", "max_doses: 15", "Regimen, cycle: max doses 14 becomes 15."),
        ("180 M[", "170 M[",
         "Dose of aldesleukin: hard limits.per dose 180 million international units of aldesleukin becomes"
         " 170 million international units of aldesleukin."),
        ("required_for: [give]", "required_for: []", "Variable creatinine: required for give becomes nothing."),
        ("valid_for: 7 d", "valid_for: 14 d", "Criterion of screening s.renal: valid for 7 days becomes 14 days."),
    ],
)  # fmt: skip
def test_a_change_is_told_as_one_sentence(before, after, said):
    assert told((before, after)) == [said]


def test_an_added_rule_is_told_with_its_condition_and_action():
    rule = "  - {id: late, text: late, when: \"creatinine >= '2 mg/dL'\", then: delay, source: {ref: table, at: z}}\n"
    said = "Rule before a dose late is added: if creatinine at least 2 milligrams per decilitre, then do not give yet."
    assert told((MUSCLE, MUSCLE + rule)) == [said]


def test_the_same_threshold_in_another_accepted_unit_is_no_change():
    assert told(("'3 mg/dL'", "'30 mg/L'")) == []


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        ("'3 mg/dL'", "'2.8 mg/dL'", "tightening"),
        ("'3 mg/dL'", "'3.2 mg/dL'", "loosening"),
        ("'1.5 mg/dL'", "'1.6 mg/dL'", "loosening"),
        (MUSCLE, "", "loosening"),
        ("at_least(2,", "at_least(1,", "tightening"),
        ("max_age: 12 h", "max_age: 6 h", "tightening"),
        ("max_age: 12 h", "max_age: 24 h", "loosening"),
        ("max_age: 12 h, ", "", "loosening"),
        ("required_for: [give]", "required_for: []", "loosening"),
        ("max_doses: 14", "max_doses: 15", "loosening"),
        ("min_gap: 6 h", "min_gap: 7 h", "tightening"),
        ("180 M[", "170 M[", "tightening"),
        ("valid_for: 7 d", "valid_for: 14 d", "loosening"),
        ("every: 8 h", "every: 9 h", "mixed"),
        ("codes: [b]", "codes: [b, also]", "mixed"),
        ("text: vivid dreams", "text: dreams that are vivid", "same"),
        ("valid_for: 7 d, ", "", "loosening"),
        ("{cycles: 2,", "{cycles: 1,", "tightening"),
        ("720000 [IU", "600000 [IU", "tightening"),
        ("per_cycle_doses: 14", "per_cycle_doses: 13", "tightening"),
        ("title: Interleukin-2", "title: IL-2\nwhen_undecided: hold_dose", "tightening"),
        ("title: Interleukin-2", "title: IL-2\nroles_to_sign: [physician]", "loosening"),
        ("title: Interleukin-2", "title: IL-2\neffective: {since: 2026-01-01}", "mixed"),
        ("codes: [b], worse: up",
         "codes: [b], worse: up, missing: {assume: 'no', because: a, source: table}", "loosening"),
        ("then: hold_dose, counts_as: relative, source: {ref: table, at: b}",
         "then: hold_dose, counts_as: relative, measures: [look], source: {ref: table, at: b}", "tightening"),
        ("start: before, source", "start: after, source", "mixed"),
        ("  - {id: c.pain, text: pain relief, start: before, source: {ref: table, at: e}}\n", "  []\n", "loosening"),
    ],
)  # fmt: skip
def test_the_direction_of_one_change(before, after, label):
    assert way((before, after)) == label


def test_a_threshold_moved_down_and_another_up_is_mixed_with_a_patient_each():
    found = direction(
        load_protocol(BASE),
        changed(
            ("'3 mg/dL'", "'2.8 mg/dL'"),
            ("then: stop_cycle, source: {ref: table, at: d}", "then: hold_dose, source: {ref: table, at: d}"),
        ),
    )
    assert found.label == "mixed"
    assert found.tightening.patient == "creatinine 2.9 milligrams per decilitre"
    assert found.loosening.patient == "vivid dreams: yes, tightness: yes"
    assert found.how == "proved"


def test_without_the_solver_or_where_it_gives_up_the_direction_says_that_it_is_sampled(monkeypatch):
    one, other = load_protocol(BASE), changed(("'3 mg/dL'", "'2.8 mg/dL'"))
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    found = direction(one, other)
    assert (found.label, found.how) == ("tightening", "sampled, not proved")
    monkeypatch.undo()

    def gives_up(*_):
        raise Unsettled

    monkeypatch.setattr(module, "proved_direction", gives_up)
    assert direction(one, other).how == "sampled, not proved"


def test_a_patient_that_only_the_solver_finds_counts(monkeypatch):
    monkeypatch.setattr(module, "sampled_witnesses", lambda *_: iter(()))
    found = direction(load_protocol(BASE), changed(("'3 mg/dL'", "'3.2 mg/dL'")))
    assert found.label == "loosening"
    assert found.loosening.a == "stop this cycle"
    assert found.loosening.b == "give"


def test_a_changed_screening_is_said_to_be_sampled():
    found = direction(load_protocol(BASE), changed(("'1.5 mg/dL'", "'1.6 mg/dL'")))
    assert found.how == "proved; screening sampled, not proved"


def test_the_two_published_tables_differ_where_the_prints_differ():
    found = difference(read_protocol("consensus-2014"), read_protocol("community-2015"))
    said = " ".join(one.words for one in found.witnesses)
    assert "bilirubin 7.1 milligrams per decilitre: A says hold this dose; B says give" in said
    assert "hypotension that needs a pressor: yes: A says give; B says stop this cycle" in said
    assert "supraventricular tachycardia: yes: A says stop this cycle; B says give" in said
    assert "weight gained since the cycle's first dose 15 percent: A says give; B says hold this dose" in said
    assert "moist desquamation: yes: A says hold this dose; B says stop this cycle" in said


def test_the_page_names_both_protocols_by_hash_and_carries_the_caution():
    one, other = load_protocol(BASE), changed(("'3 mg/dL'", "'2.8 mg/dL'"))
    page = difference(one, other).page
    assert one.sha256[:12] in page.subtitle
    assert other.sha256[:12] in page.subtitle
    html = render_html(page)
    assert "Not for clinical use until a site has signed it" in html
    assert "creatinine at least 2.8 milligrams per decilitre" in html


def test_wording_is_counted_apart_from_what_decides():
    found = difference(load_protocol(BASE), changed(("text: vivid dreams", "text: dreams that are vivid")))
    assert found.deciding == ()
    assert found.words[-1] == "- 1 changes of wording, interpretation or source."
