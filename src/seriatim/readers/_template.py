"""What does a ward fill in? An empty workbook, the same as CSV files, and a mapping file to start from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from seriatim.readers._mapping import SCHEMA, targets
from seriatim.series.schema import TABLES, Column, Kind, Table
from seriatim.vocabulary.codes import CODE_LISTS

ROWS_TO_FILL = 5_000  # rows with drop-down lists; more may be filled in without them
LONGEST_LIST = 255  # characters of a drop-down list that Excel allows (ECMA-376 part 1, 18.3.1.32)

MAPPING = f"""\
schema: {SCHEMA}
# How your own files say what a series says. Every line that begins with # is an example: remove the # to use it.
# Tables and columns that already bear the names of the template need no line here.

# conventions:
#   date_order: dmy          # 15/08/1998; without this line only dates such as 1998-08-15 are read
#   decimal: ","             # 70,5
#   zone: Europe/London      # of times that do not say it
#   encoding: windows-1252   # only if the file is not UTF-8
#   delimiter: ";"           # only if it cannot be seen from the first line

# tables:
#   adverse_event:
#     file: toxicity 1998.csv        # or, in a workbook, sheet: Toxicity
#     header_row: 3                  # where the column names are not in row 1
#     columns:                       # our column: your column
#       patient_id: MRN
#       term: Toxicity
#       onset: First seen
#     codes:                         # your word: our word
#       grade: {{I: 1, II: 2, III: 3, IV: 4}}
#     constants:                     # the same for every row
#       scale: NCI CTC 1.0

# ignore: [notes.csv]                # files or sheets that hold no table
"""

# One row of each table as it could be filled in, for the sheet "read me".
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "patient": {"patient_id": "007", "accrual": "1998-08-15", "site": "NCI", "sex": "female", "age": "44",
                "diagnosis": "renal cell carcinoma", "performance_status": "0"},
    "screening": {"candidate_id": "S012", "screened": "1998-08-01", "criterion": "creatinine", "met": "no",
                  "treated": "no", "reason": "creatinine 2.1 mg/dL"},
    "course": {"patient_id": "007", "course": "1", "protocol": "high-dose IL-2", "start": "1998-08-15",
               "end": "1998-08-30"},
    "cycle": {"patient_id": "007", "course": "1", "cycle": "1", "start": "1998-08-15 08:00",
              "baseline_weight": "70.5", "baseline_weight_unit": "kg", "stop_reason": "toxicity"},
    "dose": {"patient_id": "007", "course": "1", "cycle": "1", "dose": "1", "status": "given",
             "planned": "1998-08-15 08:00", "started": "1998-08-15 08:10", "amount_per_kg": "720000",
             "amount_per_kg_unit": "IU/kg"},
    "adverse_event": {"patient_id": "007", "term": "Hypotension", "grade": "3", "scale": "CTCAE 5.0",
                      "onset": "1998-08-16", "relatedness": "related"},
    "lab_result": {"patient_id": "007", "test": "creatinine", "value": "1.3", "value_unit": "mg/dL",
                   "upper_limit": "1.2", "collected": "1998-08-16 06:00", "reported": "1998-08-16 07:20"},
    "vital": {"patient_id": "007", "test": "weight", "value": "73.0", "value_unit": "kg",
              "measured_at": "1998-08-16 06:00", "recorded": "1998-08-16 06:05"},
    "intervention": {"patient_id": "007", "intervention": "intubation", "reason": "airway", "start": "1998-08-17"},
    "assessment": {"patient_id": "007", "looked_for": "creatinine", "assessed": "yes", "assessed_at": "1998-08-16"},
    "response": {"patient_id": "007", "criteria": "RECIST 1.1", "best_response": "PR",
                 "response_start": "1998-10-01"},
    "follow_up": {"patient_id": "007", "last_contact": "2000-02", "died": "no"},
    "practice_change": {"changed": "1988-10", "domain": "screen", "description": "stress test before treatment"},
}  # fmt: skip


def write_template(folder: Path) -> None:
    """Write `template.xlsx`, the same tables as CSV files in `template/`, and `mapping.yaml`, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_workbook(folder / "template.xlsx")
    tables = folder / "template"
    tables.mkdir(exist_ok=True)
    for table in TABLES.values():
        (tables / f"{table.name}.csv").write_text(",".join(targets(table)) + "\n", encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")


def _write_workbook(path: Path) -> None:
    # Text that begins with = must never become a formula, and the same template must be the same bytes.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        _write_read_me(book)
        for table in TABLES.values():
            _write_sheet(book, table)


def _write_sheet(book: Any, table: Table) -> None:
    sheet = book.add_worksheet(table.name)
    # The text format keeps leading zeros and dates as they are typed.
    as_typed = book.add_format({"num_format": "@"})
    bold, needed = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 2})
    for place, name in enumerate(targets(table)):
        column = _column(table, name)
        sheet.set_column(place, place, max(12, len(name) + 2), as_typed)
        sheet.write_string(0, place, name, needed if column.required and name == column.name else bold)
        sheet.write_comment(0, place, _note(column, name), {"x_scale": 2})
        if words := _allowed(column):
            choices = {"validate": "list", "source": words, "error_type": "warning"}
            sheet.data_validation(1, place, ROWS_TO_FILL, place, choices)
    sheet.freeze_panes(1, 0)


