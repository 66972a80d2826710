"""Is this file an Excel workbook that is safe to open? Decided from its first bytes and its directory alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

from seriatim.errors import UnreadableSource

MOST_MEMBERS = 2_000
MOST_BYTES = 400_000_000  # unpacked; a workbook of 300,000 rows and 5 columns unpacks to about 60 MB
SAVE_AS = "save it as an Excel workbook (.xlsx)"

_COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1")


def refuse_what_is_no_workbook(content: bytes, name: str) -> None:
    """Return if the bytes are an ordinary .xlsx, else raise with what they are and what to save as.

    >>> refuse_what_is_no_workbook(b"patient_id,sex\\n007,f\\n", "series.xlsx")
    Traceback (most recent call last):
    seriatim.errors.UnreadableSource: series.xlsx: is a text file, not a workbook; save it as an Excel workbook (.xlsx), or put it into a folder as a .csv
    """  # noqa: E501
    if not content.startswith(b"PK\x03\x04"):
        raise UnreadableSource(f"{name}: {_what_it_is(content)}")
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise UnreadableSource(f"{name}: is cut short or damaged; export or copy it again") from None
    _refuse_other_packages({member.filename for member in members}, name)
    _refuse_bombs(members, name)


def _what_it_is(content: bytes) -> str:
    start = content[:2048].lstrip(b"\xef\xbb\xbf \r\n\t")
    if not content.strip(b"\0 \r\n\t"):
        return "is empty; export or copy it again"
    if start.startswith(_COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return f"is encrypted with a password; open it in Excel, remove the password and {SAVE_AS}"
        return f"is an Excel 97-2003 workbook (.xls); open it in Excel and {SAVE_AS}"
    if re.match(rb"(?i)<(!doctype html|html|table|meta|head)", start):
        return f"is a web page, not a workbook; open it in Excel and {SAVE_AS}"
    if start.startswith(b"<"):
        return f"is an XML file, not a workbook; open it in Excel and {SAVE_AS}"
    if b"\0" not in start:
        return f"is a text file, not a workbook; {SAVE_AS}, or put it into a folder as a .csv"
    return f"is no Excel workbook; {SAVE_AS}"


def _refuse_other_packages(names: set[str], name: str) -> None:
    if any(member.endswith("vbaProject.bin") for member in names):
        raise UnreadableSource(f"{name}: is a workbook with macros, which are never run; {SAVE_AS} without macros")
    if "xl/workbook.bin" in names:
        raise UnreadableSource(f"{name}: is a binary workbook (.xlsb); open it in Excel and {SAVE_AS}")
    if "mimetype" in names and "content.xml" in names:
        raise UnreadableSource(f"{name}: is an OpenDocument spreadsheet (.ods); open it and {SAVE_AS}")
    if "[Content_Types].xml" not in names or not any(member.startswith("xl/") for member in names):
        raise UnreadableSource(f"{name}: is a zip file, but no Excel workbook; unpack it, or {SAVE_AS}")


def _refuse_bombs(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MOST_MEMBERS:
        raise UnreadableSource(
            f"{name}: holds {len(members):,} parts, more than the limit of {MOST_MEMBERS:,}; save its tables alone"
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > MOST_BYTES:
        raise UnreadableSource(
            f"{name}: would unpack to {unpacked / 1e6:,.0f} MB, more than the limit of {MOST_BYTES / 1e6:,.0f} MB;"
            " save its tables alone, or as .csv files in a folder"
        )
    if len({member.filename for member in members}) < len(members) or _overlap(members):
        raise UnreadableSource(f"{name}: its parts overlap, as no program writes them; {SAVE_AS} again")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableSource(f"{name}: has parts encrypted with a password; remove the password and {SAVE_AS}")


def _overlap(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Overlapping parts let a small file unpack to a huge one."""
    local_header = 30  # bytes before the name of each part
    ordered = sorted(members, key=lambda member: member.header_offset)
    ends = [member.header_offset + local_header + member.compress_size for member in ordered]
    return any(end > later.header_offset for end, later in zip(ends, ordered[1:], strict=False))
