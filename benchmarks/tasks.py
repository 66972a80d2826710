"""What is measured? Each task is a function; `python -m benchmarks.tasks NAME FOLDER` runs one."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.protocols import (  # noqa: F401 - found by name
    cel_expressions,
    decisions_compiled,
    decisions_judged,
    decisions_traced,
    features_worst,
    relational,
    replay_pair,
    seriatim_on_incomplete,
    zen_table,
)

PLAN = """schema: seriatim.plan/1
title: benchmark
grouping: {by: equal groups, groups: 4}
analyses:
  - name: terms
    options: {readings: [all], severities: [any, ">=3"], emergent: all records}
"""


def seriatim_count(folder: Path) -> dict[str, Any]:
    """Derive and count the table of terms, nothing else."""
    from seriatim.documents import load_document
    from seriatim.plans.plan import SCHEMA, Plan
    from seriatim.reviews.tally import tally
    from seriatim.series.stored import read_series

    plan = load_document(PLAN, Plan, schema=SCHEMA, name="plan")
    series = read_series(folder / "series")
    return timed(lambda: tally(series, plan))


def seriatim_table(folder: Path) -> dict[str, Any]:
    """The whole table: exact interval on every cell, difference, Fisher and trend a row."""
    from seriatim.documents import load_document
    from seriatim.plans.plan import SCHEMA, Plan
    from seriatim.reviews.analyse import analyse
    from seriatim.reviews.tally import tally
    from seriatim.series.stored import read_series

    plan = load_document(PLAN, Plan, schema=SCHEMA, name="plan")
    series = read_series(folder / "series")
    told = timed(lambda: analyse(tally(series, plan), plan))
    told["note"] = f"{told.pop('size')} result rows"
    return told


def polars_count(folder: Path) -> dict[str, Any]:
    """What a person would write by hand in Polars: distinct patients by group and term, any grade and grade 3-5."""
    import polars as pl

    def count() -> Any:
        events = pl.scan_parquet(folder / "events.parquet")
        worst = events.group_by("patient_id", "group", "system_organ_class", "term").agg(pl.col("grade").max())
        by_class = events.group_by("patient_id", "group", "system_organ_class").agg(pl.col("grade").max())
        anything = events.group_by("patient_id", "group").agg(pl.col("grade").max())
        n = [pl.len().alias("any"), (pl.col("grade") >= 3).sum().alias("severe")]
        parts = [
            worst.group_by("group", "system_organ_class", "term").agg(n),
            by_class.group_by("group", "system_organ_class").agg(n),
            anything.group_by("group").agg(n),
        ]
        return pl.collect_all(parts)

    return timed(count)


def duckdb_count(folder: Path) -> dict[str, Any]:
    """The same by hand in DuckDB."""
    import duckdb

    def count() -> Any:
        connection = duckdb.connect()
        source = f"read_parquet('{folder / 'events.parquet'}')"
        answers = []
        for keys in ("system_organ_class, term", "system_organ_class", ""):
            listed = f", {keys}" if keys else ""
            worst = f'SELECT patient_id, "group"{listed}, max(grade) AS g FROM {source} GROUP BY ALL'
            sql = f'SELECT "group"{listed}, count(*), count(*) FILTER (g >= 3) FROM ({worst}) GROUP BY ALL'
            answers.append(connection.execute(sql).fetchall())
        return answers

    return timed(count)


def csrlite_count(folder: Path) -> dict[str, Any]:
    """The peer csrlite: number and percentage by term and group, any grade only."""
    import polars as pl
    from csrlite.ae.ae_specific import ae_specific_ard

    people = pl.read_parquet(folder / "patients.parquet")
    events = pl.read_parquet(folder / "events.parquet")
    return timed(
        lambda: ae_specific_ard(
            people, events, None, None, None, ("patient_id", "Patient"), ("group", "Group"), ("term", "Term")
        )
    )


def tableone_table(folder: Path) -> dict[str, Any]:
    """The peer tableone: a wide frame with a column a term, percentages and a chi-squared P a row, any grade only."""
    import pandas as pd
    from tableone import TableOne

    people = pd.read_parquet(folder / "patients.parquet")
    events = pd.read_parquet(folder / "events.parquet")
    wide = pd.crosstab(events["patient_id"], events["term"]).clip(upper=1)
    wide.columns.name = None
    frame = people.set_index("patient_id").join(wide).fillna(0).reset_index(drop=True)
    terms = list(wide.columns)
    return timed(lambda: TableOne(frame, columns=terms, categorical=terms, groupby="group", pval=True))


def review(folder: Path, engine: str = "auto", memory: str = "") -> dict[str, Any]:
    """The whole review of a stored series by the plan of 1998 in eight groups, report included."""
    from seriatim.plans.grouping import EqualGroups
    from seriatim.plans.plan import read_plan
    from seriatim.reviews.read import read
    from seriatim.reviews.review import review as review_series

    plan = read_plan("il2_1998").model_copy(update={"grouping": EqualGroups(by="equal groups", groups=8)})

    def run() -> Any:
        done = review_series(read(folder, engine=engine, memory=memory or None), plan)
        done.write(folder / "review")
        return done.results

    told = timed(run)
    told["note"] = f"{told.pop('size')} result rows"
    return told


def help_opens(folder: Path) -> dict[str, Any]:  # noqa: ARG001
    """The help of the command line, imports included."""

    def opened() -> Any:
        from typer.testing import CliRunner

        from seriatim.cli.main import app

        return CliRunner().invoke(app, ["--help"]).output

    return timed(opened)


def timed(work: Callable[[], Any]) -> dict[str, Any]:
    began = time.perf_counter()
    answer = work()
    return {"seconds": time.perf_counter() - began, "size": len(answer) if hasattr(answer, "__len__") else 0}


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])))