def _write_read_me(book: Any) -> None:
    sheet = book.add_worksheet("read me")
    bold = book.add_format({"bold": True})
    lines = (
        "One sheet a table; leave out the sheets that you do not have. One row a record, column names in row 1.",
        "Dates: 1998-08-15, or 1998-08 or 1998 where no more is known. Numbers: 70.5. Nothing known: leave it empty.",
        "An empty grade means not graded; 0 means looked for and not there.",
    )
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)
    head = len(lines) + 1
    for place, name in enumerate(("table", "column", "needed", "what it holds", "allowed words", "example")):
        sheet.write_string(head, place, name, bold)
    row = head
    for table in TABLES.values():
        for name in targets(table):
            row += 1
            for place, text in enumerate(_described(table, name)):
                sheet.write_string(row, place, text)
    sheet.set_column(0, 2, 18)
    sheet.set_column(3, 5, 48)


def _described(table: Table, name: str) -> tuple[str, ...]:
    column = _column(table, name)
    needed = "yes" if column.required and name == column.name else ""
    example = EXAMPLES[table.name].get(name, "")
    return table.name, name, needed, _what(column, name), ", ".join(_allowed(column)), example


def _column(table: Table, name: str) -> Column:
    """The column that a name belongs to; the unit of a measured value belongs to its value."""
    found = table.column(name) or table.column(name.removesuffix("_unit"))
    if found is None:
        raise LookupError(f"{table.name} has no column {name}")
    return found


def _note(column: Column, name: str) -> str:
    parts = [_what(column, name), _form(column) if name == column.name else ""]
    if column.required and name == column.name:
        parts.append("Needed.")
    if words := _allowed(column):
        parts.append(f"One of: {', '.join(words)}.")
    return "\n".join(part for part in parts if part)


def _what(column: Column, name: str) -> str:
    return column.description if name == column.name else f"unit of {column.name}: {column.description}"


def _form(column: Column) -> str:
    if column.kind is Kind.WHEN:
        return "1998-08-15, or with a time 1998-08-15 08:30, or 1998-08 or 1998."
    if column.kind is Kind.MEASURED:
        return "A number as reported, or a bound such as <0.2; its unit in the next column."
    if column.kind is Kind.INTEGER:
        return "A whole number."
    return ""


def _allowed(column: Column) -> list[str]:
    words = list(CODE_LISTS[column.codes]) if column.kind is Kind.CODE else []
    return words if len(",".join(words)) <= LONGEST_LIST else []
