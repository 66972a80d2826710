"""What does the console script do with the words that a person types?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from seriatim.cli.main import run


class Ended(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def typed(monkeypatch, capsys, tmp_path) -> Callable[..., Ended]:
    """What the console script does with these words, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def of(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["seriatim", *words])
        with pytest.raises(SystemExit) as ended:
            run()
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return Ended(int(ended.value.code or 0), out, err)

    return of
