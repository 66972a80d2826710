"""Completeness, examples, mutation, differences between two protocols, and the page and record of it all."""

from __future__ import annotations

import json
import runpy
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seriatim.errors import Misuse
from seriatim.pages import Table
from seriatim.protocols.actions import Action
from seriatim.protocols.load import read_protocol
from seriatim.protocols.verify import _solver
from seriatim.protocols.verify.completeness import incomplete
from seriatim.protocols.verify.difference import difference
from seriatim.protocols.verify.direction import direction
from seriatim.protocols.verify.finding import Unsettled
from seriatim.protocols.verify.mutation import mutation_score, survivors
from seriatim.protocols.verify.page import verification_page
from seriatim.protocols.verify.threshold_examples import without_example
from seriatim.protocols.verify.verification import CHECKS, examples_hold, verification_record, verify

SMALL = runpy.run_path(str(Path(__file__).with_name("small.py")))
protocol, rule, VARIABLES = SMALL["protocol"], SMALL["rule"], SMALL["VARIABLES"]
AROUND_THREE = """examples:
  - {name: "2.9", given: {creatinine: 2.9 mg/dL}, expect: give}
  - {name: "3.0", given: {creatinine: 3 mg/dL}, expect: hold_dose}
  - {name: "3.1", given: {creatinine: 3.1 mg/dL}, expect: hold_dose}
  - {name: missing, given: {creatinine: null}, definite: give, possible: hold_dose}
"""


def sentences(found) -> list[str]:
    return [finding.sentence for finding in found]


def test_a_variable_that_nothing_asks_for_is_told():
    small = protocol(rule("a", "troponin"), creatinine=VARIABLES["creatinine"])
    assert sentences(incomplete(small)) == ["creatinine (creatinine) is declared, but nothing asks for it."]


def test_a_value_of_any_age_that_counts_is_told():
    ageless = VARIABLES["creatinine"].replace("max_age: 1 d, ", "")
    found = sentences(incomplete(protocol(rule("a", "creatinine > '3 mg/dL'"), creatinine=ageless)))
    assert found == ["A value of creatinine counts however old it is."]


def test_a_compared_variable_without_a_worse_direction_is_told_not_to_have_been_looked_at():
    neither = VARIABLES["creatinine"].replace(", worse: up", "")
    (found,) = incomplete(protocol(rule("a", "creatinine > '3 mg/dL'"), creatinine=neither))
    assert found.rules == ("a",)
    assert "its gaps could not be looked for" in found.sentence


def test_a_variable_without_a_source_and_a_rule_from_memory_are_told():
    uncited = VARIABLES["creatinine"].replace(", source: {ref: here, at: test}", "")
    small = protocol(rule("a", "creatinine > '3 mg/dL'", evidence="M"), creatinine=uncited)
    assert sentences(incomplete(small)) == [
        "No source says which value of these counts and how old it may be: creatinine.",
        "Not checked against a source: a.",
    ]


def test_a_threshold_with_examples_at_it_beside_it_and_missing_lacks_none():
    assert list(without_example(protocol(rule("a", "creatinine >= '3 mg/dL'"), more=AROUND_THREE))) == []


def test_each_value_around_a_threshold_that_no_example_gives_is_told():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'"), more=AROUND_THREE.replace("2.9 mg", "2.8 mg"))
    assert sentences(without_example(small)) == ["No example has creatinine at 2.9 mg/dL, at or beside a threshold."]


def test_a_variable_that_no_example_leaves_out_is_told():
    small = protocol(
        rule("a", "troponin"), more="examples:\n  - {name: yes, given: {troponin: true}, expect: hold_dose}"
    )
    assert sentences(without_example(small)) == ["No example has troponin raised missing."]


def test_an_example_that_the_rules_answer_otherwise_is_to_be_mended():
    small = protocol(rule("a", "creatinine >= '3.1 mg/dL'"), more=AROUND_THREE)
    (found,) = examples_hold(small)
    assert found.gravity == "mend"
    assert "expects hold_dose; the rules say give" in found.sentence


def test_examples_around_a_threshold_catch_every_slip():
    score = mutation_score(protocol(rule("a", "creatinine >= '3 mg/dL'"), more=AROUND_THREE))
    assert (score.mutants, score.caught, score.equivalent, score.percent) == (4, 4, 0, 100)


