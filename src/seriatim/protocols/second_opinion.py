"""Does a second engine answer every rule alike? The same trees as frame expressions, on DuckDB."""

from __future__ import annotations

from seriatim.engines.choose import collect, open_frames
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.rules.expression import expression
from seriatim.rules.facts import Facts
from seriatim.rules.frame import facts_frame


def agrees(protocol: TreatmentProtocol, facts: Facts) -> bool:
    """True where the compiled rules and DuckDB give the same truth for every rule and every resume condition."""
    return protocol.fast(facts) == by_frame(protocol, [facts])[0]


def by_frame(protocol: TreatmentProtocol, records: list[Facts]) -> list[tuple[tuple[bool, ...], tuple[bool, ...]]]:
    """Definite and possible of every rule, then of every resume condition, for each record."""
    trees = [*(rule.tree for rule in protocol.rules), *(r.resume for r in protocol.rules if r.resume is not None)]
    frame = open_frames({"facts": facts_frame(protocol.variables, records)}, "duckdb")["facts"]
    pairs = [expression(tree) for tree in trees]
    answers = frame.select(
        "row",
        *(pair.definite.alias(f"definite_{place}") for place, pair in enumerate(pairs)),
        *(pair.possible.alias(f"possible_{place}") for place, pair in enumerate(pairs)),
    )
    rows = collect(answers, "row").drop("row").rows()
    return [(row[: len(pairs)], row[len(pairs) :]) for row in rows]
