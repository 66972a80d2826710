"""Is a workbook that could harm refused before it is unpacked, with a sentence that says what it is?"""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from seriatim.errors import UnreadableSource
from seriatim.readers import excel
from seriatim.readers._limits import Stopped

from .workbooks import PATIENTS, changed, packed, workbook

SHEET = "xl/worksheets/sheet1.xml"


def whole(tmp_path: Path) -> Path:
    return workbook(tmp_path / "series.xlsx", {"patient": PATIENTS})


def refused(path: Path, says: str) -> None:
    """Refused with these words."""
    with pytest.raises(UnreadableSource, match=says):
        excel.read(path)


def test_a_zip_bomb_is_refused_from_its_directory(tmp_path: Path) -> None:
    path = whole(tmp_path)
    changed(path, SHEET, lambda xml: xml + b" " * 500_000_000)
    assert path.stat().st_size < 1_000_000
    refused(path, "would unpack to 500 MB, more than the limit of 400 MB")


def test_a_part_that_unpacks_to_more_than_its_directory_says_is_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    changed(path, SHEET, lambda xml: xml + b" " * 50_000_000)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(SHEET).file_size
    claimed = struct.pack("<I", 1000)
    path.write_bytes(bytes(content).replace(struct.pack("<I", size), claimed))
    refused(path, "lies about the size of its parts")


def test_a_lie_about_size_with_a_checksum_that_fits_the_lie_is_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(SHEET)
    hidden = xml + b" " * 1000
    changed(path, SHEET, lambda _: hidden)
    content = path.read_bytes()
    content = content.replace(struct.pack("<I", len(hidden)), struct.pack("<I", len(xml)))
    content = content.replace(struct.pack("<I", zlib.crc32(hidden)), struct.pack("<I", zlib.crc32(xml)))
    path.write_bytes(content)
    refused(path, "lies about the size of its parts")


def test_a_sheet_with_one_cell_in_its_last_corner_is_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    changed(path, SHEET, lambda xml: xml.replace(b"</sheetData>", corner))
    refused(path, r"spans 16,384 x 1,048,576 cells")


def test_a_sheet_that_ends_at_excels_last_row_was_cut_there(tmp_path: Path) -> None:
    path = whole(tmp_path)
    last = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    changed(path, SHEET, lambda xml: xml.replace(b"</sheetData>", last))
    refused(path, "ends exactly at Excel's last row")


BILLION_LAUGHS = b"""<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>"""
OTHER_FILE = b'<!DOCTYPE foo [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("dtd", [BILLION_LAUGHS, OTHER_FILE, b'<!DOCTYPE worksheet SYSTEM "other.dtd">'])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "docProps/app.xml", "_rels/.rels"])
def test_a_dtd_in_any_part_is_refused_before_it_defines_anything(tmp_path: Path, dtd: bytes, part: str) -> None:
    path = whole(tmp_path)
    changed(path, part, lambda xml: xml.replace(b"?>", b"?>" + dtd, 1))
    refused(path, "contains a DTD")


def test_a_workbook_of_65536_parts_is_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(3000):
            archive.writestr(f"xl/media/{number}", b"")
    refused(path, "parts, more than the limit of 2,000")


def test_parts_that_overlap_are_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first, second = archive.infolist()[:2]
    place = content.rfind(b"PK\x01\x02", 0, content.find(second.filename.encode(), content.find(b"PK\x01\x02")))
    content[place + 42 : place + 46] = struct.pack("<I", first.header_offset)
    path.write_bytes(bytes(content))
    refused(path, "its parts overlap")


@pytest.mark.parametrize("end", [100, 1000, 4000, -10])
def test_a_workbook_cut_short_is_refused(tmp_path: Path, end: int) -> None:
    path = whole(tmp_path)
    path.write_bytes(path.read_bytes()[:end])
    refused(path, "cut short or damaged")


def test_a_changed_byte_inside_a_part_is_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(SHEET)
    content = bytearray(path.read_bytes())
    content[member.header_offset + 30 + len(SHEET) + member.compress_size // 2] ^= 0x10
    path.write_bytes(bytes(content))
    refused(path, "damaged")


def test_two_readings_that_disagree_are_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    again = b'<row r="3"><c r="A3"><v>9</v></c></row></sheetData>'
    changed(path, SHEET, lambda xml: xml.replace(b"</sheetData>", again))
    refused(path, "was read twice with different results")


ENCRYPTED = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\0" * 5000, "is empty"),
        (b"patient_id,accrual\n007,1988\n", "is a text file, not a workbook; save it as an Excel workbook"),
        (b"<html><table><tr><td>007</td></tr></table></html>", "is a web page, not a workbook"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "is an XML file, not a workbook"),
        (ENCRYPTED, "is encrypted with a password; open it in Excel, remove the password"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, r"is an Excel 97-2003 workbook \(.xls\)"),
        (b"%PDF-1.7\0\xff", "is no Excel workbook"),
        (packed({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "a zip file, but no Excel workbook"),
        (packed({"mimetype": b"x", "content.xml": b"<x/>"}), "is an OpenDocument spreadsheet"),
        (packed({"xl/workbook.bin": b"x"}), "is a binary workbook"),
    ],
)
def test_what_is_no_workbook_is_named_with_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "series.xlsx"
    path.write_bytes(content)
    refused(path, says)


def test_macros_are_refused_whatever_the_ending(tmp_path: Path) -> None:
    path = whole(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    refused(path, "is a workbook with macros, which are never run")


def test_a_workbook_without_the_part_of_its_sheet_is_refused(tmp_path: Path) -> None:
    path = whole(tmp_path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != SHEET}
    path.write_bytes(packed(parts))
    refused(path, "has no part for its sheet patient")


def test_a_part_that_climbs_out_of_the_workbook_writes_nothing(tmp_path: Path) -> None:
    path = whole(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../outside.txt", b"here")
        archive.writestr("/tmp/outside.txt", b"here")  # noqa: S108 (a name in an archive)
    before = set(tmp_path.parent.rglob("outside.txt"))
    assert excel.read(path).tables[0].frame.height == 2
    assert set(tmp_path.parent.rglob("outside.txt")) == before == set()


def test_lawful_entities_in_a_cell_are_letters_and_not_an_empty_cell(tmp_path: Path) -> None:
    rows = [["patient_id", "term"], ["007", "tox"]]
    path = workbook(tmp_path / "series.xlsx", {"adverse_event": rows})
    changed(path, "xl/sharedStrings.xml", lambda xml: xml.replace(b">tox<", b">&lt;3 &amp; &#181;mol<"))
    assert excel.read(path).tables[0].frame["term"].to_list() == ["<3 & µmol"]


def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(tmp_path: Path, monkeypatch) -> None:
    def in_this_process(module, request, content, _):
        answer = io.BytesIO()
        try:
            module.main(request, io.BytesIO(content), answer)
        except (ValueError, LookupError) as fault:  # in a child, an error of its own
            raise Stopped("by an error of its own") from fault
        return answer.getvalue()

    monkeypatch.setattr(excel, "run_limited", in_this_process)
    path, chance = whole(tmp_path), random.Random(1998)  # noqa: S311 (damage, not secrets)
    content, outcomes = path.read_bytes(), set()
    for _ in range(300):
        place = chance.randrange(len(content))
        path.write_bytes(content[:place] + chance.randbytes(4) + content[place + chance.choice((0, 4, 10_000)) :])
        with contextlib.suppress(UnreadableSource):
            outcomes.add(excel.read(path).tables[0].name)
    assert outcomes == {"patient"}
