"""What is inside each part of a workbook file? Its bytes, streamed and counted, and its XML without any DTD."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

CHUNK = 1 << 18

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Characters = Callable[[str], None]


class Refusal(Exception):
    """The workbook will not be read; the message ends the sentence that begins with its name."""


def members_of(content: bytes) -> dict[str, zipfile.ZipInfo]:
    """The parts of the file by name."""
    return {member.filename: member for member in zipfile.ZipFile(io.BytesIO(content)).infolist()}


def unpacked(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of one part, never more than its directory promised and never fewer.

    The standard library stops silently at the promised size, so that a lie would hide what another parser reads.
    """
    packed = _packed(content, member)
    size, checksum = 0, 0
    for chunk in _inflated(packed, member.compress_type):
        size += len(chunk)
        checksum = zlib.crc32(chunk, checksum)
        if size > member.file_size:
            break
        yield chunk
    if size != member.file_size or checksum != member.CRC:
        raise Refusal("is damaged, or lies about the size of its parts; open it in Excel and save it again")


def walk(content: bytes, member: zipfile.ZipInfo, start: Start, end: End, characters: Characters) -> None:
    """Stream one XML part through handlers that are given local names; a DTD is refused before it defines anything."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
    parser.CharacterDataHandler = characters
    try:
        for chunk in unpacked(content, member):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refusal(f"has a damaged part ({member.filename}: {error}); open it in Excel and save it again") from None


def _packed(content: bytes, member: zipfile.ZipInfo) -> memoryview:
    try:
        name, extra = struct.unpack_from("<HH", content, member.header_offset + 26)
    except struct.error:
        raise Refusal("is cut short or damaged; export or copy it again") from None
    begin = member.header_offset + 30 + name + extra
    return memoryview(content)[begin : begin + member.compress_size]


def _inflated(packed: memoryview, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + CHUNK]) for at in range(0, len(packed), CHUNK))
        return
    if method != zipfile.ZIP_DEFLATED:
        raise Refusal("is packed in a way that Excel does not use; open it in Excel and save it again")
    inflater = zlib.decompressobj(-15)
    try:
        pending: bytes = bytes(packed)
        while pending and not inflater.eof:
            yield inflater.decompress(pending, CHUNK)
            pending = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error:
        raise Refusal("is cut short or damaged; export or copy it again") from None


def _refuse_dtd(*_: object) -> None:
    raise Refusal("contains a DTD, which no workbook needs and which can hide other files; save it in Excel again")