def test_a_slip_that_no_example_notices_survives_and_is_told_in_words():
    one_example = "examples:\n  - {name: high, given: {creatinine: 5 mg/dL}, expect: hold_dose}"
    score = mutation_score(protocol(rule("a", "creatinine >= '3 mg/dL'"), more=one_example))
    assert score.caught == 1  # only the sign turned round
    assert sentences(survivors(score))[-1] == (
        "No example would notice this slip in the when of a: creatinine at least 3 mg/dL, read as 3.1 mg/dL."
    )


def test_a_slip_that_changes_no_verdict_does_not_count():
    rules = [
        rule("a", "creatinine BETWEEN '2 mg/dL' AND '3 mg/dL'"),
        rule("b", "creatinine >= '3 mg/dL'", "stop_cycle"),
    ]
    score = mutation_score(protocol(*rules))
    assert score.equivalent == 2  # of the upper end of a, where b decides: below 3, and 3.1


def test_a_slip_in_a_rule_that_counts_reaches_the_rule_that_counts_it():
    rules = [
        rule("a", "creatinine >= '3 mg/dL'", counts_as="relative"),
        rule("b", "troponin", counts_as="relative"),
        rule("both", "at_least(2, relative)", "stop_cycle"),
    ]
    both = """examples:
  - {name: both, given: {creatinine: 3 mg/dL, troponin: true}, expect: stop_cycle}"""
    told = [str(mutant) for mutant in mutation_score(protocol(*rules, more=both)).survivors]
    assert not any("above" in slip for slip in told)  # with `above` only one counts, and the cycle goes on
    assert any("read as 2.9 mg/dL" in slip for slip in told)


def test_a_slip_in_a_resume_is_tried_too():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'", resume="creatinine < '2 mg/dL'"))
    assert {mutant.part for mutant in mutation_score(small).survivors} == {"when", "resume"}


def test_two_protocols_differ_in_the_values_between_their_thresholds():
    a = protocol(rule("a", "creatinine >= '2.5 mg/dL'"))
    b = protocol(rule("a", "creatinine >= '3 mg/dL'", "stop_cycle"))
    assert [one.sentence for one in difference(a, b)] == [
        "creatinine from 2.5 to below 3 mg/dL: A says hold this dose, B says give.",
        "creatinine from 3 mg/dL: A says hold this dose, B says stop this cycle.",
    ]


def test_what_only_one_of_two_protocols_asks_is_said_to_be_so():
    a, b = protocol(rule("a", "troponin")), protocol(rule("a", "creatinine >= '3 mg/dL'"))
    assert [(one.variable, one.asked_by) for one in difference(a, b)] == [("creatinine", "B"), ("troponin", "A")]


def test_the_same_threshold_in_two_units_is_no_difference():
    micro = (
        "{type: quantity, text: creatinine, unit: umol/L, also_accept: {mg/dL: {factor: 88.4, source: here}},"
        " codes: [c], max_age: 1 d, resolution: 0.1, plausible: [10, 2000], worse: up}"
    )
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    b = protocol(rule("a", "creatinine >= '265.2 umol/L'"), creatinine=micro)
    assert difference(a, b) == ()
    found = direction(a, b)
    assert (found.tightening, found.loosening) == (None, None)


def test_a_lower_threshold_is_a_tightening_with_a_patient():
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    b = protocol(rule("a", "creatinine >= '2.5 mg/dL'"))
    found = direction(a, b)
    assert (found.label, found.loosening) == ("tightening", None)
    assert found.tightening is not None
    assert (found.tightening.a, found.tightening.b) == (Action.GIVE, Action.HOLD_DOSE)
    assert found.tightening.patient.startswith("creatinine 2.")
    assert direction(b, a).label == "loosening"


def test_one_rule_tightened_and_another_loosened_is_mixed():
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"), rule("b", "saturation < '90 %'"))
    b = protocol(rule("a", "creatinine >= '2.5 mg/dL'"), rule("b", "saturation < '88 %'"))
    assert direction(a, b).label == "mixed"


