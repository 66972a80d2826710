"""How are tallies kept? One Parquet a tally, `tallies.json` beside them: the folder that reproduces a review."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.tallies.spec import Key, Role, Unit
from seriatim.tallies.tally import Counts, Tally

SCHEMA = "seriatim.tallies/1"


def write_tallies(tallies: Mapping[str, Tally], folder: Path) -> None:
    """Write every tally; levels are written as words, so that the files can be read without this program."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = {}
    for name, tally in sorted(tallies.items()):
        frame = _frame(tally)
        frame.with_columns(pl.col(pl.Enum).cast(pl.String)).write_parquet(folder / f"{name}.parquet")
        entries[name] = _header(tally) | {"content_hash": _HASHES.get(tally) or _hash(tally, frame)}
    document = {"schema": SCHEMA, "tallies": entries}
    (folder / "tallies.json").write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")


def read_tallies(folder: str | Path) -> dict[str, Tally]:
    """Read a folder of tallies again, checking version and content hash of each."""
    folder = Path(folder)
    index = folder / "tallies.json"
    if not index.is_file():
        raise UnreadableSource(f"{folder.name} has no tallies.json; give the folder that a review wrote as tallies/")
    try:
        document = json.loads(index.read_text(encoding="utf-8"))
        found, entries = document["schema"], document.get("tallies", {})
    except (ValueError, TypeError, KeyError):
        raise InvalidDocument(f"tallies.json: found no `schema`, expected {SCHEMA!r}; count again") from None
    if found != SCHEMA:
        raise InvalidDocument(f"tallies.json: found {found!r}, expected {SCHEMA!r}; count again")
    return {name: _read_checked(folder / f"{name}.parquet", name, entry) for name, entry in entries.items()}


def content_hash(tally: Tally) -> str:
    """SHA-256 over what is counted and canonically sorted rows: the same counts give the same hash whatever wrote them.

    Roles, alignment, definitions and the absent level are in it, because they decide which sums are allowed; source,
    contributions and data cut are not.
    """
    return _HASHES.get(tally) or _hash(tally, _frame(tally))


# A review asks twice, to print it and to keep it beside the counts, and a tally does not change.
_HASHES: WeakKeyDictionary[Tally, str] = WeakKeyDictionary()
ROWS_AT_ONCE = 100_000  # the cases of a million patients, as one text, would fill a quarter of a gigabyte


def _hash(tally: Tally, frame: pl.DataFrame) -> str:
    keys = [(key.name, key.role, key.levels, key.labels, key.definitions, key.as_found) for key in tally.keys]
    header = (tally.name, tally.unit, tally.definition, tally.alignment, tally.absent, keys)
    digest = hashlib.sha256(json.dumps(header).encode())
    digest.update(frame.clear().write_csv().encode())
    for part in frame.iter_slices(ROWS_AT_ONCE):
        digest.update(part.write_csv(include_header=False).encode())
    _HASHES[tally] = digest.hexdigest()
    return _HASHES[tally]


def _read_checked(path: Path, name: str, entry: dict[str, Any]) -> Tally:
    # A file changed by other hands can be wrong in every way: a word for a number, a level or a column that is gone.
    try:
        tally = _read_one(path, name, entry)
    except (OSError, ValueError, TypeError, KeyError, PolarsError):
        raise UnreadableSource(
            f"{path.name}: cannot be read as tallies.json says; count again from the series"
        ) from None
    if content_hash(tally) != entry.get("content_hash"):
        raise UnreadableSource(f"{path.name}: the counts are not those that were written; count again from the series")
    return tally


def _read_one(path: Path, name: str, entry: dict[str, Any]) -> Tally:
    frame = pl.read_parquet(path)
    keys = tuple(_key(key) for key in entry["keys"])
    columns = {key.name: _codes(frame[key.name], key) for key in keys}
    header = {field: entry[field] for field in ("definition", "source", "data_cut", "alignment")}
    absent = (entry["absent"][0], entry["absent"][1]) if entry["absent"] else None
    return Tally(
        name,
        Unit(entry["unit"]),
        keys=keys,
        columns=columns,
        n=frame["n"].to_numpy().copy(),
        absent=absent,
        contributions=tuple(entry["contributions"]),
        **header,
    )


def _key(entry: dict[str, Any]) -> Key:
    words = {field: tuple(entry[field]) for field in ("levels", "labels", "definitions")}
    return Key(entry["name"], Role(entry["role"]), as_found=bool(entry["as_found"]), **words)


def _header(tally: Tally) -> dict[str, Any]:
    keys = [
        {
            "name": key.name,
            "role": key.role,
            "levels": list(key.levels),
            "labels": list(key.labels),
            "definitions": list(key.definitions),
            "as_found": key.as_found,
        }
        for key in tally.keys
    ]
    return {
        "unit": tally.unit,
        "definition": tally.definition,
        "source": tally.source,
        "data_cut": tally.data_cut,
        "alignment": tally.alignment,
        "absent": tally.absent,
        "contributions": list(tally.contributions),
        "disclosure": tally.disclosure,
        "keys": keys,
    }


def _frame(tally: Tally) -> pl.DataFrame:
    """The rows in order; levels are enumerated by the alphabet, so that they sort like words at the cost of numbers."""
    columns = {key.name: _column(key, tally.columns[key.name]) for key in tally.keys} | {"n": _numbers(tally.n)}
    return pl.DataFrame(columns).sort([*columns])


def _column(key: Key, places: Counts) -> pl.Series:
    if key.role is Role.ORDER:
        return _numbers(places)
    return pl.Series(key.levels, dtype=pl.Enum(sorted(set(key.levels)))).gather(places)


def _numbers(column: Counts) -> pl.Series:
    return pl.Series(column, dtype=pl.Int64)


def _codes(column: pl.Series, key: Key) -> Any:
    if key.role is Role.ORDER:
        return column.to_numpy().copy()
    codes = {level: position for position, level in enumerate(key.levels)}
    return np.array([codes[level] for level in column], dtype=np.int64)
