"""How are workbooks made for a test? Whole ones by a writer, faulty ones by changing a part of a whole one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

PATIENTS = [["patient_id", "accrual", "sex"], ["007", "1988-03-01", "f"], ["008", "1988-03-02", "m"]]


def workbook(path: Path, sheets: Mapping[str, list[list[Any]]], **options: Any) -> Path:
    """A workbook of texts and numbers, a list of rows a sheet."""
    with xlsxwriter.Workbook(path, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    write = sheet.write_string if isinstance(cell, str) else sheet.write
                    write(row, column, cell)
    return path


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one part changed."""
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    parts[part] = change(parts[part])
    path.write_bytes(packed(parts))
    return path


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip file of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()
