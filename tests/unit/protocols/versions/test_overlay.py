"""What protocol comes out when a site lays its changes over a published one, and which changes are refused?"""

import pytest

from seriatim.errors import InvalidDocument, Misuse, Refused
from seriatim.protocols.actions import Action
from seriatim.protocols.bedside.verdict import judge
from seriatim.protocols.examples import normal_facts
from seriatim.protocols.load import load_protocol
from seriatim.protocols.versions.overlay import BaseChanged, apply_overlays, overlay_direction
from seriatim.protocols.versions.overlay_document import load_overlay
from seriatim.rules.facts import Fact

BASE_TEXT = """
schema: seriatim.protocol/1
id: il2
version: 1.0.0
title: Interleukin-2
status: approved
sources: {table: {cite: a table}}
variables:
  creatinine:
    {type: quantity, text: creatinine, unit: mg/dL, codes: [a], max_age: 12 h, resolution: 0.1, plausible: [0.1, 30],
     worse: up}
  dreams: {type: boolean, text: vivid dreams, codes: [b], worse: up}
  held: {type: count, text: doses held, history: held_doses, worse: up}
screening:
  - {id: s.renal, text: renal, require: "creatinine <= '1.5 mg/dL'", source: {ref: table, at: s}}
dose:
  aldesleukin:
    basis: {amount: "720000 [IU-aldesleukin]/kg", weight: cycle_baseline_actual}
    weight: {plausible: ["30 kg", "250 kg"], confirm_if_change_over: "10 %", max_age: "48 h"}
    modifications: none_allowed
    hard_limits: {per_dose: "180 M[IU-aldesleukin]", per_cycle_doses: 14}
    source: {ref: table, at: d}
before_dose:
  - id: renal
    text: renal
    when: "creatinine BETWEEN '2.5 mg/dL' AND '2.9 mg/dL'"
    then: hold_dose
    source: {ref: table, at: row 1}
  - {id: renal.abs, text: renal, when: "creatinine >= '3 mg/dL'", then: stop_cycle, source: {ref: table, at: row 2}}
  - {id: mind, text: mind, when: dreams, then: hold_dose, source: {ref: table, at: row 3}}
  - {id: thrice, text: thrice, when: held >= 3, then: stop_cycle, source: {ref: table, at: footnote}}
examples:
  - {name: at three, given: {creatinine: 3 mg/dL}, expect: stop_cycle}
  - {name: below three, given: {creatinine: 2.9 mg/dL}, expect: hold_dose}
"""
BASE = load_protocol(BASE_TEXT)


def overlay(*operations, name="site", direction="tightening", base=BASE, extra=""):
    written = "\n".join(
        f"  - {{{one}, because: agreed., source: {{ref: {name}-minutes, at: item 3}}}}" for one in operations
    )
    return load_overlay(
        f"""
schema: seriatim.protocol-overlay/1
id: {name}
version: 1.0.0
title: Local changes
base: {{id: {base.document.id}, version: {base.document.version}, sha256: {base.sha256}}}
direction: {direction}
sources: {{{name}-minutes: {{cite: minutes of the committee, kind: local_decision}}}}
operations:
{written}
{extra}
""",
        f"{name}.yaml",
    )


TIGHTEN = "op: tighten, rule: renal.abs, from: 3 mg/dL, to: 2.8 mg/dL"


def says(protocol, creatinine):
    known = normal_facts(protocol) | {"creatinine": Fact(int(creatinine * 10**6), int(creatinine * 10**6))}
    return judge(protocol, known).operational


def test_a_tightened_threshold_holds_for_more_patients_and_keeps_the_rest():
    merged = apply_overlays(BASE, [overlay(TIGHTEN)])
    assert says(BASE, 2.8) == Action.HOLD_DOSE
    assert says(merged, 2.8) == Action.STOP_CYCLE
    assert says(merged, 2.5) == Action.HOLD_DOSE
    assert [rule.id for rule in merged.rules] == [rule.id for rule in BASE.rules]


