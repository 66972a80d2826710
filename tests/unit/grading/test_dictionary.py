"""Are the terms and the changes of a user's own copy of the criteria read as they stand in it?"""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from seriatim.errors import Misuse, UnreadableSource
from seriatim.grading.dictionary import read_changes, read_terms, successors, translated

TERMS = [
    ["CTCAE v6.0 MedDRA 28.0 LLT Code", "CTCAE v6.0 MedDRA 28.0 SOC", "CTCAE v6.0 MedDRA 28.0 Term",
     "Grade 1 \xa0\xa0", "Grade 2 \xa0\xa0", "Grade 3 \xa0\xa0", "Grade 4 \xa0\xa0", "Grade 5 \xa0\xa0", "Definition",
     "Navigational Note", "CTCAE v6.0 Change"],
    [1.0, "Vascular disorders", "Hypotension\xa0", "Asymptomatic", "Non-urgent\nintervention", "Urgent", "Shock",
     "Death", "A low pressure", "-", "Clarification: Grade 3"],
    [2.0, "Vascular disorders", "Capillary leak syndrome", "-", "Symptomatic", "-", "-", "-", "-", "-", ""],
]  # fmt: skip
MAPPING = [
    ["V5"] + [""] * 5 + ["V6"] + [""] * 5,
    ["v5 LLT Code", "v5 SOC ", "v5 Term", "v5 Grade/Definition/Navigational Note", "v5 Description", "Change Type",
     "v6 LLT Code", "v6 SOC", "v6 Term", "v6 Grade/Definition/Navigational Note", "v6 Description", "v6 Other"],
    [1.0, "Investigations", "Platelets low", "Grade 4", "<25", "Deletion", 2.0, "Blood", "Thrombocytopenia", "Grade 4",
     "<10", "N/A"],
    [1.0, "Investigations", "Muscles", "Grade 1", "a", "Deletion", 2.0, "Nerves", "Left weak", "Grade 1", "b", "N/A"],
    [1.0, "Investigations", "Muscles", "Grade 2", "a", "Deletion", 2.0, "Nerves", "Right weak", "Grade 1", "b", "N/A"],
    [1.0, "Investigations", "Gone", "Grade 2", "a", "Deletion", "N/A", "N/A", "N/A", "N/A", "N/A", "N/A"],
]  # fmt: skip


def workbook(path: Path, **sheets: list) -> Path:
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    book.close()
    return path


def test_term_has_the_grades_that_the_workbook_gives_it_and_no_others(tmp_path: Path) -> None:
    terms = read_terms(workbook(tmp_path / "terms.xlsx", Notes=[], Clean=TERMS))
    assert dict(terms["hypotension"].grades) == {
        1: "Asymptomatic", 2: "Non-urgent intervention", 3: "Urgent", 4: "Shock", 5: "Death",
    }  # fmt: skip
    assert dict(terms["capillary leak syndrome"].grades) == {2: "Symptomatic"}
    assert (terms["hypotension"].code, terms["hypotension"].note) == ("1", "")


def test_csv_copy_with_damaged_headers_is_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text(
        "Code,MedDRA SOC,CTCAE Term,Grade 1 ??,Grade 2 ??,Grade 3 ??,Grade 4 ??,Grade 5 ??\n"
        ',Vascular disorders,Hypotension,"Low, no complaint",-,-,-,Death\n\nshort,Vascular,Flushing,Mild\n',
        encoding="utf-8",
    )
    terms = read_terms(path)
    assert dict(terms["hypotension"].grades) == {1: "Low, no complaint", 5: "Death"}
    assert terms["hypotension"].code is None
    assert dict(terms["flushing"].grades) == {1: "Mild"}


def test_old_term_is_translated_to_the_one_that_stands_for_it(tmp_path: Path) -> None:
    changes = read_changes(workbook(tmp_path / "v6.xlsx", Clean=TERMS, **{"v5 to v6 Mapping": MAPPING}))
    assert (changes[0].kind, changes[0].old_text, changes[0].new_text) == ("Deletion", "<25", "<10")
    new = successors(changes)
    assert translated("Platelets low", new) == "thrombocytopenia"
    with pytest.raises(Misuse, match="any of left weak, right weak"):
        translated("Muscles", new)
    with pytest.raises(Misuse, match="'Gone' has no successor"):
        translated("Gone", new)
    with pytest.raises(Misuse, match="no term 'Lassitude'"):
        translated("Lassitude", new)


def test_file_that_is_no_dictionary_says_what_was_expected(tmp_path: Path) -> None:
    other = workbook(tmp_path / "other.xlsx", Sheet=[["Patient", "Term"], ["1", "Fever"]])
    with pytest.raises(UnreadableSource, match="no sheet has the columns"):
        read_terms(other)
    with pytest.raises(UnreadableSource, match="no sheet maps"):
        read_changes(other)
    with pytest.raises(UnreadableSource, match="there is no file"):
        read_terms(tmp_path / "none.xlsx")


@pytest.mark.parametrize(
    ("column", "told"),
    [("Change Type", "no column Change Type"), ("v6 Term", "ends in 'term'"), ("v5 Description", "'description'")],
)
def test_mapping_without_one_of_its_columns_is_refused(tmp_path: Path, column: str, told: str) -> None:
    header = ["x" if name == column else name for name in MAPPING[1]]
    path = workbook(tmp_path / "v6.xlsx", Mapping=[MAPPING[0], header, *MAPPING[2:]])
    with pytest.raises(UnreadableSource, match=told):
        read_changes(path)


def test_broken_and_oversized_files_are_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no workbook")
    with pytest.raises(UnreadableSource, match=r"broken\.xlsx"):
        read_terms(broken)
    latin = tmp_path / "latin.csv"
    latin.write_bytes(b"Term,SOC\n\xe9,a\n")
    with pytest.raises(UnreadableSource, match="UTF-8"):
        read_terms(latin)
    monkeypatch.setattr("seriatim.grading.dictionary.LARGEST_BYTES", 5)
    with pytest.raises(UnreadableSource, match="under 20 MB"):
        read_terms(broken)
