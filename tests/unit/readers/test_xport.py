"""Can a damaged or hostile transport file do anything but be refused with a sentence?"""

from __future__ import annotations

import io
import random

import polars as pl
import pyreadstat
import pytest

from seriatim.errors import UnreadableSource
from seriatim.readers import _xport, _xport_child
from seriatim.readers._limits import Limits, run_limited
from seriatim.readers._snapshot import Snapshot

DOSES = pl.DataFrame(
    {
        "USUBJID": [f"01-{number:03d}" for number in range(1, 13)],
        "EXTRT": ["aldesleukin", "", "naïve"] * 4,
        "EXDOSE": [720_000.0, None, 0.1] * 4,
    }
)


def transport(tmp_path, version=5):
    path = tmp_path / "ex.xpt"
    pyreadstat.write_xport(DOSES, str(path), file_format_version=version)
    return path.read_bytes()


def in_this_process(module, request, content, limits):
    answer = io.BytesIO()
    module.main(request, io.BytesIO(content), answer)
    return answer.getvalue()


def damaged(content, chance):
    """One byte changed, a stretch cut out or put in, cards swapped or the end cut off."""
    place, kind = chance.randrange(len(content)), chance.randrange(4)
    if kind == 0:
        return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]
    if kind == 1:
        return content[: place // 80 * 80]
    if kind == 2:
        return content[:place] + chance.randbytes(80) + content[place:]
    return content[:place] + chance.randbytes(8) + content[place + 8 :]


@pytest.mark.parametrize("version", [5, 8])
def test_the_child_process_decodes_as_a_call_in_this_process(tmp_path, version):
    content = transport(tmp_path, version)
    request = {"encoding": "UTF-8", "numeric": [False, False, True]}
    answer = run_limited(_xport_child, request, content, Limits())
    assert answer == in_this_process(_xport_child, request, content, Limits())
    frame = _xport.read_xport(Snapshot("ex.xpt", content)).frame
    assert frame.row(0) == ("01-001", "aldesleukin", "720000", 1)
    assert frame.row(1) == ("01-002", None, None, 2)
    assert frame.row(2) == ("01-003", "naïve", "0.1", 3)


def outcome(content):
    try:
        _xport.read_xport(Snapshot("ex.xpt", content))
    except UnreadableSource as refusal:
        return "refused" if str(refusal).startswith("ex.xpt") else str(refusal)
    return "read"


@pytest.mark.parametrize("version", [5, 8])
def test_a_damaged_transport_file_is_read_or_refused_and_nothing_else(tmp_path, monkeypatch, version):
    monkeypatch.setattr(_xport, "run_limited", in_this_process)
    content, chance = transport(tmp_path, version), random.Random(1998)  # noqa: S311 (damage, not secrets)
    assert {outcome(damaged(content, chance)) for _ in range(400)} == {"read", "refused"}


def test_a_variable_that_is_neither_number_nor_text_is_refused(tmp_path):
    content = bytearray(transport(tmp_path))
    first = content.find(b"HEADER RECORD*******NAM") + 80
    content[first + 1] = 3
    assert outcome(bytes(content)) == "refused"


def test_a_file_that_kills_its_parser_does_not_take_us_with_it(tmp_path, monkeypatch):
    (tmp_path / "dies.py").write_text("import os\ndef main(*_): os.kill(os.getpid(), 11)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(_xport, "child", "dies")
    with pytest.raises(UnreadableSource, match=r"ex\.xpt: its parser was stopped by signal 11; export it again"):
        _xport.read_xport(Snapshot("ex.xpt", transport(tmp_path)))


@pytest.mark.parametrize(
    ("limits", "says"), [(Limits(seconds=0), "after 0 seconds"), (Limits(memory=1_000_000), "its parser was stopped")]
)
def test_a_parser_of_transport_files_has_limits(tmp_path, monkeypatch, limits, says):
    monkeypatch.setattr(_xport, "LIMITS", limits)
    with pytest.raises(UnreadableSource, match=says):
        _xport.read_xport(Snapshot("ex.xpt", transport(tmp_path)))


def test_the_child_process_refuses_another_number_of_columns_than_the_layout_has(tmp_path):
    answer = in_this_process(_xport_child, {"encoding": "UTF-8", "numeric": [False]}, transport(tmp_path), Limits())
    assert b"refused" in answer
