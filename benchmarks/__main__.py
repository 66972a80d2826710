"""`make bench`: everything measured side by side in one run, printed as Markdown."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence

from benchmarks.data import FOLDER, event_series, review_series
from benchmarks.measure import Measured, measure
from benchmarks.protocols import dose_series

TABLES = ((20_000, 100_000), (200_000, 1_000_000))
REVIEWS = (1_241, 100_000, 1_000_000)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", action="store_true", help="leave out a million patients")
    chosen = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}\n")
    for patients, events in TABLES:
        _table(patients, events, chosen.runs)
    _help(chosen.runs)
    _protocols(chosen.runs)
    for patients in REVIEWS[: 2 if chosen.small else 3]:
        _review(patients)


def _table(patients: int, events: int, runs: int) -> None:
    folder = event_series(patients, events)
    print(f"## Table of {events:,} events of {patients:,} patients, 4 groups, 400 terms in 26 classes\n")
    tasks = ["polars_count", "duckdb_count", "seriatim_count", "seriatim_table", "csrlite_count"]
    if patients <= TABLES[0][0]:
        tasks.append("tableone_table")  # minutes and gigabytes at ten times the size
    _print([found for task in tasks if (found := measure(task, folder, runs=runs))], against="polars_count")


def _help(runs: int) -> None:
    print("## Help of the command line\n")
    _print([found for found in [measure("help_opens", ".", runs=runs)] if found], against="")


def _review(patients: int) -> None:
    folder = review_series(patients)
    print(f"## Whole review of {patients:,} patients\n")
    found = [measure("review", folder, "polars", runs=1)]
    if patients >= REVIEWS[1]:
        found.append(measure("review", folder, "duckdb", "4GB", runs=1))
    _print([measured for measured in found if measured], against="")


def _protocols(runs: int) -> None:
    print("## Thirty rules before a dose, one record after another\n")
    one_by_one = ("decisions_compiled", "decisions_judged", "decisions_traced", "seriatim_on_incomplete", "zen_table",
                  "cel_expressions")  # fmt: skip
    _print([found for task in one_by_one if (found := measure(task, ".", runs=runs))], against="decisions_compiled")
    print("## A million doses, twenty million values, thirty rules (replay: twenty rules a protocol)\n")
    folder, rows = dose_series(FOLDER / "doses-1000000"), []
    for task in ("relational", "features_worst", "replay_pair"):
        rows += [found for engine in ("polars", "duckdb") if (found := measure(task, folder, engine, runs=1))]
    _print(rows, against="")


def _print(rows: Sequence[Measured], against: str) -> None:
    base = next((row.inner_seconds for row in rows if row.task == against), None)
    print("| task | seconds | process seconds | CPU s | peak MB | ratio | |\n|---|---|---|---|---|---|---|")
    for row in rows:
        ratio = f"{row.inner_seconds / base:.2f}" if base else ""
        figures = f"{row.inner_seconds:.2f} | {row.wall_seconds:.2f} | {row.cpu_seconds:.2f} | {row.peak_mb:.0f}"
        print(f"| {row.task} | {figures} | {ratio} | {row.note} |")
    print(flush=True)


if __name__ == "__main__":
    main()
