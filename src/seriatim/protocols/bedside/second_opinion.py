"""Does a second engine answer every rule alike? The same trees as frame expressions, on DuckDB."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from threading import Lock
from typing import Any

from seriatim.engines.choose import open_frames
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.expression import expression
from seriatim.rules.facts import Facts
from seriatim.rules.frame import facts_frame
from seriatim.rules.tree import variables

Answer = tuple[tuple[bool, ...], tuple[bool, ...]]


def agrees(protocol: TreatmentProtocol, facts: Facts) -> bool:
    """True where the compiled rules and DuckDB give the same truth for every rule and every resume condition."""
    return protocol.fast(facts) == by_frame(protocol, [facts])[0]


def by_frame(protocol: TreatmentProtocol, records: list[Facts]) -> list[Answer]:
    """Definite and possible of every rule, then of every resume condition, for each record."""
    return _opened(_ByHash(protocol))(records)


class SecondOpinion:
    """The rules of one protocol as one query on a table of DuckDB that is filled anew for each question.

    Making the query takes most of the time of a first answer, so it is kept. One question at a time: a connection of
    DuckDB is not for two threads at once.
    """

    def __init__(self, protocol: TreatmentProtocol) -> None:
        trees = [*(rule.tree for rule in protocol.rules), *(r.resume for r in protocol.rules if r.resume is not None)]
        self._names = sorted(set[str]().union(*(variables(tree) for tree in trees)))
        self._rules = len(trees)
        self._lock = Lock()
        frame = open_frames({"facts": facts_frame(self._names, [])}, "duckdb")["facts"]
        pairs = [expression(tree) for tree in trees]
        answers = frame.select(
            "row",
            *(pair.definite.alias(f"definite_{place}") for place, pair in enumerate(pairs)),
            *(pair.possible.alias(f"possible_{place}") for place, pair in enumerate(pairs)),
        )
        self._table: Any = frame.to_native()
        self._answers: Any = answers.to_native()

    def __call__(self, records: list[Facts]) -> list[Answer]:
        with self._lock:
            self._table.query("facts", "DELETE FROM facts").fetchall()
            for row in facts_frame(self._names, records).rows():
                self._table.insert(list(row))
            rows: Iterable[tuple[Any, ...]] = sorted(self._answers.fetchall())
        return [(row[1 : self._rules + 1], row[self._rules + 1 :]) for row in rows]


class _ByHash:
    """A protocol that is the same where its content is."""

    def __init__(self, protocol: TreatmentProtocol) -> None:
        self.protocol = protocol

    def __hash__(self) -> int:
        return hash(self.protocol.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByHash) and other.protocol.sha256 == self.protocol.sha256


@lru_cache(maxsize=8)
def _opened(protocol: _ByHash) -> SecondOpinion:
    return SecondOpinion(protocol.protocol)
