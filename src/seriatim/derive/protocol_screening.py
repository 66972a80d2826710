"""Which treated patient would have met each screening criterion of a protocol at the first planned dose?"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

import narwhals.stable.v2 as nw

from seriatim import shelves
from seriatim.derive._cases import Cases
from seriatim.derive._replayed import nothing, of_cases, protocol_named
from seriatim.engines.choose import worked_out_once
from seriatim.protocols.protocol import TreatmentProtocol
from seriatim.protocols.replay.decisions import decisions_of
from seriatim.protocols.replay.features import features
from seriatim.rules.expression import Pair, expression
from seriatim.series.series import TreatmentSeries
from seriatim.tallies.spec import TallySpec

ALL = "all criteria"
MET, NOT_MET, NOT_KNOWN, NO_DOSE = "met", "not met", "not known", "no dated dose"


def derive(series: TreatmentSeries, cases: Cases, spec: TallySpec) -> nw.LazyFrame[Any]:
    """One row a case and criterion: `patient_id`, `criterion` (a view, "all criteria" among them), `answer`.

    What was charted by the first planned dose is asked. With `variable` and `level` among the keys of the tally, one
    row a case and characteristic, with the answer to all criteria.
    """
    protocol = protocol_named(cases, str(spec.options["protocol"]), unverified=bool(spec.options.get("unverified")))
    answers = _answers(series, cases, protocol)
    if "variable" not in spec.names:
        return answers
    everything = answers.filter(nw.col("criterion") == ALL).select("patient_id", "answer")
    mixed = shelves.take("derive", "case_mix").derive(series, cases, spec)
    joined: nw.LazyFrame[Any] = mixed.join(everything, on="patient_id", how="inner")
    return joined


def _answers(series: TreatmentSeries, cases: Cases, protocol: TreatmentProtocol) -> nw.LazyFrame[Any]:
    key = ("screened", protocol.sha256)
    if key not in cases.kept:
        cases.kept[key] = worked_out_once(_asked(series, cases, protocol))
    found: nw.LazyFrame[Any] = cases.kept[key]
    return found


def _asked(series: TreatmentSeries, cases: Cases, protocol: TreatmentProtocol) -> nw.LazyFrame[Any]:
    everyone = cases.frame.select("patient_id")
    pairs = {screen.id: expression(screen.eligible) for screen in protocol.screens}
    if not pairs:
        return nothing(cases, {"criterion": "", "answer": ""})
    pairs[ALL] = Pair(
        reduce(and_, [pair.definite for pair in pairs.values()]),
        reduce(and_, [pair.possible for pair in pairs.values()]),
    )
    if not series.has("dose"):
        return nw.concat([_answered(everyone, name, nw.lit(NO_DOSE)) for name in pairs])
    decisions = decisions_of(series)
    first = decisions.frame.with_columns(first=nw.col("n").min().over("who")).filter(nw.col("n") == nw.col("first"))
    known = features(series, protocol, decisions).join(first.select("n", "patient_id"), on="n", how="inner")
    asked = worked_out_once(of_cases(known, cases))
    parts = []
    for name, pair in pairs.items():
        inner = nw.when(pair.possible).then(nw.lit(NOT_KNOWN)).otherwise(nw.lit(NOT_MET))
        said = asked.select("patient_id", said=nw.when(pair.definite).then(nw.lit(MET)).otherwise(inner))
        joined = everyone.join(said, on="patient_id", how="left")
        parts.append(_answered(joined, name, nw.col("said").fill_null(NO_DOSE)))
    return nw.concat(parts)


def _answered(rows: nw.LazyFrame[Any], name: str, answer: nw.Expr) -> nw.LazyFrame[Any]:
    return rows.select("patient_id", nw.lit(name).alias("criterion"), answer.alias("answer"))
