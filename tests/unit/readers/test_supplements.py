"""Do values that stand in a supplement reach the record that they belong to, and is no other lost in silence?"""

from __future__ import annotations

import polars as pl
import pytest

from seriatim.readers import load_mapping, open_source
from seriatim.readers._supplements import with_supplements
from seriatim.readers._text_table import TextTable

# One record a domain, and a qualifier that the mapping names under a column of the series.
SUBJECTS = pl.DataFrame({"USUBJID": ["01-001", "01-002"], "RFSTDTC": ["1988-03-01", "1988-04-02"]})
RECORDS = {
    "ex": {"EXSEQ": "1", "EXSTDTC": "1988-03-01", "EXENDTC": "1988-03-01"},
    "ae": {"AESEQ": "1", "AEDECOD": "Chills"},
    "lb": {"LBSEQ": "1", "LBTESTCD": "CREAT", "LBORRES": "1.2"},
    "vs": {"VSSEQ": "1", "VSTESTCD": "WEIGHT", "VSORRES": "70"},
    "rs": {"RSSEQ": "1", "RSTESTCD": "BOR", "RSSTRESC": "PR"},
    "pr": {"PRSEQ": "1", "PRTRT": "intubation"},
}
NAMED = [
    ("ex", "dose", "reason", "EXWHY"),
    ("ae", "adverse_event", "scale", "AESCALE"),
    ("lb", "lab_result", "value_unit", "LBUNIT"),
    ("vs", "vital", "value_unit", "VSUNIT"),
    ("rs", "response", "confirmed", "RSCONF"),
    ("pr", "intervention", "reason", "PRWHY"),
]


def write(folder, name, frame):
    frame.write_parquet(folder / f"{name}.parquet")


def supplement(*rows):
    """Rows of subject, IDVAR, IDVARVAL, QNAM and QVAL."""
    return pl.DataFrame(rows, schema=["USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QVAL"], orient="row", strict=False)


def mapping(table, column, qualifier):
    return load_mapping(f"schema: seriatim.mapping/1\ntables: {{{table}: {{columns: {{{column}: {qualifier}}}}}}}")


def table(source, name):
    return next(table.frame for table in source.tables if table.name == name)


def rules(source):
    return [finding.rule for finding in source.findings if finding.rule.startswith("supplement")]


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "dm", SUBJECTS)
    for name, record in RECORDS.items():
        write(tmp_path, name, pl.DataFrame({"USUBJID": ["01-001"], **{key: [value] for key, value in record.items()}}))
    return tmp_path


@pytest.mark.parametrize(("domain", "name", "column", "qualifier"), NAMED)
def test_a_qualifier_that_the_mapping_names_is_read_from_the_supplement(folder, domain, name, column, qualifier):
    sequence = f"{domain}seq".upper()
    write(folder, f"supp{domain}", supplement(("01-001", sequence, "1", qualifier, "yes")))
    source = open_source(folder, mapping(name, column, qualifier))
    assert table(source, name)[column].to_list() == ["yes"]
    assert rules(source) == []


def test_a_supplement_of_the_subject_needs_no_record_number(folder):
    write(folder, "suppdm", supplement(("01-002", None, None, "HISTOL", "clear cell")))
    source = open_source(folder, mapping("patient", "histology", "HISTOL"))
    assert table(source, "patient").select("patient_id", "histology").rows() == [
        ("01-001", None),
        ("01-002", "clear cell"),
    ]


def test_whether_a_death_was_related_is_read_from_the_disposition_of_the_death(folder):
    rows = {"USUBJID": ["01-001"] * 2, "DSSEQ": ["1", "2"], "DSDECOD": ["DEATH", "COMPLETED"]}
    write(folder, "ds", pl.DataFrame({**rows, "DSSTDTC": ["1988-05-01", "1988-06-01"]}))
    related = [("01-001", "DSSEQ", number, "DTHREL", word) for number, word in (("1", "RELATED"), ("2", "NOT RELATED"))]
    write(folder, "suppds", supplement(*related))
    follow_up = table(open_source(folder, mapping("follow_up", "relatedness", "DTHREL")), "follow_up")
    assert follow_up["relatedness"].to_list() == ["RELATED", None]