def test_a_longer_max_age_is_a_loosening_though_no_complete_patient_shows_it():
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    older = VARIABLES["creatinine"].replace("max_age: 1 d", "max_age: 2 d")
    b = protocol(rule("a", "creatinine >= '3 mg/dL'"), creatinine=older)
    found = direction(a, b)
    assert (found.label, found.loosening) == ("loosening", None)
    assert found.other == (("loosening", "creatinine may be 1 d old in A, 2 d in B"),)


def test_a_resume_that_comes_sooner_is_a_loosening_of_a_patient_with_an_open_hold():
    a = protocol(rule("a", "creatinine >= '3 mg/dL'", resume="creatinine < '2 mg/dL'"))
    b = protocol(rule("a", "creatinine >= '3 mg/dL'", resume="creatinine < '2.5 mg/dL'"))
    found = direction(a, b)
    assert found.label == "loosening"
    assert found.loosening is not None
    assert found.loosening.patient.endswith("with the hold of a still open")


def test_an_input_that_need_no_longer_be_known_is_a_loosening():
    required = VARIABLES["creatinine"].replace("worse: up", "worse: up, required_for: [give]")
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"), creatinine=required)
    b = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    assert direction(a, b).label == "loosening"
    assert direction(b, a).label == "tightening"


def test_a_verification_answers_every_question_and_is_the_same_each_time():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'"), more=AROUND_THREE)
    first, second = (json.dumps(verification_record(verify(small)), sort_keys=True) for _ in range(2))
    assert first == second
    verification = verify(small)
    assert set(verification.findings) == {*CHECKS, "mutation"}
    assert verification.all == ()
    assert verification.is_ready_to_sign


def test_nothing_unverified_is_ready_to_sign():
    verification = verify(protocol(rule("a", "creatinine >= '3 mg/dL'", evidence="M"), more=AROUND_THREE))
    assert [finding.gravity for finding in verification.all] == ["mend"]
    assert not verification.is_ready_to_sign


def test_the_page_for_the_meeting_puts_first_what_must_be_chosen():
    small = protocol(rule("a", "creatinine BETWEEN '2.5 mg/dL' AND '2.9 mg/dL'"))
    page = verification_page(small, verify(small))
    choose = next(section for section in page.sections if section.name == "choose")
    table = choose.blocks[0]
    assert isinstance(table, Table)
    assert table.rows[0].header.startswith("No rule covers creatinine above 2.9 mg/dL.")
    assert table.rows[0].cells[2].text == "choose what follows for creatinine above 2.9 mg/dL"
    assert [section.name for section in page.sections][:3] == ["answer", "mend", "choose"]


def test_a_page_says_not_for_clinical_use():
    small = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    answer = verification_page(small, verify(small)).sections[0]
    assert any("Not for clinical use" in block.text for block in answer.blocks if hasattr(block, "text"))


def test_a_check_that_the_solver_could_not_settle_is_told_as_nothing_proved(monkeypatch):
    def too_hard(self, conditions):
        raise Unsettled

    monkeypatch.setattr(_solver.Prover, "_checked", too_hard)
    found = verify(protocol(rule("a", "creatinine >= '3 mg/dL'"))).findings["unreachable"]
    assert sentences(found) == ["The solver came to its limit before it had an answer: this check has proved nothing."]


def test_without_the_solver_the_line_that_installs_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "z3", None)
    _solver.z3.cache_clear()
    try:
        with pytest.raises(Misuse, match=r"pip install 'seriatim\[verify\]'"):
            verify(protocol(rule("a", "creatinine >= '3 mg/dL'")))
    finally:
        _solver.z3.cache_clear()


def test_slips_on_the_published_tables_are_caught_by_their_examples():
    for name in ("consensus-2014", "community-2015"):
        percent = mutation_score(read_protocol(name)).percent
        assert percent is not None
        assert percent >= 95


def mind(levels: str) -> str:
    return f"{{type: ordinal, text: mind, codes: [m], max_age: 4 h, levels: {levels}, worse: up}}"


