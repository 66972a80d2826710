"""Which letters are these bytes? UTF-8 or UTF-16 by their marks, else what the mapping states, else a finding."""

from __future__ import annotations

import codecs

from seriatim.errors import UnreadableSource
from seriatim.findings import Finding
from seriatim.readers._findings import warning

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: bytes, name: str, stated: str | None) -> tuple[str, list[Finding]]:
    """The text of a file, and a finding where its encoding had to be guessed.

    >>> decode("name,sex\\n".encode("utf-16"), "patient.csv", None)
    ('name,sex\\n', [])
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], name, encoding), []
    if stated is not None:
        return _strictly(content, name, stated), []
    if (wide := _wide_encoding(content)) is not None:
        return _strictly(content, name, wide), [_guessed(name, None, "two bytes a letter and no mark", wide)]
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        guessed = _guessed(name, _row(content, error), "bytes that are no UTF-8", "windows-1252")
        return _strictly(content, name, "windows-1252"), [guessed]


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 without its mark: in a header line of plain letters every second byte is zero."""
    start = content[:64]
    pairs = len(start) // 2
    if pairs and start[1::2].count(0) == pairs and not start[0::2].count(0):
        return "utf-16-le"
    if pairs and start[0::2].count(0) == pairs and not start[1::2].count(0):
        return "utf-16-be"
    return None


def _strictly(content: bytes, name: str, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableSource(
            f"{name} row {_row(content, error)}: bytes that are no {encoding}; save the file as UTF-8,"
            " or state its encoding in the mapping under conventions: encoding:"
        ) from None


def _row(content: bytes, error: UnicodeDecodeError) -> int:
    return content.count(b"\n", 0, error.start) + 1


def _guessed(name: str, row: int | None, found: str, used: str) -> Finding:
    return warning(
        "file.encoding",
        name,
        row=row,
        found=found,
        expected="UTF-8",
        next_move=f"it was read as {used}; check the accented letters and signs such as µ and ≥,"
        f" then save as UTF-8 or state encoding: {used} in the mapping",
    )