def test_qualifiers_that_no_column_takes_are_counted_by_name(folder):
    write(folder, "suppae", supplement(("01-001", "AESEQ", "1", "AEX", "a"), ("01-001", "AESEQ", "1", "AEY", "b")))
    (found,) = [finding for finding in open_source(folder).findings if finding.rule == "supplement.not_read"]
    assert (found.table, found.rows) == ("suppae.parquet", 2)
    assert "AEX (1), AEY (1)" in found.found


def test_supplements_of_a_domain_that_is_not_there_are_told(folder):
    (folder / "ae.parquet").unlink()
    write(folder, "suppae", supplement(("01-001", "AESEQ", "1", "TRTEMFL", "Y")))
    assert rules(open_source(folder)) == ["supplement.without_record"]


def test_two_values_for_one_record_are_told_and_the_first_is_taken(folder):
    write(folder, "suppae", supplement(*(("01-001", "AESEQ", "1", "TRTEMFL", value) for value in "YN")))
    source = open_source(folder)
    assert table(source, "adverse_event")["treatment_emergent"].to_list() == ["Y"]
    assert rules(source) == ["supplement.contradicts"]


def test_what_the_record_says_stands_before_its_supplement(folder):
    write(folder, "ae", pl.DataFrame({"USUBJID": ["01-001"], "AESEQ": ["1"], "AEDECOD": ["Chills"], "TRTEMFL": ["N"]}))
    write(folder, "suppae", supplement(("01-001", "AESEQ", "1", "TRTEMFL", "Y")))
    source = open_source(folder)
    assert table(source, "adverse_event")["treatment_emergent"].to_list() == ["N"]
    assert rules(source) == ["supplement.contradicts"]


def test_one_file_for_all_domains_is_taken_apart(folder):
    rows = supplement(("01-001", "AESEQ", "1", "TRTEMFL", "Y"), ("01-001", "LBSEQ", "1", "LBX", "z"))
    write(folder, "suppqual", rows.with_columns(RDOMAIN=pl.Series(["AE", "LB"])))
    source = open_source(folder)
    assert table(source, "adverse_event")["treatment_emergent"].to_list() == ["Y"]
    assert rules(source) == ["supplement.not_read"]


def test_parts_of_a_domain_keep_to_their_own_supplements(folder):
    (folder / "lb.parquet").unlink()
    for part, unit in (("ch", "mg/dL"), ("he", "10^9/L")):
        write(folder, f"lb{part}", pl.DataFrame({"USUBJID": ["01-001"], "LBSEQ": ["1"], "LBTESTCD": [part]}))
        write(folder, f"supplb{part}", supplement(("01-001", "LBSEQ", "1", "LBUNIT", unit)))
    source = open_source(folder, mapping("lab_result", "value_unit", "LBUNIT"))
    assert table(source, "lab_result").select("test", "value_unit").rows() == [("ch", "mg/dL"), ("he", "10^9/L")]
    assert rules(source) == []


def test_one_supplement_serves_all_parts_of_a_domain():
    parts = {
        f"LB#LB{part}": TextTable(
            f"lb{part}.xpt", pl.DataFrame({"USUBJID": ["01-001"], "LBSEQ": [number], "source_row": [1]})
        )
        for part, number in (("CH", "1"), ("HE", "2"))
    }
    rows = supplement(*(("01-001", "LBSEQ", number, "LBX", f"of {number}") for number in "12"))
    text = TextTable("supplb.xpt", rows.with_columns(source_row=pl.Series([1, 2])))
    joined, findings = with_supplements({**parts, "SUPPLB": text}, {"LB": ["LBX"]})
    assert [joined[part].frame["LBX"].to_list() for part in parts] == [["of 1"], ["of 2"]]
    assert findings == ()
