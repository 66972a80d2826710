"""Which engine do the frames of a series run on, and how are they opened and collected there?"""

from __future__ import annotations

import tempfile
import uuid
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import narwhals.stable.v2 as nw
import polars as pl

from seriatim.errors import Misuse

# Polars keeps no bound of memory. The whole review of a million patients, whose largest table has 101 million rows,
# took it 57 s and 4.4 GB, DuckDB bound to 6 GB 61 s and 6.4 GB (2 cores, 2026; docs/decisions/0008).
LARGE_TABLE_ROWS = 150_000_000
ENGINES = ("auto", "polars", "duckdb")
_KEY = "seriatim_connection"
_OURS: weakref.WeakValueDictionary[str, duckdb.DuckDBPyConnection] = weakref.WeakValueDictionary()


def choose_engine(engine: str, memory: str | None, largest_table_rows: int) -> str:
    """The engine by name: "auto" is Polars, and DuckDB where memory is bounded or a table is over 150 million rows.

    >>> choose_engine("auto", None, 1241)
    'polars'
    >>> choose_engine("auto", "2GB", 1241)
    'duckdb'
    """
    if engine not in ENGINES:
        raise Misuse(f'engine: found "{engine}", expected one of {", ".join(ENGINES)}')
    if engine == "polars" and memory is not None:
        raise Misuse('memory: found a bound with engine "polars", which keeps none; use engine "duckdb" or "auto"')
    if engine != "auto":
        return engine
    return "duckdb" if memory is not None or largest_table_rows > LARGE_TABLE_ROWS else "polars"


def open_frames(
    tables: Mapping[str, pl.DataFrame | Path], engine: str, memory: str | None = None
) -> dict[str, nw.LazyFrame[Any]]:
    """Lazy frames of tables given as Polars frames or as Parquet files; all of one call can be joined to each other.

    `engine` is the answer of `choose_engine`; `memory` (e.g. "2GB") bounds DuckDB, which then spills to disk.
    """
    if engine == "polars":
        return {name: nw.from_native(_polars_frame(table)) for name, table in tables.items()}
    connection = _connect(memory, {table.parent.resolve() for table in tables.values() if isinstance(table, Path)})
    return {name: nw.from_native(_duckdb_relation(connection, name, table)) for name, table in tables.items()}


def collect(frame: nw.LazyFrame[Any], sort_by: str | Sequence[str]) -> pl.DataFrame:
    """The rows of a lazy frame in a stated order, the same on every engine.

    Rows that `sort_by` does not tell apart are ordered by all other columns, so no engine's own order shows.
    """
    collected: pl.DataFrame = frame.collect("polars").to_native()
    first = [sort_by] if isinstance(sort_by, str) else list(sort_by)
    others = [name for name in collected.columns if name not in first]
    return collected.sort([*first, *others], nulls_last=True)


def distinct(frame: nw.LazyFrame[Any], *columns: str) -> nw.LazyFrame[Any]:
    """Each combination of the columns once; narwhals' own `unique` numbers all rows on DuckDB, ten times the work."""
    return frame.group_by(*columns).agg(nw.len().alias("rows")).select(*columns)


def worked_out_once(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """The same rows, worked out now: for a frame that a plan uses more than once, since each use would start anew.

    On DuckDB the rows become a table of the frame's own connection, within its bound of memory and spilling beyond.
    """
    native = frame.to_native()
    if not isinstance(native, duckdb.DuckDBPyRelation):
        return frame.collect("polars").lazy()
    name = f"kept_{uuid.uuid4().hex}"
    native.create(name)
    connection = _connection_of(native)
    if connection is not None:
        return nw.from_native(connection.table(name))
    return nw.from_native(native.query("frame", f'SELECT * FROM "{name}"'))  # noqa: S608 - a name of our own making


def _connection_of(relation: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyConnection | None:
    """The connection of ours that a relation belongs to.

    A relation made from a relation keeps all that went before it, and each table made anew has all of it bound again:
    a chain of a hundred steps took a minute. One made from the connection stands alone.
    """
    asked = relation.query("frame", f"SELECT getvariable('{_KEY}')")
    key = asked.fetchall()[0][0] if asked is not None else None
    return _OURS.get(key) if key else None


def _polars_frame(table: pl.DataFrame | Path) -> pl.LazyFrame:
    return pl.scan_parquet(table) if isinstance(table, Path) else table.lazy()


def _duckdb_relation(
    connection: duckdb.DuckDBPyConnection, name: str, table: pl.DataFrame | Path
) -> duckdb.DuckDBPyRelation:
    if isinstance(table, Path):
        return connection.read_parquet(str(table.resolve()))
    # Copied into DuckDB, not viewed: only its own tables count towards memory_limit and can spill.
    connection.from_arrow(table.to_arrow()).create(name)
    return connection.table(name)


def _connect(memory: str | None, folders: set[Path]) -> duckdb.DuckDBPyConnection:
    """A private connection that can read the given folders and spill, and nothing else.

    Not the default connection: external access and its exceptions can be set only once in the life of a
    connection, so the second source of a process would be refused. The price is that narwhals' `unpivot` and
    `join_asof` fail on it; reshape after collecting.
    """
    connection = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
    spill = Path(tempfile.gettempdir()) / f"seriatim-spill-{uuid.uuid4().hex}"  # DuckDB makes it and removes it
    connection.execute(f"SET temp_directory = {_quoted(str(spill))}")
    if memory is not None:
        _bound_memory(connection, memory)
    connection.execute(f"SET allowed_directories = [{', '.join(sorted(_quoted(str(path)) for path in folders))}]")
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions", "enable_external_access"):
        connection.execute(f"SET {setting} = false")
    key = uuid.uuid4().hex
    connection.execute(f"SET VARIABLE {_KEY} = '{key}'")
    _OURS[key] = connection
    connection.execute("SET lock_configuration = true")
    return connection


def _bound_memory(connection: duckdb.DuckDBPyConnection, memory: str) -> None:
    try:
        connection.execute(f"SET memory_limit = {_quoted(memory)}")
    except duckdb.Error as problem:
        raise Misuse(f'memory: found "{memory}", expected an amount such as "2GB"') from problem


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
