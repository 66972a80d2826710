"""Is the sheet at the bedside right by the clock, signed for, and refused where it must be?"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from seriatim.errors import Misuse, Refused
from seriatim.pages import Table
from seriatim.protocols.dosing.calculate import calculate_dose
from seriatim.protocols.dosing.quantity import read_quantity
from seriatim.protocols.dosing.weight import Weighed
from seriatim.protocols.exports.dose_sheet import dose_sheet
from seriatim.protocols.exports.plain_text import page_text
from seriatim.protocols.load import load_protocol, read_protocol
from seriatim.protocols.versions.sign_off import sign
from seriatim.reports.html import render_html

NEW_YORK = ZoneInfo("America/New_York")
TEXT = """
schema: seriatim.protocol/1
id: il2
version: 1.0.0
title: Interleukin-2
status: approved
zone: America/New_York
sources: {table: {cite: a table}}
variables:
  creatinine:
    {type: quantity, text: creatinine, unit: mg/dL, codes: [a], max_age: 12 h, resolution: 0.1, plausible: [0.1, 30],
     worse: up}
  dreams: {type: boolean, text: vivid dreams, codes: [b]}
  unused: {type: boolean, text: nobody asks this, codes: [c]}
  held: {type: count, text: doses held in this cycle, history: held_doses, worse: up}
regimen:
  course: {cycles: 2, source: {ref: table, at: r}}
  cycle: {drug: aldesleukin, every: 8 h, max_doses: 14, window: {min_gap: 6 h, late: 2 h}, late_policy: {up_to: 4 h},
          source: {ref: table, at: r}}
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
  - {id: renal, text: Creatinine high, when: "creatinine >= '3 mg/dL'", then: stop_cycle, system: renal,
     source: {ref: table, at: a}}
  - {id: soft, text: Creatinine raised, when: "creatinine >= '2 mg/dL'", then: hold_dose, system: renal,
     counts_as: relative, source: {ref: table, at: a}}
  - {id: mind, text: Vivid dreams, when: dreams, then: hold_dose, counts_as: relative, source: {ref: table, at: b}}
  - {id: thrice, text: Held three times, when: held >= 3, then: stop_cycle, source: {ref: table, at: c}}
