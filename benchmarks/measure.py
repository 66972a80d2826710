"""How long does a task take and how much memory, each run in a process of its own?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Measured:
    """Medians over the runs: seconds inside the task (imports and start-up apart), of the process, peak memory."""

    task: str
    inner_seconds: float
    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    note: str = ""


def measure(task: str, *arguments: str | Path, runs: int = 3) -> Measured | None:
    """Run `python -m benchmarks.tasks TASK ...` several times; None where it cannot run, with the reason printed."""
    found = [_once(task, [str(argument) for argument in arguments]) for _ in range(runs)]
    known = [measured for measured in found if measured is not None]
    if not known:
        return None
    return Measured(
        task,
        median(m.inner_seconds for m in known),
        median(m.wall_seconds for m in known),
        median(m.cpu_seconds for m in known),
        max(m.peak_mb for m in known),
        known[0].note,
    )


def _once(task: str, arguments: list[str]) -> Measured | None:
    began = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.tasks", task, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, err = process.stdout.read(), process.stderr.read()  # type: ignore[union-attr]
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status != 0:
        print(f"  {task} did not run: {err.strip().splitlines()[-1] if err.strip() else status}", flush=True)
        return None
    told = json.loads(out.strip().splitlines()[-1])
    cpu = usage.ru_utime + usage.ru_stime
    return Measured(task, told["seconds"], wall, cpu, usage.ru_maxrss / 1024, told.get("note", ""))
