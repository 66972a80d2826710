"""What does a person get who types `seriatim protocol overlay` or `export`?"""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from seriatim.cli.main import app
from seriatim.errors import Misuse
from seriatim.protocols.load import read_protocol

BASE = """schema: seriatim.protocol/1
id: small
version: 1.0.0
title: Invented
sources: {paper: {cite: A paper}}
variables:
  creatinine: {type: quantity, text: creatinine, unit: mg/dL, codes: [a], resolution: 0.1, plausible: [0.1, 30]}
before_dose:
  - {id: renal, text: Creatinine, when: "creatinine >= '3 mg/dL'", then: hold_dose, source: {ref: paper, at: table 1}}
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "small.yaml").write_text(BASE, encoding="utf-8")
    sha256 = read_protocol(tmp_path / "small.yaml").sha256
    (tmp_path / "site.yaml").write_text(
        f"""schema: seriatim.protocol-overlay/1
id: site
version: 1.0.0
title: Local
base: {{id: small, version: 1.0.0, sha256: {sha256}}}
direction: loosening
operations:
  - op: set
    rule: renal
    field: when
    to: "creatinine >= '3.5 mg/dL'"
    because: Agreed.
    source: {{ref: paper, at: table 2}}
""",
        encoding="utf-8",
    )
    return tmp_path


def run(*words):
    return CliRunner().invoke(app, ["protocol", *map(str, words)], catch_exceptions=True)


def test_an_overlay_is_laid_over_its_base_and_told_with_a_patient_and_the_roles_to_sign(files):
    done = run("overlay", files / "small.yaml", files / "site.yaml", "--out", files / "merged.yaml")
    assert done.exit_code == 0
    assert "site@1.0.0: loosening (proved): less strict for creatinine" in done.stdout
    assert "to sign: physician, pharmacist, nurse, site_lead" in done.stdout
    assert read_protocol(files / "merged.yaml").name == "small@1.0.0+site@1.0.0"


def test_a_file_that_is_there_is_never_overwritten(files):
    done = run("overlay", files / "small.yaml", files / "site.yaml", "--out", files / "small.yaml")
    assert isinstance(done.exception, Misuse)
    assert (files / "small.yaml").read_text(encoding="utf-8") == BASE


@pytest.mark.parametrize(
    ("kind", "begins"), [("checklist", b"<!DOCTYPE html>"), ("text", b"NOT FOR"), ("workbook", b"PK")]
)
def test_a_protocol_is_written_as_each_kind_of_file(files, kind, begins):
    out = files / "out"
    assert run("export", files / "small.yaml", "--as", kind, "--out", out).exit_code == 0
    assert out.read_bytes().lstrip().startswith(begins)


def test_a_plan_definition_is_json_and_a_draft(files):
    run("export", files / "small.yaml", "--as", "fhir", "--out", files / "plan.json")
    assert json.loads((files / "plan.json").read_text(encoding="utf-8"))["status"] == "draft"


def test_an_unknown_kind_is_told(files):
    done = run("export", files / "small.yaml", "--as", "docx", "--out", files / "x")
    assert isinstance(done.exception, Misuse)
    assert "expected checklist, text, workbook or fhir" in str(done.exception)


@pytest.mark.parametrize(("given", "code"), [([], 3), (["--accept", "The laboratory never reports more."], 0)])
def test_the_findings_of_the_check_must_be_accepted_where_that_is_asked(tmp_path, given, code):
    """Above 3 mg/dL no rule holds: a gap that the meeting has to know of."""
    text = BASE.replace("plausible: [0.1, 30]}", "plausible: [0.1, 30], worse: up, max_age: 12 h}")
    text = text.replace("creatinine >= '3 mg/dL'", "creatinine BETWEEN '2.5 mg/dL' AND '3 mg/dL'")
    text = text.replace("title: Invented", "title: Invented\nstatus: approved\nroles_to_sign: [physician]")
    (tmp_path / "gap.yaml").write_text(text, encoding="utf-8")
    options = ["--role", "physician", "--by", "u1", "--until", "2099-01-01", "--out", tmp_path / "s.yaml"]
    assert run("sign", tmp_path / "gap.yaml", *options, *given).exit_code == 0
    done = run("signed", tmp_path / "gap.yaml", tmp_path / "s.yaml", "--checked")
    assert done.exit_code == code
    assert run("signed", tmp_path / "gap.yaml", tmp_path / "s.yaml").exit_code == 0
