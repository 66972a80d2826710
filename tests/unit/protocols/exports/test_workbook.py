"""Does the workbook hold every rule as text, and nothing that a spreadsheet would execute?"""

import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from seriatim.protocols.exports.workbook import write_workbook
from seriatim.protocols.load import library, load_protocol, read_protocol

TEXT = """
schema: seriatim.protocol/1
id: il2
version: 1.0.0
title: "=HYPERLINK(\\"x\\",\\"y\\")"
sources: {table: {cite: "=1+1"}}
variables:
  creatinine: {type: quantity, text: "@creatinine", unit: mg/dL, codes: [a], resolution: 0.1, plausible: [0.1, 30]}
before_dose:
  - id: renal
    text: "=cmd|' /C calc'!A0"
    when: "creatinine >= '3 mg/dL'"
    then: stop_cycle
    source: {ref: table, at: "+a"}
    interpretation: "-2+3"
examples:
  - {name: "=A1", given: {creatinine: null}, definite: give, possible: stop_cycle}
notes: ["https://example.org/x", "=2*3"]
"""


def cells(path, sheet):
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


@pytest.mark.parametrize("name", library())
def test_every_rule_of_the_library_is_a_row_with_its_condition_and_source(name, tmp_path):
    protocol = read_protocol(name, unverified=True)
    write_workbook(protocol, tmp_path / "p.xlsx")
    found = cells(tmp_path / "p.xlsx", "rules")
    assert [row[0] for row in found[1:]] == [rule.id for rule in protocol.rules]
    assert [row[3] for row in found[1:]] == [rule.declared.when for rule in protocol.rules]
    assert found[0][-3:] == ["Agreed", "Remark", "Reviewed by"]
    assert len(cells(tmp_path / "p.xlsx", "examples")) == len(protocol.document.examples) + 1


def test_nothing_in_the_file_is_a_formula_or_a_link_and_every_cell_stays_text_when_it_is_edited(tmp_path):
    write_workbook(load_protocol(TEXT), tmp_path / "p.xlsx")
    with zipfile.ZipFile(tmp_path / "p.xlsx") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        styles = parts.read("xl/styles.xml").decode()
        assert not [name for name in parts.namelist() if "rels" in name and "sheet" in name]
    assert len(sheets) == 7
    for sheet in sheets:
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert set(re.findall(r'<c [^>]*t="(\w+)"', sheet)) <= {"s"}
        assert not re.search(r"<c (?![^>]*s=)[^>]*>", sheet)  # none without the text format
    assert styles.count('numFmtId="49"') >= 2


def test_text_that_looks_like_a_formula_comes_back_as_it_was(tmp_path):
    write_workbook(load_protocol(TEXT), tmp_path / "p.xlsx")
    (_, rule) = cells(tmp_path / "p.xlsx", "rules")
    assert rule[2] == "=cmd|' /C calc'!A0"
    assert rule[11] == "-2+3"
    about = dict(row[:2] for row in cells(tmp_path / "p.xlsx", "about"))
    assert about["Title"] == '=HYPERLINK("x","y")'


def test_the_hash_stands_in_the_file_and_in_the_foot_of_every_sheet_and_the_file_is_the_same_each_time(tmp_path):
    protocol = load_protocol(TEXT)
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(protocol, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert dict(row[:2] for row in cells(tmp_path / "a.xlsx", "about"))["Hash (sha256)"] == protocol.sha256
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert all(protocol.sha256 in sheet.split("oddFooter")[1] for sheet in sheets)
