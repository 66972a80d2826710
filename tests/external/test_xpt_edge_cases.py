"""Do odd transport, JSON and Excel files read as an independent tool counts them, and is none read in part unseen?"""

from __future__ import annotations

import io

import pytest

from seriatim.errors import UnreadableSource
from seriatim.readers import _xport, excel, load_mapping
from seriatim.readers._datasets import read_dataset
from seriatim.readers._delimited import read_delimited
from seriatim.readers._snapshot import Snapshot, take_snapshot
from seriatim.readers._xport import layout_of

FOLDER = "xpt_edge_cases"


def find(data, name):
    return data / name if "/" in name else data / FOLDER / name


def read(path):
    return read_dataset(take_snapshot(path))


def test_every_file_has_the_rows_and_columns_that_were_expected(data, expected):
    rows = [row for row in expected(f"{FOLDER}/expected_shapes.csv") if row["outcome"].startswith("ok")]
    assert len(rows) == 15
    wanted = {row["file"]: (int(row["rows"]), int(row["columns"])) for row in rows}
    frames = {name: read(find(data, name)).frame.drop("source_row") for name in wanted}
    assert {name: frame.shape for name, frame in frames.items()} == wanted


def test_the_one_file_of_windows_1252_says_so_and_no_other(data, expected):
    rows = [row for row in expected(f"{FOLDER}/expected_shapes.csv") if row["outcome"].startswith("ok")]
    strange = [row["file"] for row in rows if any("encoding" in f.rule for f in read(find(data, row["file"])).findings)]
    assert strange == ["cdiscpilot01_sdtm/ts.xpt"]


def test_a_file_of_no_bytes_is_refused(data):
    with pytest.raises(UnreadableSource, match="is empty"):
        read(find(data, "zero_bytes.xpt"))


def test_version_5_and_version_8_of_the_same_rows_say_the_same(data):
    """Their maker put wrong answers into a few cells of one of them; both parsers see those alike."""
    five, eight = (read(find(data, name)).frame for name in ("core_ae.xpt", "sas_v8.xpt"))
    assert five.columns == eight.columns
    altered = {"AEPTCD", "AESER", "AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP"}
    assert {column for column in five.columns if not five[column].equals(eight[column])} == altered
    assert (five["AEPTCD"][23], eight["AEPTCD"][23]) == (None, "123456")


def test_dataset_json_lines_and_transport_file_of_the_same_rows_say_the_same(data):
    transport, lines = (read(find(data, name)).frame for name in ("test_dataset.xpt", "test_dataset.ndjson"))
    assert transport.equals(lines.select(transport.columns))


def in_this_process(module, request, content, _):
    """Decode without a child, whose start would be paid for each of some hundred cuts."""
    answer = io.BytesIO()
    module.main(request, io.BytesIO(content), answer)
    return answer.getvalue()


@pytest.mark.parametrize("name", ["core_ae.xpt", "sas_v8.xpt", "test_dataset.xpt"])
def test_only_a_cut_between_two_records_of_version_5_cannot_be_seen(data, name, monkeypatch):
    """Version 5 has no count of records; a cut that ends a record and a card at once leaves a whole file."""
    monkeypatch.setattr(_xport, "run_limited", in_this_process)
    content = find(data, name).read_bytes()
    layout = layout_of(Snapshot(name, content))
    silent = []
    for end in range(80, len(content), 80):
        try:
            read_dataset(Snapshot(name, content[:end]))
        except UnreadableSource:
            continue
        silent.append(end)
    assert [end for end in silent if (end - layout.start) % layout.record] == []
    assert silent == [] or name != "sas_v8.xpt"


def test_any_cut_that_is_no_whole_card_is_refused(data):
    content = find(data, "core_ae.xpt").read_bytes()
    for end in range(1, len(content), 997):
        if end % 80:
            with pytest.raises(UnreadableSource):
                read_dataset(Snapshot("core_ae.xpt", content[:end]))


def test_blanks_after_sheet_headers_and_values_are_gone(data):
    mapping = load_mapping("""
schema: seriatim.mapping/1
tables:
  patient: {sheet: ex.xpt, columns: {patient_id: USUBJID}}
""")
    source = excel.read(find(data, "datasets_whitespace.xlsx"), mapping)
    assert "EFD111-0001" in source.tables[0].frame["patient_id"].to_list()
    assert "STUDYID" in source.tables[0].frame.columns


def test_the_same_rows_as_text_files_keep_their_quotes_and_blanks(data):
    for name, rows in (("core1558_dm.csv", None), ("core1558_lb.csv", None)):
        text = find(data, name).read_text(encoding="utf-8")
        table = read_delimited(text, name)
        assert table.rows_lost == 0
        assert table.frame.height == len([line for line in text.splitlines() if line.strip(",")]) - 1, rows
