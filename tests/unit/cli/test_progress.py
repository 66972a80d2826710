"""Is whoever waits told what is done, and nobody who does not?"""

from __future__ import annotations

import io
import time

import pytest

from seriatim.cli import progress as module
from seriatim.cli.progress import progress


class Stream(io.StringIO):
    def __init__(self, *, live: bool) -> None:
        super().__init__()
        self.live = live

    def isatty(self) -> bool:
        return self.live


def told(monkeypatch, *steps: str, live: bool, patience: float) -> str:
    stream = Stream(live=live)
    monkeypatch.setattr(module.sys, "stderr", stream)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", patience)
    with progress() as step:
        for name in steps:
            step(name)
            time.sleep(0.05)
    return stream.getvalue()


def test_what_is_quick_is_not_told(monkeypatch):
    assert told(monkeypatch, "reading", live=False, patience=60) == ""


def test_log_file_gets_a_line_a_step_and_no_clock(monkeypatch):
    assert told(monkeypatch, "reading", live=False, patience=0.01) == "reading …\n"


def test_terminal_gets_one_line_that_is_wiped_in_the_end(monkeypatch):
    text = told(monkeypatch, "counting", live=True, patience=0.01)
    assert "\r\x1b[Kcounting … 0 s" in text
    assert text.endswith("\r\x1b[K")


def test_step_that_is_still_the_same_is_told_to_a_log_once():
    stream = Stream(live=False)
    shown = module.Progress(stream)
    shown("reading")
    shown._tell()
    shown._tell()
    shown("counting")
    shown._tell()
    assert stream.getvalue() == "reading …\ncounting …\n"


def test_progress_ends_also_where_the_work_fails(monkeypatch):
    monkeypatch.setattr(module.sys, "stderr", Stream(live=False))
    shown = []

    def work() -> None:
        with progress() as step:
            shown.append(step)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        work()
    assert not shown[0]._thread.is_alive()