def test_the_result_names_its_overlay_and_has_a_hash_of_its_own():
    site = overlay(TIGHTEN)
    merged = apply_overlays(BASE, [site])
    assert merged.name == "il2@1.0.0+site@1.0.0"
    assert merged.sha256 != BASE.sha256
    (record,) = merged.document.overlays
    assert (record.sha256, record.base_sha256, record.direction) == (site.sha256, BASE.sha256, "tightening")
    assert merged.sha256 == apply_overlays(BASE, [overlay(TIGHTEN)]).sha256


def test_an_overlay_of_an_approved_base_is_not_approved_itself():
    assert apply_overlays(BASE, [overlay(TIGHTEN)]).document.status == "in_review"


def test_a_changed_rule_cites_the_overlay_and_tells_what_stood_there():
    rule = apply_overlays(BASE, [overlay(TIGHTEN)]).rule("renal.abs").declared
    assert (rule.source.ref, rule.source.at) == ("site-minutes", "item 3")
    assert rule.interpretation == ("Overlay site@1.0.0: agreed. Before, when: creatinine >= '3 mg/dL' (table, row 2).")


def test_a_tightening_that_loosens_is_refused_with_its_line():
    with pytest.raises(InvalidDocument, match=r"line 10, operations.0: found 3 mg/dL to 3.2 mg/dL"):
        apply_overlays(BASE, [overlay("op: tighten, rule: renal.abs, from: 3 mg/dL, to: 3.2 mg/dL")])


def test_the_upper_end_of_a_band_is_tightened_upwards():
    merged = apply_overlays(BASE, [overlay("op: tighten, rule: renal, from: 2.9 mg/dL, to: 2.95 mg/dL")])
    assert says(BASE, 2.95) == Action.GIVE
    assert says(merged, 2.95) == Action.HOLD_DOSE


def test_a_criterion_of_screening_and_a_count_are_tightened_too():
    merged = apply_overlays(
        BASE,
        [overlay("op: tighten, rule: s.renal, from: 1.5 mg/dL, to: 1.2 mg/dL",
         "op: tighten, rule: thrice, from: 3, to: 2")],
    )  # fmt: skip
    assert merged.document.screening[0].require == "creatinine <= '1.2 mg/dL'"
    assert merged.rule("thrice").declared.when == "held >= 2"


def test_a_threshold_that_the_rule_does_not_write_is_refused():
    with pytest.raises(InvalidDocument, match=r"found 4 mg/dL 0 times in renal.abs"):
        apply_overlays(BASE, [overlay("op: tighten, rule: renal.abs, from: 4 mg/dL, to: 2 mg/dL")])


def test_a_field_is_set_and_its_direction_told():
    site = overlay("op: set, variable: creatinine, field: max_age, to: 24 h", direction="loosening")
    assert apply_overlays(BASE, [site]).document.variables["creatinine"].max_age == "24 h"
    assert overlay_direction(BASE, site).fields == (
        "less strict: Variable creatinine: max age 12 hours becomes 24 hours.",
    )


def test_an_overlay_that_says_tightening_and_loosens_is_refused_with_the_patient():
    site = overlay("op: set, rule: renal.abs, field: when, to: \"creatinine >= '3.5 mg/dL'\"")
    with pytest.raises(InvalidDocument, match=r"found tightening, expected loosening .*A says stop this cycle"):
        apply_overlays(BASE, [site])


def test_a_rule_is_added_with_its_variable():
    site = load_overlay(
        f"""
schema: seriatim.protocol-overlay/1
id: site
version: 1.0.0
title: Troponin
base: {{id: il2, version: 1.0.0, sha256: {BASE.sha256}}}
direction: tightening
sources: {{minutes: {{cite: minutes, kind: local_decision}}}}
operations:
  - op: add_variable
    variable: troponin
    declared: {{type: boolean, text: troponin raised, codes: [troponin], worse: up}}
    because: The laboratory measures it every morning.
  - op: add_rule
    section: before_dose
    rule: {{id: heart, text: heart, when: troponin, then: never_again, source: {{ref: minutes, at: item 1}}}}
    because: As the label says.
""",
        "site.yaml",
    )
    merged = apply_overlays(BASE, [site])
    assert merged.rule("heart").then == Action.NEVER_AGAIN
    assert overlay_direction(BASE, site).tightening.words == (
        "troponin raised: yes: A says give; B says stop, and do not treat again"
    )


