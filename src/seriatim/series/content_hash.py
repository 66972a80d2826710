"""What is the fingerprint of a table's content, whatever the order of its rows and the engine that holds it?"""

from __future__ import annotations

import hashlib

import polars as pl

_ROWS_AT_A_TIME = 100_000


def in_canonical_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows sorted by all their content in column order, nulls last; rows alike in content by `source_row`."""
    return frame.sort([*_content(frame), "source_row"], nulls_last=True)


def content_hash(frame: pl.DataFrame) -> str:
    """SHA-256 over names, types and rows without `source_row`: the same rows in another order have the same hash.

    >>> grades = pl.DataFrame({"term": ["fever", "rigors"], "source_row": [2, 3]})
    >>> content_hash(grades) == content_hash(grades.reverse())
    True
    """
    return hash_in_order(in_canonical_order(frame))


def hash_in_order(ordered: pl.DataFrame) -> str:
    """The content hash of a frame that is in canonical order already."""
    digest = ContentDigest(ordered.schema)
    for batch in ordered.iter_slices(_ROWS_AT_A_TIME):
        digest.add(batch)
    return digest.hexdigest()


class ContentDigest:
    """The same hash over parts that come in canonical order, so that a table need not fit into memory."""

    def __init__(self, schema: pl.Schema) -> None:
        self.rows = 0
        self._digest = hashlib.sha256()
        for name, dtype in schema.items():
            if name != "source_row":
                self._digest.update(f"{name}:{_type_name(dtype)}\n".encode())

    def add(self, batch: pl.DataFrame) -> None:
        if batch.height:
            self.rows += batch.height
            self._digest.update(_lines(batch).encode())

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def _lines(batch: pl.DataFrame) -> str:
    line = pl.concat_str(_field(name, batch.schema[name]) for name in _content(batch))
    joined: str = batch.select(line.str.join("\n")).item()
    return joined + "\n"


def _field(name: str, dtype: pl.DataType) -> pl.Expr:
    """A field with its length before it, so that no separator inside a text can shift the columns."""
    column = pl.col(name)
    text = column if dtype == pl.String else column.cast(pl.Int64).cast(pl.String)
    return pl.concat_str(text.str.len_bytes().cast(pl.String), pl.lit(":"), text, pl.lit("|")).fill_null("-|")


def _content(frame: pl.DataFrame) -> list[str]:
    return [name for name in frame.columns if name != "source_row"]


def _type_name(dtype: pl.DataType) -> str:
    return {"String": "text", "Int64": "int64"}.get(str(dtype), "instant")
