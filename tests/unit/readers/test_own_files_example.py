"""Does the example of the how-to page read without a fault, and is it the one that the page prints?"""

from __future__ import annotations

import re
from pathlib import Path

import seriatim
from seriatim.readers import load_mapping, open_source, read_mapping

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "own_files"
PAGE = ROOT / "docs" / "how-to" / "read-your-own-files.md"


def test_the_page_prints_the_mapping_of_the_example() -> None:
    (printed,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert printed == (EXAMPLE / "mapping.yaml").read_text(encoding="utf-8")


def test_three_files_of_a_ward_are_a_series_with_nothing_set_aside() -> None:
    receipt = seriatim.read(EXAMPLE, mapping=EXAMPLE / "mapping.yaml").receipt
    used = {line.table: line.rows_used for line in receipt.tables}
    assert used == {"patient": 3, "adverse_event": 4, "vital": 4}
    assert receipt.rows_set_aside == sum(line.values_set_aside for line in receipt.tables) == 0


def test_grades_in_roman_numerals_and_weights_with_commas_are_numbers() -> None:
    series = seriatim.read(EXAMPLE, mapping=EXAMPLE / "mapping.yaml")
    events = series.tables["adverse_event"].collect().to_native()
    assert sorted(events["grade"]) == [2, 3, 3, 4]
    assert set(events["scale"]) == {"NCI CTC 1.0"}
    weights = series.tables["vital"].collect().to_native()
    assert sorted(weights["value_micro"]) == [63_200_000, 77_400_000, 81_500_000, 88_000_000]


def test_leading_zeros_and_a_month_without_a_day_are_kept() -> None:
    source = open_source(EXAMPLE, read_mapping(EXAMPLE / "mapping.yaml"))
    events = next(table.frame for table in source.tables if table.name == "adverse_event")
    assert events.row(2) == ("00420", "Diarrhoea", "4", "11/1985", "possible", "NCI CTC 1.0", 5)


def test_every_key_that_the_page_explains_is_a_key() -> None:
    mapping = load_mapping(
        "schema: seriatim.mapping/1\nreader: adam\nignore: [a.csv]\n"
        "tables: {response: {parameter: BOR}, dose: {sheet: D},"
        " adverse_event: {columns: {grade: ATOXGR}, file: [a, b]}}"
    )
    assert mapping.table("adverse_event").file == ("a", "b")
