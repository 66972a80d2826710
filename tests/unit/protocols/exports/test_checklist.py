"""Does the checklist say everything that the protocol says, with its source, and in words that cannot be misread?"""

import re
from datetime import UTC, date, datetime

import pytest

from seriatim.pages import Table
from seriatim.protocols.exports.checklist import checklist
from seriatim.protocols.exports.plain_text import page_text
from seriatim.protocols.load import library, load_protocol, read_protocol
from seriatim.protocols.versions.sign_off import sign
from seriatim.reports.html import render_html

TODAY = date(2026, 3, 2)
TEXT = """
schema: seriatim.protocol/1
id: il2
version: 1.0.0
title: Interleukin-2
status: approved
sources: {table: {cite: a table, doi: 10.0000/x}}
variables:
  creatinine:
    {type: quantity, text: creatinine, unit: mg/dL, codes: [a], max_age: 12 h, resolution: 0.1, plausible: [0.1, 30],
     worse: up, required_for: [give]}
  dreams: {type: boolean, text: vivid dreams, codes: [b], evidence: V}
screening:
  - {id: s, text: renal, require: "creatinine <= '1.5 mg/dL'", valid_for: 7 d, waivable_by: [site_lead],
     source: {ref: table, at: s}}
before_dose:
  - {id: hard, text: Creatinine high, when: "creatinine >= '3 mg/dL'", then: stop_cycle, system: renal,
     source: {ref: table, at: row 2}, interpretation: The print says three.}
  - {id: soft, text: Creatinine raised, when: "creatinine >= '2 mg/dL'", then: hold_dose, system: renal,
     resume: "creatinine < '2 mg/dL'", measures: [fluid review], source: {ref: table, at: row 1}}
  - {id: dreams, text: Vivid dreams, when: dreams, then: hold_dose, source: {ref: table, at: row 3}}
supportive_care:
  - {id: c, text: pressor 2 to 4 ug/kg/min, start: before, stop_when: dreams, source: {ref: table, at: c}}
monitoring:
  - {id: m, text: vital signs, measure: [bp], every: 2 h, begins: dose, ends: discharge, source: {ref: table, at: m}}
discharge:
  - {id: d, text: walks, require: "NOT dreams", source: {ref: table, at: d}}
"""


def rows(page, name):
    tables = [block for section in page.sections for block in section.blocks if isinstance(block, Table)]
    return next(table for table in tables if table.name == name).rows


def texts(row):
    return [cell.text for cell in row.cells]


def test_rules_stand_by_organ_system_and_what_holds_stands_before_what_stops():
    found = rows(checklist(load_protocol(TEXT), on=TODAY), "before-dose")
    heads = ["Renal", "Creatinine raised", "Creatinine high", "All systems together", "Vivid dreams"]
    assert [row.header for row in found] == heads


def test_each_line_has_condition_action_source_and_interpretation():
    found = rows(checklist(load_protocol(TEXT), on=TODAY), "before-dose")
    assert texts(found[1]) == [
        "☐",
        "creatinine at least 2 milligrams per decilitre",
        "hold this dose; until creatinine below 2 milligrams per decilitre; fluid review",
        "table, row 1",
    ]
    assert found[2].note == "The print says three."


def test_screening_care_monitoring_discharge_and_values_are_told():
    page = checklist(load_protocol(TEXT), on=TODAY)
    assert texts(rows(page, "screening")[0])[2] == "answer valid for 7 days; may be waived in writing by site lead"
    assert rows(page, "care")[0].header == "pressor 2 to 4 micrograms/kg/min"
    assert texts(rows(page, "care")[0])[2] == "vivid dreams"
    assert texts(rows(page, "monitoring")[0])[1] == "every 2 hours, from dose to discharge"
    assert texts(rows(page, "discharge")[0])[1] == "not (vivid dreams)"
    assert texts(rows(page, "values")[0]) == ["milligrams per decilitre", "last", "12 hours", "no dose without it"]


def test_the_hash_stands_in_the_subtitle_and_on_every_sheet():
    protocol = load_protocol(TEXT)
    page = checklist(protocol, on=TODAY)
    assert protocol.sha256 in page.subtitle
    assert protocol.sha256 in page.paper.foot
    assert "il2" in page.paper.foot


def test_who_has_not_signed_is_told_and_the_sheets_are_marked_until_everybody_has():
    protocol = load_protocol(TEXT)
    assert checklist(protocol, on=TODAY).paper.across == "NOT FOR CLINICAL USE"
    at, until = datetime(2026, 3, 1, tzinfo=UTC), date(2027, 1, 1)
    everybody = [
        sign(protocol, role=role, by=role, at=at, valid_until=until) for role in protocol.document.roles_to_sign
    ]
    signed = checklist(protocol, on=TODAY, sign_offs=everybody)
    assert signed.paper.across == ""
    assert "Signed by every role it asks for, until 2027-01-01." in render_html(signed)


def test_an_unverified_line_is_marked_and_counted():
    text = TEXT.replace("source: {ref: table, at: row 3}", "evidence: M, source: {ref: table, at: row 3}")
    page = checklist(load_protocol(text, unverified=True), on=TODAY)
    assert rows(page, "before-dose")[-1].header == "UNVERIFIED: Vivid dreams"
    assert "1 part is unverified, and marked so" in page_text(page)


@pytest.mark.parametrize("name", library())
def test_every_protocol_of_the_library_becomes_a_checklist_with_every_rule_and_no_misreadable_amount(name):
    protocol = read_protocol(name, unverified=True)
    page = checklist(protocol, on=TODAY)
    said = page_text(page)
    assert len([row for row in rows(page, "before-dose") if row.level == 1]) == len(protocol.rules)
    assert not re.search(r"\bug\b|µg|\bIU\b|\bcc\b", said)
    # An interpretation may quote the print with its trailing zero; what the ward reads as an amount may not have one.
    amounts = " ".join(cell for row in rows(page, "before-dose") for cell in texts(row)[1:3])
    assert not re.search(r"\d\.\d*0\b|(?<!\d)\.\d|\d{4}", amounts)
    assert render_html(page).count("NOT FOR CLINICAL USE") == 1


def test_the_text_form_has_the_boxes_the_conditions_and_the_foot():
    protocol = load_protocol(TEXT)
    said = page_text(checklist(protocol, on=TODAY))
    assert "  ☐ Creatinine high\n" in said
    assert "      The rule holds when: creatinine at least 3 milligrams per decilitre\n" in said
    assert said.startswith("NOT FOR CLINICAL USE\n")
    assert said.endswith(f"sha256 {protocol.sha256}")
    assert max(len(line) for line in said.splitlines() if "sha256" not in line) <= 100
