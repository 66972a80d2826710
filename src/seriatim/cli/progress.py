"""What is it doing? Nothing is shown for the first two seconds; then the step and how long it has taken."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

PATIENCE_SECONDS = 2.0


class Progress:
    """Call it with the name of each step; it writes to standard error only, and only if things take long."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._began = time.monotonic()
        self._step = "starting"
        self._told = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __call__(self, step: str) -> None:
        self._step = step

    def _watch(self) -> None:
        wait = PATIENCE_SECONDS
        while not self._over.wait(wait):
            self._tell()
            wait = 0.5

    def _tell(self) -> None:
        seconds = time.monotonic() - self._began
        if self._live:
            self._stream.write(f"\r\033[K{self._step} … {seconds:.0f} s")
        elif self._step != self._told:
            # A log file wants a line a step, not a clock.
            self._stream.write(f"{self._step} …\n")
            self._told = self._step
        self._stream.flush()

    def _end(self) -> None:
        self._over.set()
        self._thread.join()
        if self._live:
            self._stream.write("\r\033[K")
            self._stream.flush()


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress on standard error while the block runs."""
    shown = Progress(sys.stderr)
    shown._thread.start()
    try:
        yield shown
    finally:
        shown._end()
