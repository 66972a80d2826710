"""Is the empty template a series without rows, and does it tell what belongs into it?"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from seriatim.readers import open_source, read_mapping, write_template
from seriatim.readers._mapping import targets
from seriatim.readers._template import EXAMPLES, MAPPING
from seriatim.series.schema import TABLES


@pytest.fixture
def template(tmp_path: Path) -> Path:
    write_template(tmp_path / "series")
    return tmp_path / "series"


@pytest.mark.parametrize("name", ["template.xlsx", "template"])
def test_the_empty_template_reads_as_tables_that_nobody_kept(template: Path, name: str) -> None:
    source = open_source(template / name, read_mapping(template / "mapping.yaml"))
    assert [table.name for table in source.tables] == ["patient"]
    assert {found.rule for found in source.findings} == {"table.no_rows"}
    assert len(source.findings) == len(TABLES)


def test_every_column_of_a_series_is_in_the_template(template: Path) -> None:
    for table in open_source(template / "template").tables:
        assert table.frame.columns == [*targets(TABLES[table.name]), "source_row"]


def test_examples_fill_only_columns_that_there_are() -> None:
    for name, example in EXAMPLES.items():
        assert set(example) <= set(targets(TABLES[name]))
        needed = {column.name for column in TABLES[name].columns if column.required}
        assert needed <= set(example)
    assert set(EXAMPLES) == set(TABLES)


def test_a_filled_in_row_comes_back_as_it_was_typed(template: Path) -> None:
    path = template / "template" / "patient.csv"
    header = path.read_text().strip().split(",")
    row = ",".join(EXAMPLES["patient"].get(column, "") for column in header)
    path.write_text(",".join(header) + "\n" + row + "\n")
    (patient,) = [table for table in open_source(template / "template").tables if table.name == "patient"]
    (back,) = patient.frame.rows(named=True)
    assert {column: back[column] for column in EXAMPLES["patient"]} == dict(EXAMPLES["patient"])


def test_the_template_is_the_same_bytes_each_time(tmp_path: Path, template: Path) -> None:
    write_template(tmp_path / "again")
    assert (tmp_path / "again" / "template.xlsx").read_bytes() == (template / "template.xlsx").read_bytes()
    with zipfile.ZipFile(template / "template.xlsx") as book:
        assert b">2000-01-01T00:00:00Z<" in book.read("docProps/core.xml")


def test_the_workbook_has_drop_down_lists_and_no_formula(template: Path) -> None:
    with zipfile.ZipFile(template / "template.xlsx") as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert any('"CR,PR,SD,PD,NE"' in sheet for sheet in sheets)
    assert not any("<f>" in sheet for sheet in sheets)


def test_the_commented_mapping_is_a_mapping_also_without_its_comment_signs(tmp_path: Path) -> None:
    examples = [line for line in MAPPING.splitlines() if ":" in line or line.startswith("# ignore")]
    lines = [line.removeprefix("# ") for line in examples if not line.startswith(("# How", "# Tables"))]
    (tmp_path / "mapping.yaml").write_text("\n".join(lines))
    mapping = read_mapping(tmp_path / "mapping.yaml")
    assert mapping.table("adverse_event").codes["grade"]["IV"] == "4"
    assert mapping.conventions.zone == "Europe/London"