def test_a_fault_of_an_added_rule_is_told_at_its_line_of_the_overlay():
    site = load_overlay(
        f"""schema: seriatim.protocol-overlay/1
id: site
version: 1.0.0
title: Wrong
base: {{id: il2, version: 1.0.0, sha256: {BASE.sha256}}}
direction: tightening
operations:
  - op: add_rule
    section: before_dose
    rule: {{id: heart, text: heart, when: tropnin, then: never_again, source: {{ref: table, at: item 1}}}}
    because: As the label says.
""",
        "site.yaml",
    )
    with pytest.raises(InvalidDocument, match=r'site.yaml: 1 fault\n  line 8, .*the name "tropnin"'):
        apply_overlays(BASE, [site])


def disable(rule="mind", roles="[physician, site_lead]"):
    return f"""
schema: seriatim.protocol-overlay/1
id: site
version: 1.0.0
title: Without dreams
base: {{id: il2, version: 1.0.0, sha256: {BASE.sha256}}}
direction: loosening
operations:
  - {{op: disable, rule: {rule}, because: Never decided a dose here., roles: {roles}}}
"""


def test_a_disabled_rule_is_gone_and_the_record_says_why_and_by_whom():
    merged = apply_overlays(BASE, [load_overlay(disable())])
    assert [rule.id for rule in merged.rules] == ["renal", "renal.abs", "thrice"]
    (left_out,) = merged.document.overlays[0].left_out
    assert (left_out.rule, left_out.because) == ("mind", "Never decided a dose here.")
    assert left_out.roles == ("physician", "site_lead")


def test_disabling_takes_a_reason_and_two_different_roles():
    with pytest.raises(InvalidDocument, match="two different roles"):
        load_overlay(disable(roles="[physician, physician]"))
    with pytest.raises(InvalidDocument, match="because"):
        load_overlay(disable().replace("because: Never decided a dose here., ", ""))


def test_an_id_that_the_base_does_not_have_is_refused():
    with pytest.raises(InvalidDocument, match='the rule "mnd"'):
        apply_overlays(BASE, [load_overlay(disable("mnd"))])


def test_two_overlays_that_touch_one_rule_are_refused_naming_both():
    one = overlay(TIGHTEN, name="north")
    other = overlay("op: set, rule: renal.abs, field: measures, to: [fluid review]", name="south")
    with pytest.raises(Misuse, match=r"rule renal.abs is changed by north@1.0.0 and by south@1.0.0"):
        apply_overlays(BASE, [one, other])


def test_two_overlays_of_different_rules_give_the_same_in_either_order():
    one = overlay(TIGHTEN, name="north")
    other = overlay("op: tighten, rule: thrice, from: 3, to: 2", name="south")
    merged = apply_overlays(BASE, [one, other])
    assert merged.sha256 == apply_overlays(BASE, [other, one]).sha256
    assert merged.name == "il2@1.0.0+north@1.0.0+south@1.0.0"


@pytest.mark.parametrize(
    ("limit", "value", "told"),
    [
        ("per_dose", '"200 M[IU-aldesleukin]"', "180 M.* would become 200 M"),
        ("per_cycle_doses", "15", "14 would become 15"),
        ("per_cycle_doses", "null", "14 would become no limit"),
    ],
)
def test_a_hard_limit_of_dosing_is_never_lifted_whatever_the_overlay_calls_itself(limit, value, told):
    for direction in ("loosening", "mixed"):
        site = overlay(f"op: set, dose: aldesleukin, field: hard_limits.{limit}, to: {value}", direction=direction)
        with pytest.raises(Refused, match=told):
            apply_overlays(BASE, [site])


def test_a_hard_limit_may_be_lowered():
    site = overlay('op: set, dose: aldesleukin, field: hard_limits.per_dose, to: "170 M[IU-aldesleukin]"')
    assert str(apply_overlays(BASE, [site]).document.dose["aldesleukin"].hard_limits.per_dose).startswith("170")


