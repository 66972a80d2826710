"""Which bytes were read? Each file is read once, hashed, and only that copy is ever parsed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from seriatim.errors import UnreadableSource


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One file as it was when it was read: a file that changes meanwhile cannot mix two states."""

    name: str
    content: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def take_snapshot(path: Path) -> Snapshot:
    """Read a file once."""
    try:
        return Snapshot(path.name, path.read_bytes())
    except OSError as error:
        raise UnreadableSource(
            f"{path.name}: cannot be opened ({error.strerror}); check that it is there and that you may read it"
        ) from None


def content_hash(snapshots: Iterable[Snapshot]) -> str:
    """One hash over the names and contents of all files, whatever folder they lie in.

    >>> content_hash([Snapshot("a.csv", b"1"), Snapshot("b.csv", b"2")]) == content_hash(
    ...     [Snapshot("b.csv", b"2"), Snapshot("a.csv", b"1")])
    True
    """
    lines = sorted(f"{snapshot.name}\0{snapshot.digest}\n" for snapshot in snapshots)
    return sha256("".join(lines).encode()).hexdigest()