"""
PROTOCOL = load_protocol(TEXT)
MORNING = datetime(2026, 3, 7, 6, 0, tzinfo=NEW_YORK)
TODAY = date(2026, 3, 7)


def everybody(protocol=PROTOCOL):
    at, until = datetime(2026, 3, 1, tzinfo=UTC), date(2027, 1, 1)
    return [sign(protocol, role=role, by=role, at=at, valid_until=until) for role in protocol.document.roles_to_sign]


def sheet(**given):
    return dose_sheet(PROTOCOL, **{"first": MORNING, "on": TODAY, "sign_offs": everybody(), **given})


def rows(page, name):
    tables = [block for section in page.sections for block in section.blocks if isinstance(block, Table)]
    return next(table for table in tables if table.name == name).rows


def test_every_dose_of_the_cycle_has_a_row_with_the_wards_clock_across_the_change_in_spring():
    found = rows(sheet(), "doses")
    assert [row.header for row in found[:5]] == [
        "1. Sat 7 Mar 06:00", "2. Sat 7 Mar 14:00", "3. Sat 7 Mar 22:00", "4. Sun 8 Mar 07:00", "5. Sun 8 Mar 15:00"
    ]  # fmt: skip
    assert len(found) == 14
    assert [row.note for row in found if row.note] == [
        "The clocks go forward before this dose: 8 hours pass, the clock shows 9 more."
    ]


def test_in_autumn_the_clock_shows_an_hour_less():
    found = rows(sheet(first=datetime(2026, 10, 31, 22, 0, tzinfo=NEW_YORK)), "doses")
    assert [row.header for row in found[:2]] == ["1. Sat 31 Oct 22:00", "2. Sun 1 Nov 05:00"]
    assert found[1].note == "The clocks go back before this dose: 8 hours pass, the clock shows 7 more."


def test_a_first_dose_in_another_zone_is_shown_by_the_wards_clock():
    assert rows(sheet(first=MORNING.astimezone(UTC)), "doses")[0].header == "1. Sat 7 Mar 06:00"


def test_the_dose_that_was_worked_out_stands_in_each_row_with_its_vials_and_its_steps():
    weighed = Weighed(read_quantity("82.4 kg"), MORNING - timedelta(hours=3))
    rule = PROTOCOL.document.dose["aldesleukin"]
    dose = calculate_dose(rule, weight=weighed, cycle_baseline=weighed, cycle_start=MORNING, at=MORNING, given=[])
    page = sheet(dose=dose)
    said = "59.4 million international units of aldesleukin, 3.3 millilitres, 3 vials"
    assert {row.cells[1].text for row in rows(page, "doses")} == {said}
    assert [row.header for row in rows(page, "steps")] == ["weight", "amount", "rounding", "volume", "vials"]


def test_a_dose_that_was_refused_gets_no_sheet():
    refused = calculate_dose(PROTOCOL.document.dose["aldesleukin"], weight=None, at=MORNING)
    with pytest.raises(Refused, match="there is no dose to print: found no cycle's baseline weight"):
        sheet(dose=refused)


def test_an_unsigned_protocol_gets_no_sheet_but_as_a_specimen_that_says_so_on_every_sheet_of_paper():
    with pytest.raises(Refused, match=r"il2@1.0.0 gets no dose sheet: nobody signed as physician; .*--specimen"):
        sheet(sign_offs=())
    page = sheet(sign_offs=(), specimen=True)
    assert page.paper.across == "SPECIMEN"
    assert "Specimen. Not for a patient." in page_text(page)
    assert 'content: "SPECIMEN"' in render_html(page)


def test_an_expired_sign_off_gets_no_sheet():
    with pytest.raises(Refused, match="ended on 2027-01-01"):
        sheet(on=date(2027, 1, 2))


def test_an_unverified_protocol_of_the_library_is_refused_and_its_specimen_says_why():
    unverified = read_protocol("nci-expected-toxicities", unverified=True)
    with pytest.raises(Refused, match="parts are unverified"):
        dose_sheet(unverified, first=MORNING, on=TODAY, zone="UTC")
    assert "unverified" in page_text(dose_sheet(unverified, first=MORNING, on=TODAY, zone="UTC", specimen=True))


def test_a_signed_sheet_has_no_word_across_and_the_whole_hash_on_every_sheet_of_paper():
    page = sheet()
    assert page.paper.across == ""
    assert page.paper.is_landscape
    assert PROTOCOL.sha256 in page.paper.foot


def test_findings_are_numbered_as_printed_and_have_a_box_for_each_dose():
    found = rows(sheet(), "findings")
    assert [row.header for row in found] == [
        "Renal", "1. Creatinine raised *", "2. Creatinine high",
        "All systems together", "3. Vivid dreams *", "4. Held three times",
    ]  # fmt: skip
    assert [cell.text for cell in found[1].cells] == ["hold this dose", *["☐"] * 14]


def test_the_hold_counter_and_what_is_not_known_are_told_first():
    said = page_text(sheet())
    assert "Hold counter: doses held in this cycle at least 3: stop this cycle." in said
    assert "What is not known is not normal. Without a value: do not give yet." in said


def test_the_form_for_downtime_asks_what_the_rules_look_at_and_nothing_else():
    found = rows(sheet(), "downtime")
    assert [row.header for row in found] == ["creatinine", "vivid dreams"]
    assert [cell.text for cell in found[0].cells[:2]] == ["milligrams per decilitre", "12 hours"]


def test_without_a_zone_or_a_regimen_there_is_no_sheet():
    text = TEXT.replace("zone: America/New_York\n", "")
    without = load_protocol(text)
    with pytest.raises(Misuse, match="time zone is not known"):
        dose_sheet(without, first=MORNING, on=TODAY, specimen=True)
    with pytest.raises(Misuse, match='"Nowhere/Land" is not known'):
        dose_sheet(without, first=MORNING, on=TODAY, zone="Nowhere/Land", specimen=True)
    with pytest.raises(Misuse, match="declares no regimen"):
        dose_sheet(read_protocol("community-2015"), first=MORNING, on=TODAY, zone="UTC", specimen=True)