def test_words_that_two_protocols_order_differently_are_not_the_same_variable():
    a = protocol(rule("a", "mind >= 'dreams'"), mind=mind("[clear, dreams, coma]"))
    b = protocol(rule("a", "mind >= 'dreams'"), mind=mind("[clear, drowsy, dreams, coma]"))
    assert {one.asked_by for one in difference(a, b)} == {"A", "B"}


def test_a_unit_that_either_protocol_declares_is_converted_by_it():
    micro = "{type: quantity, text: c, unit: umol/L, codes: [c], resolution: 1, plausible: [10, 2000], worse: up}"
    both = VARIABLES["creatinine"].replace("codes", "also_accept: {umol/L: {factor: 1/88.4, source: here}}, codes")
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"), creatinine=both)
    b = protocol(rule("a", "creatinine >= '265 umol/L'"), creatinine=micro)
    (one,) = difference(a, b)
    assert (one.a, one.b) == (Action.GIVE, Action.HOLD_DOSE)


def test_a_name_that_stands_for_two_kinds_of_amount_is_not_one_variable():
    mass = "{type: quantity, text: c, unit: kg, codes: [c], resolution: 1, plausible: [10, 2000], worse: up}"
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    b = protocol(rule("a", "creatinine >= '30 kg'"), creatinine=mass)
    assert {one.asked_by for one in difference(a, b)} == {"A", "B"}


def gain(mode: str) -> dict[str, str]:
    kg = "{type: quantity, text: w, unit: kg, codes: [w], resolution: 0.1, plausible: [50, 100]}"
    return {
        "weight": kg,
        "baseline": kg,
        "gain": "{type: quantity, text: gain, unit: '%', expr: (weight - baseline) / baseline,"
        f" round: {{to: 1, mode: {mode}}}, plausible: [-50, 100], worse: up}}",
    }


def test_rounding_up_in_place_of_down_only_tightens():
    a = protocol(rule("a", "gain > '15 %'"), **gain("down"))
    b = protocol(rule("a", "gain > '15 %'"), **gain("up"))
    found = direction(a, b)
    assert (found.tightening is not None, found.loosening) == (True, None)


def test_what_is_assumed_and_what_is_done_undecided_have_a_direction_too():
    assumed = VARIABLES["troponin"].replace("worse", "missing: {assume: no, because: test, source: here}, worse")
    plain, careless = protocol(rule("a", "troponin")), protocol(rule("a", "troponin"), troponin=assumed)
    assert direction(plain, careless).label == "loosening"
    assert direction(careless, plain).label == "tightening"
    stricter = replace(plain, document=plain.document.model_copy(update={"when_undecided": Action.HOLD_DOSE}))
    assert direction(plain, stricter).other == (
        ("tightening", "while undecided: A says do not give yet, B says hold this dose"),
    )


def test_another_window_for_a_value_may_go_either_way():
    worst = VARIABLES["creatinine"].replace("worse", "take: worst, worse")
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    found = direction(a, protocol(rule("a", "creatinine >= '3 mg/dL'"), creatinine=worst))
    assert found.label == "mixed"
    assert found.other == (("mixed", "which value of creatinine counts is declared otherwise: take"),)


def test_a_tightening_shows_itself_in_one_sentence():
    a = protocol(rule("a", "creatinine >= '3 mg/dL'"))
    b = protocol(rule("a", "creatinine >= '3 mg/dL'"), rule("b", "troponin", "stop_cycle"))
    shown = direction(a, b).tightening
    assert shown is not None
    assert shown.sentence == "troponin raised yes: A says give, B says stop this cycle."


def test_the_page_of_a_protocol_without_slips_says_so():
    small = replace(protocol(rule("a", "troponin")), rules=())
    section = verification_page(small, verify(small)).sections[-1]
    assert section.blocks[0].text == "No rule has a sign, a threshold or a number that could be written wrongly."


def test_slips_reach_into_counts_negations_and_questions_of_being_known():
    small = protocol(rule("a", "at_least(2, creatinine >= '3 mg/dL', NOT troponin, assessed(saturation))"))
    told = {mutant.slip.words for mutant in mutation_score(small).survivors}
    assert "creatinine at least 3 mg/dL, read with above" in told
    assert any(words.startswith("not left out before troponin") for words in told)
    assert "saturation was assessed turned round" in told
    assert any(words.endswith("read as 3") for words in told)
