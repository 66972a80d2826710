"""Does the CDISC pilot read as its README counts it, under both conventions of its adverse events?"""

from __future__ import annotations

import csv
import shutil
import zipfile

import polars as pl
import pytest

from seriatim.readers import open_source
from seriatim.readers._datasets import read_dataset
from seriatim.readers._snapshot import take_snapshot


def table(source, name):
    return next(table.frame for table in source.tables if table.name == name)


@pytest.fixture(scope="module")
def update_2(data):
    return open_source(data / "cdiscpilot01_sdtm")


@pytest.fixture(scope="module")
def original(pilot_of_2013):
    return open_source(pilot_of_2013)


@pytest.fixture(scope="module")
def other_domains(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pilot") / "with_others"
    shutil.copytree(data / "cdiscpilot01_sdtm", folder)
    with zipfile.ZipFile(folder / "sdtm_other_domains.zip") as archive:
        for member in archive.namelist():
            if member.endswith(".xpt"):
                (folder / member.rsplit("/", 1)[-1]).write_bytes(archive.read(member))
    return open_source(folder)


def test_254_subjects_were_treated_and_52_are_in_screening_only(update_2):
    assert table(update_2, "patient").height == 254
    screening = table(update_2, "screening")
    assert screening.filter(pl.col("treated") == "no").height == 52
    assert screening.height == 306


def test_both_event_files_have_the_same_subject_term_pairs_but_not_the_same_records(update_2, original):
    new, old = table(update_2, "adverse_event"), table(original, "adverse_event")
    assert (new.height, old.height) == (961, 1191)
    pairs = [set(frame.select("patient_id", "term").iter_rows()) for frame in (new, old)]
    assert pairs[0] == pairs[1]
    assert len(pairs[0]) == 822


def test_partial_onset_dates_keep_their_precision(original):
    onset = table(original, "adverse_event")["onset"].str.len_chars()
    assert onset.value_counts().sort("onset").rows() == [(4, 11), (7, 15), (10, 1165)]


def test_weights_are_as_collected_in_pounds(other_domains):
    weights = table(other_domains, "vital").filter(pl.col("test") == "weight")
    units = dict(weights["value_unit"].value_counts().rows())
    assert (units["LB"], units["kg"]) == (2049, 1) if "kg" in units else units["LB"] == 2049


def test_a_laboratory_domain_in_three_parts_is_read_whole(other_domains):
    labs = next(table for table in other_domains.tables if table.name == "lab_result")
    assert labs.source == "lbch.xpt + lbhe.xpt + lbur.xpt"
    assert labs.frame.height == 32740 + 21927 + 4913
    creatinine = labs.frame.filter(pl.col("test") == "creatinine")
    assert set(creatinine["value_unit"].drop_nulls()) == {"mg/dL"}
    assert labs.frame["value"].str.starts_with("<").sum() == 6


def test_591_intervals_of_dosing_are_no_doses(update_2):
    cycles = table(update_2, "cycle")
    assert cycles.height == 591
    assert cycles["end"].null_count() == 6
    assert "dose" not in [table.name for table in update_2.tables]


def test_the_three_deaths_are_in_follow_up(update_2):
    died = table(update_2, "follow_up").filter(pl.col("died") == "yes")
    assert died.height == died["death"].count() == 3


def told(source, rule):
    return {finding.table: finding for finding in source.findings if finding.rule == rule}


def test_twelve_patients_were_not_treated_in_the_arm_that_was_planned(update_2):
    assert told(update_2, "arm.differs")["patient"].rows == 12
    assert told(update_2, "arm.planned") == {}


def test_every_treatment_emergent_flag_of_the_supplement_reaches_its_event(data, update_2):
    flags = read_dataset(take_snapshot(data / "cdiscpilot01_sdtm" / "suppae.xpt")).frame
    events = table(update_2, "adverse_event")
    assert events["treatment_emergent"].drop_nulls().value_counts().sort("treatment_emergent").rows() == (
        flags["QVAL"].value_counts().sort("QVAL").rows()
    )


def test_every_supplement_that_is_not_read_is_counted(other_domains):
    rows = {name: finding.rows for name, finding in told(other_domains, "supplement.not_read").items()}
    assert rows == {
        "suppdm.xpt": 1197, "suppds.xpt": 3, "supplbch.xpt": 37124, "supplbhe.xpt": 24558, "supplbur.xpt": 2721,
    }  # fmt: skip
    assert told(other_domains, "supplement.without_record") == {}


def test_none_of_7510_medications_is_a_vasopressor_and_each_is_accounted_for(other_domains):
    assert "intervention" not in [table.name for table in other_domains.tables]
    left = [f for f in other_domains.findings if f.table == "intervention" and f.rule == "record.left_out"]
    assert sum(finding.rows for finding in left) == 7510


def test_a_windows_1252_file_is_read_and_said_so(data):
    source = read_dataset(take_snapshot(data / "cdiscpilot01_sdtm" / "ts.xpt"))
    assert source.frame.height == 48
    assert [finding.rule for finding in source.findings] == ["file.encoding"]


def test_every_edge_case_has_the_shape_that_its_list_says(data):
    folder = data / "xpt_edge_cases"
    with (folder / "expected_shapes.csv").open() as lines:
        expected = {line["file"]: (int(line["rows"]), int(line["columns"])) for line in csv.DictReader(lines)}
    checked = 0
    for name, (rows, columns) in expected.items():
        path = folder / name
        if path.suffix in {".xpt", ".ndjson"} and path.is_file() and rows:
            frame = read_dataset(take_snapshot(path)).frame
            assert (frame.height, frame.width - 1) == (rows, columns), name
            checked += 1
    assert checked >= 3


def test_version_5_and_version_8_hold_the_same_patients_and_terms(data):
    folder = data / "xpt_edge_cases"
    old, new = (read_dataset(take_snapshot(folder / name)).frame for name in ("core_ae.xpt", "sas_v8.xpt"))
    columns = ["USUBJID", "AESEQ", "AETERM", "AESTDTC"]
    assert old.columns == new.columns
    assert old.select(columns).rows() == new.select(columns).rows()
    assert old.height == 74
