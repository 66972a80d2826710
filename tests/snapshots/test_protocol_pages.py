"""The checklist and the dose sheet of a protocol, read like prose: see the snapshot beside this file."""

from datetime import UTC, date, datetime

from seriatim.protocols.exports.checklist import checklist
from seriatim.protocols.exports.dose_sheet import dose_sheet
from seriatim.protocols.exports.plain_text import page_text
from seriatim.protocols.load import load_protocol

PROTOCOL = """
schema: seriatim.protocol/1
id: q8h
version: 1.0.0
title: Interleukin-2 every 8 hours (invented)
zone: America/New_York
sources: {table: {cite: An invented table}}
variables:
  creatinine:
    {type: quantity, text: creatinine, unit: mg/dL, codes: [creatinine], max_age: 12 h, resolution: 0.1,
     plausible: [0.1, 30], worse: up, required_for: [give]}
  rate:
    {type: quantity, text: phenylephrine, unit: ug/kg/min, codes: [phenylephrine], take: worst, resolution: 0.1,
     window: {since: previous_planned}, plausible: [0, 20], worse: up}
  mental:
    {type: ordinal, text: mental state, codes: [mental], levels: [normal, vivid_dreams, confused], worse: up}
  held: {type: count, text: doses held in this cycle, history: held_doses, worse: up}
screening:
  - {id: s, text: Creatinine 1.5 or less, require: "creatinine <= '1.5 mg/dL'", valid_for: 7 d,
     waivable_by: [nephrologist], source: {ref: table, at: s}}
regimen:
  course: {cycles: 2, rest: 9 d, source: {ref: table, at: r}}
  cycle: {drug: aldesleukin, every: 8 h, max_doses: 4, window: {early: 30 min, late: 1 h, min_gap: 6 h},
          late_policy: {up_to: 4 h}, infuse_over: 15 min, source: {ref: table, at: r}}
dose:
  aldesleukin:
    basis: {amount: "720000 [IU-aldesleukin]/kg", weight: cycle_baseline_actual}
    weight: {plausible: ["30 kg", "250 kg"], confirm_if_change_over: "10 %", max_age: "48 h"}
    modifications: none_allowed
    hard_limits: {per_dose: "180 M[IU-aldesleukin]", per_cycle_doses: 14}
    round: {to: 0.1 mL, mode: half_up, max_deviation: 5 %}
    product: {vial_label: "22 M[IU-aldesleukin]", deliverable: "21.6 M[IU-aldesleukin]",
              concentration: "18 M[IU-aldesleukin]/mL", partial_vials: discard, stable_for: 48 h}
    source: {ref: table, at: d}
before_dose:
  - {id: renal, text: Creatinine 2.5 to 3, system: renal, when: "creatinine BETWEEN '2.5 mg/dL' AND '3 mg/dL'",
     then: hold_dose, counts_as: relative, resume: "creatinine < '2.5 mg/dL'", measures: [fluid review],
     source: {ref: table, at: row 1}, interpretation: Both ends read as within.}
  - {id: renal.abs, text: Creatinine above 3, system: renal, when: "creatinine > '3 mg/dL'", then: stop_cycle,
     source: {ref: table, at: row 1}}
  - {id: pressor, text: Phenylephrine above 1, system: haemodynamic, when: "rate > '1 ug/kg/min'", then: hold_dose,
     counts_as: relative, source: {ref: table, at: row 2}}
  - {id: mind, text: Confused, system: neurologic, when: "mental >= 'confused'", then: stop_course, evidence: M,
     source: {ref: table, at: row 3}}
  - {id: two, text: Two relative criteria, when: "at_least(2, relative)", then: stop_cycle,
     source: {ref: table, at: footnote}}
  - {id: thrice, text: Held three times, when: held >= 3, then: stop_cycle, source: {ref: table, at: footnote}}
supportive_care:
  - {id: c, text: Phenylephrine 0.1 to 2 ug/kg/min, start: when hypotensive, stop_when: "rate > '2 ug/kg/min'",
     source: {ref: table, at: care}}
monitoring:
  - {id: m, text: Vital signs, measure: [bp, hr], every: 2 h, begins: the first dose, ends: discharge,
     source: {ref: table, at: care}}
"""


def protocol():
    return load_protocol(PROTOCOL, unverified=True)


def told(page):
    return page_text(page).replace(protocol().sha256, "HASH")


def test_the_checklist_is_read_like_prose(snapshot):
    assert told(checklist(protocol(), on=date(2026, 3, 2))) == snapshot


def test_the_dose_sheet_is_read_like_prose(snapshot):
    first = datetime(2026, 3, 8, 3, 0, tzinfo=UTC)
    assert told(dose_sheet(protocol(), first=first, on=date(2026, 3, 7), specimen=True)) == snapshot
