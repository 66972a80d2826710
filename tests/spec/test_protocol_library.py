"""Do the protocols that come with Seriatim load, answer their examples, and say what is not known about them?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from seriatim.errors import Misuse
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.decide import decide
from seriatim.protocols.bedside.known import in_ticks
from seriatim.protocols.bedside.moment import Moment, PastDose
from seriatim.protocols.bedside.observations import Observation
from seriatim.protocols.bedside.second_opinion import by_frame
from seriatim.protocols.bedside.verdict import judge
from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.dose import Dose
from seriatim.protocols.dosing.extremes import largest_dose
from seriatim.protocols.dosing.quantity import read_quantity
from seriatim.protocols.dosing.weight import Weighed
from seriatim.protocols.examples import example_facts, failed_examples, normal_facts
from seriatim.protocols.load import library, read_protocol
from seriatim.protocols.protocol import Rule, TreatmentProtocol
from seriatim.rules.evaluate import evaluate
from seriatim.rules.facts import Facts
from seriatim.rules.tree import And, AtLeast, Compare, Known, Not, Or, Tree, atoms
from seriatim.rules.variables import Kind

LIBRARY = (
    "community-2015",
    "consensus-2014",
    "il2-1998",
    "low-dose",
    "nci-expected-toxicities",
    "til-il2",
    "us-label",
)
READ_IN_FULL = ("community-2015", "consensus-2014")
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@cache
def shipped(name: str) -> TreatmentProtocol:
    return read_protocol(name, unverified=True)


def test_the_library_has_the_seven_protocols():
    assert library() == LIBRARY


@pytest.mark.parametrize("name", LIBRARY)
def test_every_protocol_says_that_it_is_not_for_clinical_use(name):
    document = shipped(name).document
    assert "not for clinical use until a site signs" in document.title
    assert document.notes[0].startswith("Not for clinical use until a site signs it")
    assert document.status == "draft"


@pytest.mark.parametrize("name", READ_IN_FULL)
def test_what_was_read_in_full_loads_without_a_word_more(name):
    assert read_protocol(name).unverified == ()


@pytest.mark.parametrize("name", sorted(set(LIBRARY) - set(READ_IN_FULL)))
def test_what_was_not_read_in_full_loads_only_where_that_is_wanted(name):
    with pytest.raises(Misuse, match="unverified"):
        read_protocol(name)
    assert any(note.startswith("UNVERIFIED") for note in shipped(name).document.notes)


def test_of_the_label_only_the_rows_from_memory_are_unverified():
    assert shipped("us-label").unverified == ("renal.creatinine", "renal.urine", "liver", "infection", "skin")


def test_of_the_expected_toxicities_every_rule_is_unverified():
    protocol = shipped("nci-expected-toxicities")
    assert {rule.id for rule in protocol.rules} <= set(protocol.unverified)
    assert {screen.id for screen in protocol.screens} <= set(protocol.unverified)


def test_the_page_of_the_library_counts_rules_and_examples_and_says_what_loads():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "protocol-library.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| `")]
    told = {
        row[0].strip("`"): (row[2], row[3], row[4].split(":")[0]) for row in rows if len(row) == 5 and row[2].isdigit()
    }
    assert told == {
        name: (
            str(len(shipped(name).rules)),
            str(len(shipped(name).document.examples)),
            "no" if shipped(name).unverified else "yes",
        )
        for name in LIBRARY
    }


@pytest.mark.parametrize("name", LIBRARY)
def test_every_protocol_answers_its_examples(name):
    protocol = shipped(name)
    assert protocol.document.examples
    assert failed_examples(protocol) == ()


@pytest.mark.parametrize("name", LIBRARY)
def test_two_engines_read_every_rule_alike_in_every_example(name):
    protocol = shipped(name)
    normal = normal_facts(protocol)
    records = [example_facts(protocol, example, normal) for example in protocol.document.examples]
    assert by_frame(protocol, records) == [protocol.fast(facts) for facts in records]


@pytest.mark.parametrize("name", LIBRARY)
def test_an_example_in_which_nothing_is_known_does_not_give(name):
    protocol = shipped(name)
    verdict = judge(protocol, {})
    assert verdict.operational >= Action.DELAY
    assert verdict.possible > Action.GIVE


@pytest.mark.parametrize("name", LIBRARY)
def test_what_stands_for_a_normal_patient_fires_no_rule(name):
    protocol = shipped(name)
    normal = normal_facts(protocol)
    assert not [rule.id for rule in protocol.rules if evaluate(rule.tree, normal).possible]


@pytest.mark.parametrize("name", LIBRARY)
def test_every_threshold_has_examples_at_it_on_either_side_and_without_the_value(name):
    protocol = shipped(name)
    lacking = []
    for variable, constant in sorted(thresholds(protocol)):
        charted = values_in_examples(protocol, variable)
        step = one_step(protocol, variable)
        lacking += [f"{variable} at {constant + move}" for move in (-step, 0, step) if constant + move not in charted]
        if None not in charted and protocol.document.variables[variable].history is None:
            lacking.append(f"{variable} missing")
    assert not lacking


@pytest.mark.parametrize("name", LIBRARY)
def test_nearly_every_changed_operator_or_threshold_is_caught_by_an_example(name):
    protocol = shipped(name)
    normal = normal_facts(protocol)
    cases = [
        (example_facts(protocol, example, normal), example.open_holds, example.interval)
        for example in protocol.document.examples
    ]
    others = [by_other_rules(protocol, facts, opened) for facts, opened, _ in cases]
    survivors, mutants = [], 0
    for rule in protocol.rules:
        for what, mutant in changed_rules(protocol, rule):
            mutants += 1
            if all(
                joined(other, rule.id, mutant, facts, opened) == expected
                for other, (facts, opened, expected) in zip(others, cases, strict=True)
            ):
                survivors.append(f"{rule.id}: {what}")
    assert len(survivors) <= 0.05 * mutants, survivors


@pytest.mark.parametrize("name", LIBRARY)
def test_every_variable_names_the_source_of_its_window_and_age(name):
    protocol = shipped(name)
    assert not [name for name, declared in protocol.document.variables.items() if declared.source is None]


@pytest.mark.parametrize("name", sorted(set(LIBRARY) - {"community-2015"}))
def test_the_dose_of_the_heaviest_patient_is_within_the_hard_limit(name):
    rule = shipped(name).document.dose["aldesleukin"]
    unit = rule.amount_unit
    assert largest_dose(rule).to(unit) <= rule.hard_limits.per_dose.to(unit)


@pytest.mark.parametrize(
    ("name", "million"),
    [
        ("consensus-2014", "48.6"),
        ("us-label", "48.6"),
        ("til-il2", "48.6"),
        ("il2-1998", "57.6"),
        ("nci-expected-toxicities", "57.6"),
        ("low-dose", "5.76"),
    ],
)
def test_eighty_kilograms_get_the_printed_dose_to_the_nearest_tenth_of_a_millilitre(name, million):
    weighed = Weighed(read_quantity("80 kg"), NOW)
    rule = shipped(name).document.dose["aldesleukin"]
    dose = calculate_dose(rule, weight=weighed, cycle_baseline=weighed, cycle_start=NOW, at=NOW, given=())
    assert isinstance(dose, Dose)
    assert dose.amount.to("M[IU-aldesleukin]") == read_quantity(f"{million} M[IU-aldesleukin]").value


def observed(code: str, value: str, unit: str | None = None, hours: float = 1) -> Observation:
    return Observation("p1", code, value, unit, NOW - timedelta(hours=hours))


CHARTED = (
    observed("heart_rate", "88", "/min"),
    observed("stool_volume", "0", "mL", 9),
    observed("stool_volume", "200", "mL"),
    observed("bilirubin", "1.1", "mg/dL"),
    observed("phenylephrine", "0", "ug/kg/min"),
    observed("cardiac_enzymes_raised", "no"),
    observed("platelets", "180000", "/mm3"),
    observed("weight", "82.0", "kg"),
    observed("weight", "80.0", "kg", 30),
    observed("rales", "none"),
    observed("urine_shift", "600", "mL"),
    observed("creatinine", "97", "umol/L"),
    observed("bicarbonate", "23", "mmol/L"),
)
DONE = (observed("checklist_done", "yes"), observed("drug_chart_reviewed", "yes"))
SECOND_DOSE = Moment("p1", 1, 1, NOW, (PastDose(1, 1, NOW - timedelta(hours=8), "given"),))


def test_a_patient_charted_in_full_is_given_the_dose_by_the_consensus():
    decision = decide(shipped("consensus-2014"), (*CHARTED, *DONE), SECOND_DOSE)
    assert decision.verdict.operational is Action.GIVE


def test_signs_that_were_not_written_down_are_absent_only_where_the_assessment_was_completed():
    verdict = decide(shipped("consensus-2014"), CHARTED, SECOND_DOSE, double_check=False).verdict
    assert (verdict.definite, verdict.operational) == (Action.GIVE, Action.DELAY)
    assert verdict.possible is Action.STOP_CYCLE
    strict = decide(shipped("consensus-2014"), (*CHARTED, *DONE), SECOND_DOSE, assume=False, double_check=False)
    assert strict.verdict.operational is Action.DELAY


def test_pressors_of_the_cycle_before_do_not_stop_the_first_dose_of_the_next():
    before = observed("phenylephrine", "1.8", "ug/kg/min", 240)
    first = Moment("p1", 1, 2, NOW, (PastDose(1, 1, NOW - timedelta(hours=250), "given"),))
    decision = decide(shipped("consensus-2014"), (*CHARTED, *DONE, before), first, double_check=False)
    assert decision.verdict.operational is Action.GIVE


def test_a_litre_of_stool_in_two_shifts_stops_where_in_one_it_holds():
    litre = [one for one in CHARTED if one.code != "stool_volume"]
    once = (*litre, observed("stool_volume", "400", "mL", 9), observed("stool_volume", "1", "L"))
    twice = (*litre, observed("stool_volume", "1100", "mL", 9), observed("stool_volume", "1", "L"))
    found = [
        decide(shipped("consensus-2014"), (*chart, *DONE), SECOND_DOSE, double_check=False).verdict.definite
        for chart in (once, twice)
    ]
    assert found == [Action.HOLD_DOSE, Action.STOP_CYCLE]


# What an example must catch: one operator, threshold, connective, number, action or member of a count changed.


def thresholds(protocol: TreatmentProtocol) -> set[tuple[str, int]]:
    trees = [tree for rule in protocol.rules for tree in (rule.tree, rule.resume) if tree is not None]
    compared = [atom for tree in trees for atom in atoms(tree) if isinstance(atom, Compare)]
    return {
        (atom.terms[0].variable, atom.constant)
        for atom in compared
        if protocol.variables[atom.terms[0].variable].kind in (Kind.QUANTITY, Kind.COUNT)
    }


def values_in_examples(protocol: TreatmentProtocol, name: str) -> set[int | None]:
    given = [example.given[name] for example in protocol.document.examples if name in example.given]
    return {None if value is None else in_ticks(str(value), protocol.variables[name]) for value in given}


def one_step(protocol: TreatmentProtocol, name: str) -> int:
    declared = protocol.document.variables[name]
    step = declared.resolution or (declared.round.to if declared.round else "1")
    return int(Fraction(step) * protocol.variables[name].ticks_per_unit)


def changed_rules(protocol: TreatmentProtocol, rule: Rule) -> Iterator[tuple[str, Rule | None]]:
    yield "removed", None
    for what, tree in changed(protocol, rule.tree):
        yield what, replace(rule, tree=tree)
    if rule.resume is not None:
        yield "never resumed", replace(rule, resume=Or(()))
        for what, tree in changed(protocol, rule.resume):
            yield f"resume {what}", replace(rule, resume=tree)
    for action in Action:
        if abs(action.rank - rule.then.rank) == 1:
            yield f"then {action}", replace(rule, declared=rule.declared.model_copy(update={"then": action}))


def changed(protocol: TreatmentProtocol, tree: Tree) -> Iterator[tuple[str, Tree]]:
    if isinstance(tree, Compare):
        yield from changed_comparisons(protocol, tree)
    elif isinstance(tree, Known):
        yield f"not {tree.text}", Not(tree)
    elif isinstance(tree, Not):
        yield "without its not", tree.of
        yield from ((what, Not(part)) for what, part in changed(protocol, tree.of))
    elif isinstance(tree, And | Or):
        yield "and for or, or for and", (Or if isinstance(tree, And) else And)(tree.of)
        for place, part in enumerate(tree.of):
            yield f"without part {place}", type(tree)(tree.of[:place] + tree.of[place + 1 :])
            for what, other in changed(protocol, part):
                yield what, type(tree)((*tree.of[:place], other, *tree.of[place + 1 :]))
    elif isinstance(tree, AtLeast):
        yield "one more", replace(tree, n=tree.n + 1)
        yield "one fewer", replace(tree, n=tree.n - 1)
        for place in range(len(tree.of)):
            yield f"without member {place}", replace(tree, of=tree.of[:place] + tree.of[place + 1 :])


def changed_comparisons(protocol: TreatmentProtocol, atom: Compare) -> Iterator[tuple[str, Compare]]:
    name = atom.terms[0].variable
    kind = protocol.variables[name].kind
    operators = ("=", "<>") if kind in (Kind.BOOLEAN, Kind.CATEGORY) else ("<", "<=", ">", ">=", "=", "<>")
    for operator in operators:
        if operator != atom.operator:
            yield f"{atom.text} with {operator}", replace(atom, operator=operator)
    if kind is not Kind.BOOLEAN:
        step = one_step(protocol, name)
        yield f"{atom.text} a step less", replace(atom, constant=atom.constant - step)
        yield f"{atom.text} a step more", replace(atom, constant=atom.constant + step)


def state(rule: Rule, facts: Facts, opened: tuple[str, ...]) -> tuple[bool, bool]:
    """Definite and possible of one rule with its hold, the plain way."""
    truth = evaluate(rule.tree, facts)
    still = rule.id in opened and rule.resume is not None and not evaluate(rule.resume, facts).definite
    return truth.definite or still, truth.possible or still


def by_other_rules(
    protocol: TreatmentProtocol, facts: Facts, opened: tuple[str, ...]
) -> dict[str, tuple[Action, Action]]:
    """For each rule, what all the others come to without it."""
    states = {rule.id: (rule.then, *state(rule, facts, opened)) for rule in protocol.rules}
    found = {}
    for without in states:
        rest = [one for name, one in states.items() if name != without]
        definite = max([Action.GIVE, *(then for then, is_definite, _ in rest if is_definite)])
        found[without] = definite, max([definite, *(then for then, _, is_possible in rest if is_possible)])
    return found


def joined(
    others: dict[str, tuple[Action, Action]], name: str, rule: Rule | None, facts: Facts, opened: tuple[str, ...]
) -> tuple[Action, Action]:
    definite, possible = others[name]
    if rule is None:
        return definite, possible
    is_definite, is_possible = state(rule, facts, opened)
    definite = max(definite, rule.then) if is_definite else definite
    return definite, max(possible, rule.then) if is_possible else possible
