"""How is a parser of strange bytes kept from taking the session with it? In a child process with limits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

GIB = 2**30

# Runs in the child before anything else is imported. The search path is handed over because a notebook may have
# changed its own. `resource` does not exist on Windows: there only the time is limited. One thread, because numpy
# reserves memory for one a core, and on a large machine that alone would pass the limit.
_START = """
import json, os, sys
start = json.loads(sys.argv[1])
sys.path[:] = start["path"]
os.environ["OPENBLAS_NUM_THREADS"] = "1"
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (start["memory"], start["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (start["seconds"], start["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except ImportError:
    pass
import importlib
importlib.import_module(start["module"]).main(start["request"], sys.stdin.buffer, sys.stdout.buffer)
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child process may use: seconds of processor and of waiting, bytes of memory."""

    seconds: int = 120
    memory: int = 2 * GIB


class Stopped(Exception):
    """The child did not come to an end by itself; the message ends the sentence "the parser was stopped"."""


def run_limited(module: ModuleType | str, request: Any, content: bytes, limits: Limits) -> bytes:
    """Call `main(request, stdin, stdout)` of a module in a child process and return what it writes."""
    name = module if isinstance(module, str) else module.__name__
    start = {"path": sys.path, "memory": limits.memory, "seconds": limits.seconds, "module": name, "request": request}
    try:
        child = subprocess.run(  # noqa: S603 (our own interpreter and module; the content goes to its input only)
            [sys.executable, "-c", _START, json.dumps(start)],
            input=content,
            capture_output=True,
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Stopped(f"after {limits.seconds} seconds") from None
    if child.returncode != 0:
        raise Stopped(_reason(child.returncode, child.stderr, limits))
    return child.stdout


def _reason(code: int, errors: bytes, limits: Limits) -> str:
    if b"MemoryError" in errors or code == -6:  # an allocation that fails in Rust or C aborts
        return f"at {limits.memory / GIB:g} GiB of memory"
    if code < 0:
        return f"by signal {-code}"
    return "by an error of its own"
