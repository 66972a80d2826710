"""What would one protocol and another have said before every dose of a series, and where do they first part?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from seriatim.engines.choose import worked_out_once
from seriatim.protocols.actions import PERMITS
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.replay.aftermath import aftermath
from seriatim.protocols.replay.charted import AsKnown
from seriatim.protocols.replay.decisions import Decisions, decisions_of
from seriatim.protocols.replay.features import completed, observed_features
from seriatim.protocols.replay.practice import adherence, in_force
from seriatim.protocols.replay.verdicts import verdicts
from seriatim.series.series import TreatmentSeries

BEFORE, FIRST, LATER = "before they part", "where they part", "after they parted"
UNTIL = (BEFORE, FIRST, LATER)
NEVER_PART, STRICTER, MILDER = "never", "the second is stricter", "the second is milder"
PARTINGS = (NEVER_PART, STRICTER, MILDER)
GIVEN, FOR_CERTAIN, POSSIBLY = "would give", "would withhold", "might withhold"
WOULD = (GIVEN, FOR_CERTAIN, POSSIBLY)
RANKS = ("definite", "possible", "operational", "lacking")
_PERMITS = max(action.rank for action in PERMITS)


@dataclass(frozen=True)
class Replayed:
    """`frame`: one row a decision with the verdicts of both protocols (columns `a_...` and `b_...`), practice and
    aftermath. `said` holds for each protocol its verdicts with all rules, `observed` what was charted.
    """

    frame: nw.LazyFrame[Any]
    decisions: Decisions
    protocols: Mapping[str, TreatmentProtocol]
    observed: Mapping[str, nw.LazyFrame[Any]]
    said: Mapping[str, nw.LazyFrame[Any]]


def compare(
    series: TreatmentSeries,
    a: TreatmentProtocol,
    b: TreatmentProtocol,
    *,
    as_known: AsKnown = "at_decision",
    hours: int = 24,
) -> Replayed:
    """Both protocols over every decision of the series.

    Valid for each decision up to the first at which they part; what is after it was lived under the first.
    """
    decisions = decisions_of(series)
    protocols = {"a": a, "b": b}
    observed = {"a": observed_features(series, a, decisions, as_known=as_known)}
    same = b.document.variables == a.document.variables
    observed["b"] = observed["a"] if same else observed_features(series, b, decisions, as_known=as_known)
    said = {
        name: worked_out_once(verdicts(completed(observed[name], protocol), decisions.frame, protocol, with_rules=True))
        for name, protocol in protocols.items()
    }
    frame = decisions.frame.join(in_force(series, decisions.frame, a), on="n", how="inner")
    frame = frame.join(aftermath(series, decisions.frame, hours), on="n", how="inner")
    for name, verdict in said.items():
        ranks = (nw.col(rank).alias(f"{name}_{rank}") for rank in RANKS)
        frame = frame.join(verdict.select("n", *ranks), on="n", how="inner")
    return Replayed(worked_out_once(_with_parting(frame)), decisions, protocols, observed, said)


def withholds(name: str) -> nw.Expr:
    """Would this protocol have withheld the dose: for certain, or only if what is missing were so?"""
    permits = (nw.col(f"{name}_possible") <= _PERMITS) & (nw.col(f"{name}_lacking") == 0)
    certain = nw.when(nw.col(f"{name}_definite") > _PERMITS).then(nw.lit(FOR_CERTAIN)).otherwise(nw.lit(POSSIBLY))
    return nw.when(permits).then(nw.lit(GIVEN)).otherwise(certain)


def _with_parting(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    differ = nw.col("a_operational") != nw.col("b_operational")
    one = nw.when(differ).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
    marked = frame.with_columns(
        differ=one,
        adherence=adherence("a_definite", "a_possible", "a_lacking"),
        a_would=withholds("a"),
        b_would=withholds("b"),
    )
    counted = marked.with_columns(so_far=nw.col("differ").cum_sum().over("who", order_by="n").cast(nw.Int64))
    first = (nw.col("so_far") == 1) & (nw.col("differ") == 1)
    until = nw.when(nw.col("so_far") == 0).then(nw.lit(BEFORE)).otherwise(
        nw.when(first).then(nw.lit(FIRST)).otherwise(nw.lit(LATER))
    )  # fmt: skip
    return counted.with_columns(until=until)


def partings(replayed: Replayed) -> nw.LazyFrame[Any]:
    """One row a patient with a decision: `patient_id`, `parting` (never, or which way the first is), `at_dose` (0: never)."""  # noqa: E501
    first = replayed.frame.filter(nw.col("until") == FIRST)
    stricter = nw.col("b_operational") > nw.col("a_operational")
    way = nw.when(stricter).then(nw.lit(STRICTER)).otherwise(nw.lit(MILDER))
    turn = nw.col("first_n").min().over("who")
    numbered = replayed.frame.with_columns(first_n=nw.col("n")).with_columns(first_n=turn)
    at = numbered.filter(nw.col("until") == FIRST).select("who", at_dose=nw.col("n") - nw.col("first_n") + 1)
    said = first.select("who", way.alias("parting")).join(at, on="who", how="inner")
    everyone = replayed.frame.select("who", "patient_id").unique()
    joined = everyone.join(said, on="who", how="left")
    return joined.select(
        "patient_id", nw.col("parting").fill_null(NEVER_PART), nw.col("at_dose").fill_null(0).cast(nw.Int64)
    )
