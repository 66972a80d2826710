"""What do the records of a SAS transport file say? The child process: bytes in, texts and numbers out.

The library is written in C, where a fault takes the whole process with it; here it takes only this one.
"""

from __future__ import annotations

import io
import json
from typing import Any, BinaryIO

import numpy as np
import pyreadstat


def main(request: dict[str, Any], source: BinaryIO, answer: BinaryIO) -> None:
    """Read the file from `source`; write a line of JSON, then the numbers, one column after the other.

    The line holds the texts of each column, null where a column is of numbers; or why the file was refused. Numbers
    are little-endian doubles, NaN where nothing is written: as JSON they would take ten times as long.
    """
    numeric: list[bool] = request["numeric"]
    try:
        columns = _columns(source.read(), request["encoding"])
        numbers = [np.array(column, "<f8") for column, is_number in zip(columns, numeric, strict=True) if is_number]
    # TypeError: the library stumbles over a damaged name (20,000 damaged files, pyreadstat 1.3.7).
    except (pyreadstat.ReadstatError, ValueError, TypeError) as problem:
        answer.write(json.dumps({"refused": str(problem)}).encode())
        return
    texts = [None if is_number else column for column, is_number in zip(columns, numeric, strict=True)]
    answer.write(json.dumps({"columns": texts}).encode() + b"\n")
    for column in numbers:
        answer.write(column.tobytes())


def _columns(content: bytes, encoding: str) -> list[list[Any]]:
    columns: dict[str, list[Any]]
    columns, _ = pyreadstat.read_xport(
        io.BytesIO(content),
        encoding=encoding,
        disable_datetime_conversion=True,  # by format later: a date out of the calendar would stop the library
        output_format="dict",  # a frame would cost the import of a frame library in every child
    )
    return list(columns.values())