def test_nobody_is_spared_from_signing_and_the_title_is_not_a_sites_to_change():
    fewer = overlay("op: set, protocol: true, field: roles_to_sign, to: [physician]", direction="mixed")
    with pytest.raises(InvalidDocument, match="fewer roles to sign"):
        apply_overlays(BASE, [fewer])
    title = overlay("op: set, protocol: true, field: title, to: another", direction="mixed")
    with pytest.raises(InvalidDocument, match='the field "title"'):
        apply_overlays(BASE, [title])


def test_what_is_not_decided_is_never_given_whatever_an_overlay_sets():
    site = overlay("op: set, protocol: true, field: when_undecided, to: give", direction="mixed")
    with pytest.raises(InvalidDocument, match="delay or something more restrictive"):
        apply_overlays(BASE, [site])


def test_a_changed_base_is_refused_with_a_report_of_three_sides():
    changed = load_protocol(
        BASE_TEXT.replace("version: 1.0.0", "version: 1.1.0")
        .replace("'3 mg/dL'", "'3.1 mg/dL'")
        .replace("held >= 3", "held >= 4")
    )
    site = overlay(TIGHTEN, "op: set, variable: dreams, field: max_age, to: 8 h")
    with pytest.raises(BaseChanged) as refused:
        apply_overlays(changed, [site], earlier=[BASE])
    report = refused.value.report
    assert [(part.part, part.state) for part in report.parts] == [
        ("rule renal.abs", "changed"),
        ("variable dreams", "unchanged"),
    ]
    text = str(refused.value)
    assert "the overlay wants 3 mg/dL to become 2.8 mg/dL; the base changed it too, so choose: " in text
    assert "creatinine at least 3 milligrams per decilitre becomes creatinine at least 3.1" in text
    assert "1 changes of the base do not touch what the overlay does" in text


def test_a_part_that_the_new_base_lacks_or_has_by_now_is_told_as_such():
    changed = load_protocol(BASE_TEXT.replace("{id: mind,", "{id: heart,"))
    gone = overlay("op: set, rule: mind, field: measures, to: [look]")
    added = load_overlay(
        disable().replace("op: disable, rule: mind", "op: add_rule, section: before_dose, rule: {id: heart}")
        .replace(", roles: [physician, site_lead]", "")
    )  # fmt: skip
    for site, state in ((gone, "gone"), (added, "new id taken")):
        with pytest.raises(BaseChanged) as refused:
            apply_overlays(changed, [site], earlier=[BASE])
        assert refused.value.report.parts[0].state == state


def test_without_the_version_it_was_written_for_the_report_says_that_it_is_not_at_hand():
    changed = load_protocol(BASE_TEXT.replace("'3 mg/dL'", "'3.1 mg/dL'"))
    with pytest.raises(BaseChanged, match="not at hand, so look at both"):
        apply_overlays(changed, [overlay(TIGHTEN)])


def test_an_overlay_of_another_protocol_is_refused():
    other = load_protocol(BASE_TEXT.replace("id: il2\n", "id: cart\n"))
    with pytest.raises(Misuse, match="an overlay of il2, not of cart"):
        apply_overlays(other, [overlay(TIGHTEN)])


def test_examples_of_the_overlay_replace_those_of_their_name():
    extra = "examples:\n  - {name: below three, given: {creatinine: 2.9 mg/dL}, expect: stop_cycle}\n"
    merged = apply_overlays(BASE, [overlay(TIGHTEN, extra=extra)])
    assert [(one.name, one.expect) for one in merged.document.examples] == [
        ("at three", Action.STOP_CYCLE),
        ("below three", Action.STOP_CYCLE),
    ]


def test_an_overlay_says_its_own_faults_with_their_lines():
    with pytest.raises(InvalidDocument, match="one of rule, variable, dose, regimen or protocol"):
        overlay("op: set, rule: renal, variable: creatinine, field: max_age, to: 8 h")
    with pytest.raises(InvalidDocument, match="operations"):
        load_overlay(disable().replace("op: disable", "op: remove"))


def test_sources_of_the_base_are_not_overwritten():
    site = load_overlay(disable().replace("operations:", "sources: {table: {cite: another table}}\noperations:"))
    with pytest.raises(InvalidDocument, match="the sources table again"):
        apply_overlays(BASE, [site])
