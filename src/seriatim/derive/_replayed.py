"""Which replay do the derivations of protocols share? Each pair of protocols is replayed once a review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from seriatim.derive._cases import Cases
from seriatim.engines.choose import worked_out_once
from seriatim.protocols.actions import Action
from seriatim.protocols.load import read_protocol
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.replay.comparison import Replayed, compare
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

WORDS = tuple(action.value for action in Action)


def replay_of(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> Replayed | None:
    """The replay that a tally asks for; None where the series has no planned doses.

    Options: `protocol`, `against` (the same again where empty), `as_known`, `hours`, `unverified`.
    """
    if not series.has("dose"):
        return None
    asked = spec.options
    a = protocol_named(cases, str(asked["protocol"]), unverified=bool(asked.get("unverified")))
    b = protocol_named(cases, str(asked.get("against") or asked["protocol"]), unverified=bool(asked.get("unverified")))
    as_known, hours = asked.get("as_known", "at_decision"), int(asked.get("hours", 24))
    key = ("replay", a.sha256, b.sha256, as_known, hours)
    if key not in cases.kept:
        cases.kept[key] = compare(series, a, b, as_known=as_known, hours=hours)
    found: Replayed = cases.kept[key]
    return found


def protocol_named(cases: Cases, name: str, *, unverified: bool = False) -> TreatmentProtocol:
    """A protocol that was handed over under this name, or the one of the file or of the library."""
    key = ("protocol", name)
    if key not in cases.kept:
        cases.kept[key] = read_protocol(name, unverified=unverified)
    found: TreatmentProtocol = cases.kept[key]
    return found


def of_cases(rows: nw.LazyFrame[Any], cases: Cases) -> nw.LazyFrame[Any]:
    """The decisions of patients who are cases."""
    return rows.join(cases.frame.select("patient_id"), on="patient_id", how="inner")


def with_case(rows: nw.LazyFrame[Any], cases: Cases, *keys: str) -> nw.LazyFrame[Any]:
    """The same with keys of the case, for derivations that count by themselves."""
    return worked_out_once(rows.join(cases.frame.select("patient_id", *keys), on="patient_id", how="inner"))


def action_words(rank: str) -> nw.Expr:
    """A rank as the word of its action."""
    word: nw.Expr = nw.lit(WORDS[0])
    for place, action in enumerate(WORDS[1:], start=1):
        word = nw.when(nw.col(rank) == place).then(nw.lit(action)).otherwise(word)
    return word


def nothing(cases: Cases, columns: Mapping[str, str | int]) -> nw.LazyFrame[Any]:
    """No row, with the columns of a tally."""
    nobody = cases.frame.filter(nw.col("patient_id").is_null()).select("patient_id")
    typed = {
        name: nw.lit(value).cast(nw.Int64) if isinstance(value, int) else nw.lit(value)
        for name, value in columns.items()
    }
    return nobody.with_columns(**typed)


def counted_rows(parts: Iterable[pl.DataFrame]) -> nw.LazyFrame[Any]:
    """Counts that were made by themselves, as a frame."""
    return nw.from_native(pl.concat(list(parts), how="diagonal").lazy())
