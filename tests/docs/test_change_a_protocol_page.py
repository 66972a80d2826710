"""Does the page on changing a protocol work as printed?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seriatim.protocols.load import read_protocol
from seriatim.protocols.versions.overlay_document import Operation

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "change-a-protocol.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[0]


@pytest.fixture
def printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    overlay = block("yaml").replace("<the hash of the base>", read_protocol("community-2015").sha256)
    (tmp_path / "our-hospital.yaml").write_text(overlay, encoding="utf-8")
    exec(compile(block("python"), "change-a-protocol.md", "exec"), {})  # noqa: S102 - our own page
    return capsys.readouterr().out


def test_the_lines_of_python_print_what_the_page_says(printed):
    said = " ".join(line.strip() for line in PAGE.split("who shows it:\n\n")[1].split("\n\n")[0].splitlines())
    assert " ".join(printed.split()) == said


def test_the_result_is_a_protocol_that_is_read_again(printed, tmp_path):
    assert read_protocol(tmp_path / "merged.yaml").name == "community-2015@1.0.0+our-hospital@1.0.0"


def test_every_operation_stands_in_the_table():
    known = {str(kind.model_fields["op"].annotation).split("'")[1] for kind in Operation.__args__[0].__args__}
    assert [name for name in known if f"`{name}`" not in PAGE] == []
