"""Which files of a folder hold which table? By the mapping, else by their names; the others are named too."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from seriatim.errors import InvalidDocument, UnreadableSource
from seriatim.findings import Finding
from seriatim.readers._findings import note
from seriatim.readers._mapping import did_you_mean

# What lies beside data and is no data: notes, mapping and plan files.
_COMPANIONS = (".md", ".yaml", ".yml")


def files_in(folder: Path) -> list[Path]:
    """The files of a folder in order of name, without hidden ones (`.DS_Store`) and Excel's own `~$` locks."""
    try:
        return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    except OSError:
        return []


def named_files(folder: Path, wanted: Iterable[str], table: str) -> list[Path]:
    """The files that a mapping names; they must be in the folder itself."""
    there = {path.name: path for path in files_in(folder)}
    absent = [name for name in wanted if name not in there]
    if absent:
        named = ", ".join(f'"{name}"{did_you_mean(name, there)}' for name in absent)
        raise InvalidDocument(f"mapping, tables.{table}.file: {folder.name} does not have {named}")
    return [there[name] for name in wanted]


def only_file(paths: list[Path], table: str) -> Path:
    """The one file of a table; two are refused, since one would silently win."""
    if len(paths) > 1:
        names = " and ".join(path.name for path in paths)
        raise UnreadableSource(
            f"{names} would each be {table}; keep one, or name it in the mapping under tables: {table}: file:"
        )
    return paths[0]


def not_read(folder: Path, read: Iterable[Path], ignored: Iterable[str], known: Iterable[str]) -> list[Finding]:
    """A note for each file that no table is taken from; `known` are the names that a file could have had."""
    return [
        note(
            "file.not_read",
            name,
            found="a file that holds no table of the series",
            expected=f"a file named by its table{did_you_mean(Path(name).stem, known)}",
            next_move="it was not read; name it in the mapping under file:, or under ignore: if that is right",
        )
        for name in _strays(folder, read, ignored)
    ]


def not_read_at_all(folder: Path, read: Iterable[Path], ignored: Iterable[str]) -> list[Finding]:
    """One note for all of them, where a folder commonly holds many data sets that a series does not need."""
    names = _strays(folder, read, ignored)
    found = note(
        "file.not_read",
        folder.name,
        found=f"files that hold no table of the series: {', '.join(names)}",
        expected="the data sets that a series is read from",
        next_move="they were not read; name one in the mapping under file: if it belongs to the series",
        rows=max(1, len(names)),
    )
    return [found] if names else []


def _strays(folder: Path, read: Iterable[Path], ignored: Iterable[str]) -> list[str]:
    passed = {path.name for path in read} | set(ignored)
    there = [path for path in files_in(folder) if path.suffix.lower() not in _COMPANIONS]
    return [path.name for path in there if path.name not in passed]
