"""Does each source find its reader, and does one that has none say what was looked for?"""

from __future__ import annotations

from pathlib import Path

import pytest

from seriatim.errors import Misuse, UnreadableSource
from seriatim.readers import load_mapping, open_source
from seriatim.readers._opening import reader_for
from seriatim.series.intake import take_in
from seriatim.shelves import names_on

from .workbooks import PATIENTS, workbook


def touch(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).write_bytes(b"patient_id,accrual\n007,1988\n")
    return folder


@pytest.mark.parametrize(
    ("files", "reader"),
    [
        (("patient.csv", "notes.txt"), "table_folder"),
        (("Adverse Event.tsv",), "table_folder"),
        (("dm.xpt", "ae.xpt"), "sdtm"),
        (("DM.json",), "sdtm"),
        (("adsl.parquet", "dm.parquet"), "adam"),
    ],
)
def test_a_folder_is_known_by_the_names_of_its_files(tmp_path: Path, files: tuple[str, ...], reader: str) -> None:
    assert reader == reader_for(touch(tmp_path, *files)).NAME


@pytest.mark.parametrize("ending", ["xlsx", "XLSX", "xlsm", "xls", "ods"])
def test_a_workbook_is_known_by_its_ending_also_if_it_is_then_refused(tmp_path: Path, ending: str) -> None:
    assert reader_for(touch(tmp_path, f"series.{ending}") / f"series.{ending}").NAME == "excel"


def test_text_files_that_the_mapping_names_are_a_table_folder(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\ntables: {patient: {file: ward.csv}}")
    assert open_source(touch(tmp_path, "ward.csv"), mapping).reader == "table_folder"


def test_a_folder_of_two_kinds_needs_a_word_from_the_mapping(tmp_path: Path) -> None:
    touch(tmp_path, "patient.csv", "adsl.parquet")
    with pytest.raises(Misuse, match="adam and table_folder could each read this; say which in the mapping"):
        open_source(tmp_path)
    mapping = load_mapping("schema: seriatim.mapping/1\nreader: table_folder\nignore: [adsl.parquet]")
    assert open_source(tmp_path, mapping).findings == ()


def test_a_source_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="ward: there is no such file or folder"):
        open_source(tmp_path / "ward")


def test_one_data_set_by_itself_is_asked_for_with_its_folder(tmp_path: Path) -> None:
    (alone := tmp_path / "ae.xpt").touch()
    with pytest.raises(UnreadableSource, match="give the folder that it is in, with DM or ADSL"):
        open_source(alone)


def test_the_folder_one_stands_in_is_told_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (ward := tmp_path / "ward").mkdir()
    monkeypatch.chdir(ward)
    with pytest.raises(UnreadableSource, match=r"^ward: no reader recognises this folder"):
        open_source(Path())


def test_a_reader_that_is_not_on_the_shelf_is_named_with_those_that_are(tmp_path: Path) -> None:
    mapping = load_mapping("schema: seriatim.mapping/1\nreader: redcop")
    with pytest.raises(Misuse, match=r"redcop.*adam"):
        open_source(touch(tmp_path, "patient.csv"), mapping)


def test_every_reader_keeps_the_contract() -> None:
    for name in names_on("readers"):
        reader = reader_for(Path(), load_mapping(f"schema: seriatim.mapping/1\nreader: {name}"))
        assert name == reader.NAME
        assert reader.DESCRIPTION[0].islower()
        assert not reader.recognises(Path("nowhere"))


def test_a_workbook_opens_as_a_series(tmp_path: Path) -> None:
    assert open_source(workbook(tmp_path / "series.xlsx", {"patient": PATIENTS})).reader == "excel"


@pytest.mark.parametrize(("said", "is_there"), [("", False), ("    none_occurred: true\n", True)])
def test_a_table_left_empty_is_not_recorded_unless_the_mapping_says_that_there_were_none(tmp_path, said, is_there):
    ward = tmp_path / "ward"
    ward.mkdir()
    (ward / "patient.csv").write_text("patient_id,accrual\n007,1988-03-01\n")
    (ward / "intervention.csv").write_text("patient_id,intervention\n")
    text = f"schema: seriatim.mapping/1\ntables:\n  intervention:\n    file: intervention.csv\n{said}"
    series = take_in(open_source(ward, load_mapping(text, "mapping.yaml")))
    assert series.has("intervention") is is_there
    told = {finding.rule for finding in series.findings}
    assert ("table.none_occurred" if is_there else "table.no_rows") in told
