"""How fast are thirty rules before a dose, and what do other engines make of records that are not complete?"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

RULES, NUMBERS, FLAGS = 30, 6, 18
RECORDS, INCOMPLETE = 10_000, 2_000
DECISIONS, DOSES_A_PATIENT, VALUES, CODES = 1_000_000, 20, 20_000_000, 20
MISSING_SHARE = 0.3
GIVE = 0


def thirty_rules(codes: str = "v") -> Any:
    """Two bands of each of six numbers and eighteen flags: hold for the lower band and odd flags, else stop."""
    from seriatim.protocols.load import load_protocol

    source = "source: {ref: s, at: t}"
    variables = [
        f"  n{i}: {{type: quantity, text: n, unit: mg/dL, codes: [{codes}n{i}], resolution: 0.1, plausible: [0, 30]}}"
        for i in range(NUMBERS)
    ]
    variables += [f"  f{i}: {{type: boolean, text: f{i}, codes: [{codes}f{i}]}}" for i in range(FLAGS)]
    rules = []
    for i in range(NUMBERS):
        band = f"n{i} >= '2.5 mg/dL' AND n{i} < '3 mg/dL'"
        rules.append(f'  - {{id: low{i}, text: r, when: "{band}", then: hold_dose, {source}}}')
        rules.append(f"  - {{id: high{i}, text: r, when: \"n{i} >= '3 mg/dL'\", then: stop_cycle, {source}}}")
    for i in range(FLAGS):
        rules.append(f"  - {{id: flag{i}, text: r, when: f{i}, then: {_then(i)}, {source}}}")
    head = "schema: seriatim.protocol/1\nid: thirty\nversion: 1.0.0\ntitle: thirty\nsources: {s: {cite: made up}}"
    return load_protocol("\n".join([head, "variables:", *variables, "before_dose:", *rules]), "thirty.yaml")


def _then(flag: int) -> str:
    return "hold_dose" if flag % 2 else "stop_cycle"


def records(n: int, missing: float, seed: int = 7) -> list[dict[str, float | bool]]:
    """Records of numbers and flags; what is missing is not in the record."""
    generator = np.random.default_rng(seed)
    numbers = np.round(generator.gamma(3, 0.5, (n, NUMBERS)), 1)
    flags = generator.random((n, FLAGS)) < 0.02
    there = generator.random((n, NUMBERS + FLAGS)) >= missing
    return [
        {f"n{i}": float(numbers[row, i]) for i in range(NUMBERS) if there[row, i]}
        | {f"f{i}": bool(flags[row, i]) for i in range(FLAGS) if there[row, NUMBERS + i]}
        for row in range(n)
    ]


def facts_of(record: dict[str, float | bool]) -> dict[str, Any]:
    from seriatim.rules.facts import Fact

    ticks = {k: int(v) if isinstance(v, bool) else round(v * 10) * 100_000 for k, v in record.items()}
    return {name: Fact(value, value) for name, value in ticks.items()}


def decisions_compiled(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """All rules of one record after another, compiled, without trace."""
    protocol, facts = thirty_rules(), [facts_of(record) for record in records(RECORDS, 0)]
    return _rate(protocol.fast, facts)


def decisions_judged(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """The whole verdict of one record after another, with its interval, latches and lacking inputs."""
    from seriatim.protocols.bedside.verdict import judge

    protocol, facts = thirty_rules(), [facts_of(record) for record in records(RECORDS, 0)]
    return _rate(lambda one: judge(protocol, one), facts)


def decisions_traced(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """From charted values to the verdict with every reason, one engine."""
    from datetime import UTC, datetime, timedelta

    from seriatim.protocols.bedside.decide import decide
    from seriatim.protocols.bedside.moment import Moment
    from seriatim.protocols.bedside.observations import Observation

    protocol, now = thirty_rules(), datetime(2026, 1, 2, 8, tzinfo=UTC)
    charted = [
        [
            Observation("p", f"v{name}", "yes" if value is True else "no" if value is False else f"{value}",
                        None if isinstance(value, bool) else "mg/dL", now - timedelta(hours=1))
            for name, value in record.items()
        ]
        for record in records(500, 0)
    ]  # fmt: skip
    moment = Moment("p", 1, 1, now)
    return _rate(lambda one: decide(protocol, one, moment, double_check=False), charted)


def zen_table(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """The peer zen-engine: the thirty rules as one decision table; and its answers on incomplete records."""
    import zen

    decision = zen.ZenEngine().create_decision(json.dumps(_zen_graph()))
    said = lambda record: _zen_verdict(decision.evaluate(record))  # noqa: E731
    told = _rate(said, records(RECORDS, 0))
    told["note"] += "; " + _wrong(said)
    return told


def cel_expressions(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """The peer cel-expr-python: thirty expressions; and its answers on incomplete records, errors heeded or not."""
    from cel_expr_python import cel

    types = {f"n{i}": cel.Type.DOUBLE for i in range(NUMBERS)} | {f"f{i}": cel.Type.BOOL for i in range(FLAGS)}
    env = cel.NewEnv(variables=types)
    rules = [(env.compile(text), rank) for text, rank in _cel_rules()]

    def heeded(record: dict[str, float | bool]) -> tuple[int, int]:
        found = [(rule.eval(data=record), rank) for rule, rank in rules]
        errors = [value.type() == cel.Type.ERROR for value, _ in found]
        sure = [rank for (v, rank), bad in zip(found, errors, strict=True) if not bad and v.value()]
        maybe = [rank for (_, rank), bad in zip(found, errors, strict=True) if bad]
        return max(sure, default=GIVE), max([*sure, *maybe], default=GIVE)

    told = _rate(heeded, records(RECORDS // 5, 0))

    def unheeded(record: dict[str, float | bool]) -> int:
        return max((rank for rule, rank in rules if rule.eval(data=record).value() is True), default=GIVE)

    told["note"] += f"; errors heeded: {_wrong_interval(heeded)}; errors taken for no: {_wrong(unheeded)}"
    return told


def seriatim_on_incomplete(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """The same incomplete records, judged here."""
    from seriatim.protocols.bedside.verdict import judge

    protocol = thirty_rules()

    def interval(record: dict[str, float | bool]) -> tuple[int, int]:
        verdict = judge(protocol, facts_of(record))
        return _own(verdict.definite.rank), _own(verdict.possible.rank)

    told = _rate(interval, records(INCOMPLETE, MISSING_SHARE))
    told["note"] += "; " + _wrong_interval(interval)
    return told


def relational(folder: Path, engine: str = "polars") -> dict[str, Any]:  # noqa: ARG001
    """A million decisions by thirty rules in frames: verdict interval, stops that last, one row a decision."""
    from seriatim.engines.choose import open_frames, worked_out_once
    from seriatim.protocols.replay.verdicts import verdicts
    from seriatim.rules.expression import high, low

    protocol, generator = thirty_rules(), np.random.default_rng(3)
    n = np.arange(1, DECISIONS + 1)
    keys = {"n": n, "who": (n - 1) // DOSES_A_PATIENT + 1, "course": np.ones_like(n), "cycle": np.ones_like(n)}
    columns: dict[str, Any] = {"n": n}
    for name in protocol.variables:
        drawn = (
            generator.integers(0, 40, DECISIONS) * 100_000 if name[0] == "n" else generator.integers(0, 2, DECISIONS)
        )
        values = pl.Series(np.where(generator.random(DECISIONS) < MISSING_SHARE, -1, drawn))
        columns |= {column(name): values.set(values < 0, None) for column in (low, high)}
    opened = open_frames({"facts": pl.DataFrame(columns), "keys": pl.DataFrame(keys)}, engine)
    began = time.perf_counter()
    worked_out_once(verdicts(opened["facts"], opened["keys"], protocol))
    return {"seconds": time.perf_counter() - began, "size": DECISIONS, "note": f"{engine}, {DECISIONS:,} x {RULES}"}


def features_worst(folder: Path, engine: str = "polars") -> dict[str, Any]:
    """Worst value since the previous dose of twenty codes from twenty million values for a million doses."""
    from seriatim.engines.choose import worked_out_once
    from seriatim.protocols.replay.decisions import decisions_of
    from seriatim.protocols.replay.features import features

    series = _series(folder, engine)
    began = time.perf_counter()
    decisions = decisions_of(series)
    worked_out_once(features(series, twenty_worst("3"), decisions))
    return {"seconds": time.perf_counter() - began, "size": DECISIONS, "note": f"{engine}, doses numbered included"}


def replay_pair(folder: Path, engine: str = "polars") -> dict[str, Any]:
    """Protocol against protocol over a million doses: features, both verdicts, first partings."""
    from seriatim.engines.choose import worked_out_once
    from seriatim.protocols.replay.comparison import compare, partings

    series = _series(folder, engine)
    began = time.perf_counter()
    worked_out_once(partings(compare(series, twenty_worst("3"), twenty_worst("2.5"))))
    return {"seconds": time.perf_counter() - began, "size": DECISIONS, "note": f"{engine}, features included"}


def twenty_worst(limit: str) -> Any:
    """A rule a code, on the worst value since the previous planned dose."""
    from seriatim.protocols.load import load_protocol

    look = "take: worst, window: {since: previous_planned}, worse: up, resolution: 0.1, plausible: [0.1, 30]"
    variables = [f"  v{i}: {{type: quantity, text: v, unit: mg/dL, codes: [code{i}], {look}}}" for i in range(CODES)]
    rules = [
        f"  - {{id: r{i}, text: r, when: \"v{i} >= '{limit} mg/dL'\", then: hold_dose, source: {{ref: s, at: t}}}}"
        for i in range(CODES)
    ]
    head = "schema: seriatim.protocol/1\nid: worst\nversion: 1.0.0\ntitle: w\nsources: {s: {cite: made up}}"
    return load_protocol("\n".join([head, "variables:", *variables, "before_dose:", *rules]), "worst.yaml")


def _series(folder: Path, engine: str) -> Any:
    from seriatim.engines.choose import open_frames
    from seriatim.series.series import Provenance, TreatmentSeries

    names = ("patient", "dose", "lab_result")
    frames = open_frames({name: folder / f"{name}.parquet" for name in names}, engine)
    return TreatmentSeries(frames, engine, Provenance("made up", "benchmark", "-"))


def dose_series(folder: Path) -> Path:
    """A million planned doses every 8 h and twenty million values around them, as Parquet."""
    if (folder / "lab_result.parquet").is_file():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    generator, patients = np.random.default_rng(11), DECISIONS // DOSES_A_PATIENT
    names = pl.Series([f"S{i:07d}" for i in range(patients)])
    pl.DataFrame({"patient_id": names, "case_number": np.arange(1, patients + 1)}).write_parquet(
        folder / "patient.parquet"
    )
    who, number = np.repeat(np.arange(patients), DOSES_A_PATIENT), np.tile(np.arange(DOSES_A_PATIENT), patients)
    due = pl.Series((14_400_000 + who * 10 + number * 480) * 60_000_000).cast(pl.Datetime("us"))
    status = pl.Series(["given", "held", "skipped"]).gather(generator.choice(3, len(who), p=[0.85, 0.1, 0.05]))
    one = np.ones(len(who), dtype=np.int64)
    doses = pl.DataFrame({"patient_id": names.gather(who), "course": one, "cycle": one, "dose": number + 1,
                          "status": status})  # fmt: skip
    times = {f"{name}_{end}": due for name in ("planned", "started") for end in ("earliest", "latest")}
    doses.with_columns(**times).write_parquet(folder / "dose.parquet")
    whose = generator.integers(0, patients, VALUES)
    minute = 14_400_000 + whose * 10 + generator.integers(-1_440, DOSES_A_PATIENT * 480, VALUES)
    taken = pl.Series(minute * 60_000_000).cast(pl.Datetime("us"))
    told = pl.Series((minute + generator.integers(5, 120, VALUES)) * 60_000_000).cast(pl.Datetime("us"))
    tenths = generator.integers(1, 31, VALUES)
    values = pl.DataFrame({
        "patient_id": names.gather(whose),
        "test": pl.Series([f"code{i}" for i in range(CODES)]).gather(generator.integers(0, CODES, VALUES)),
        "value_text": pl.Series([f"{i / 10:.1f}" for i in range(31)]).gather(tenths),
        "value_micro": tenths * 100_000,
    })  # fmt: skip
    rest = {"value_unit": pl.lit("mg/dL"), "value_censored": pl.lit(None, pl.String)}
    ends = {f"collected_{end}": taken for end in ("earliest", "latest")} | {"reported_latest": told}
    values.with_columns(**rest, **ends).write_parquet(folder / "lab_result.parquet")
    return folder


def _rate(work: Any, items: list[Any]) -> dict[str, Any]:
    for item in items[:20]:
        work(item)
    began = time.process_time()
    for item in items:
        work(item)
    seconds = time.process_time() - began
    return {"seconds": seconds, "size": len(items), "note": f"{len(items) / seconds:,.0f} decisions a CPU second"}


def _truth(record: dict[str, float | bool]) -> tuple[int, int]:
    """Definite and possible, by a reading of the thirty rules that knows nothing of the engines."""
    sure, maybe = [GIVE], [GIVE]
    for i in range(NUMBERS):
        value = record.get(f"n{i}")
        if value is None:
            maybe.append(2)
        elif value >= 2.5:
            sure.append(2 if value >= 3 else 1)
    for i in range(FLAGS):
        rank = 1 if i % 2 else 2
        if f"f{i}" not in record:
            maybe.append(rank)
        elif record[f"f{i}"]:
            sure.append(rank)
    return max(sure), max(*sure, *maybe)


def _own(rank: int) -> int:
    return {0: 0, 3: 1, 4: 2}[rank]


def _wrong(said: Any) -> str:
    """How often a plain answer is to give where a hold or stop cannot be excluded, or misses what surely holds."""
    asked = records(INCOMPLETE, MISSING_SHARE, seed=8)
    answers = [(said(record), *_truth(record)) for record in asked]
    gives = sum(answer == GIVE < possible for answer, _, possible in answers)
    missed = sum(answer < definite for answer, definite, _ in answers)
    return (
        f"of {len(asked):,} incomplete records {gives:,} a plain give not excluded otherwise, {missed:,} below certain"
    )


def _wrong_interval(said: Any) -> str:
    asked = records(INCOMPLETE, MISSING_SHARE, seed=8)
    wrong = sum(said(record) != _truth(record) for record in asked)
    return f"of {len(asked):,} incomplete records {wrong:,} with another interval"


def _cel_rules() -> list[tuple[str, int]]:
    rules = []
    for i in range(NUMBERS):
        rules += [(f"n{i} >= 2.5 && n{i} < 3.0", 1), (f"n{i} >= 3.0", 2)]
    return rules + [(f"f{i}", 1 if i % 2 else 2) for i in range(FLAGS)]


def _zen_graph() -> dict[str, Any]:
    names = [f"n{i}" for i in range(NUMBERS)] + [f"f{i}" for i in range(FLAGS)]
    inputs = [{"id": name, "name": name, "field": name} for name in names]
    cells = [(f"n{i}", test, rank) for i in range(NUMBERS) for test, rank in (("[2.5..3)", 1), (">= 3", 2))]
    cells += [(f"f{i}", "true", 1 if i % 2 else 2) for i in range(FLAGS)]
    rules = [
        {"_id": str(place), **dict.fromkeys(names, ""), name: test, "rank": str(rank)}
        for place, (name, test, rank) in enumerate(cells)
    ]
    table = {"hitPolicy": "collect", "inputs": inputs, "rules": rules,
             "outputs": [{"id": "rank", "name": "rank", "field": "rank"}]}  # fmt: skip
    nodes = [("in", "inputNode", {}), ("t", "decisionTableNode", table), ("out", "outputNode", {})]
    return {
        "nodes": [{"id": i, "name": i, "type": kind, "content": content} for i, kind, content in nodes],
        "edges": [
            {"id": f"{a}{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in (("in", "t"), ("t", "out"))
        ],
    }


def _zen_verdict(answer: Any) -> int:
    return max((row["rank"] for row in answer["result"]), default=GIVE)
