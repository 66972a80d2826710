"""Does the page on checking a protocol quote what the checks say, and name every question that they ask?"""

from __future__ import annotations

import re
from pathlib import Path

from seriatim.protocols.load import read_protocol
from seriatim.protocols.verify.gaps import missing_bands
from seriatim.protocols.verify.verification import CHECKS

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "check-a-protocol.md").read_text(encoding="utf-8")


def test_the_two_holes_are_quoted_as_the_check_tells_them():
    quoted = [" ".join(part.replace("> ", "").split()) for part in re.findall(r"(?:^> .*\n)+", PAGE, re.MULTILINE)]
    assert quoted == [finding.sentence for finding in missing_bands(read_protocol("consensus-2014"))]


def test_every_question_that_is_asked_stands_in_the_table():
    asked = [check.question for check in CHECKS.values()]
    assert [question for question in asked if f"| {question} |" not in PAGE] == []


def test_the_lines_of_python_run_as_printed(capsys):
    block = PAGE.split("## From Python\n")[1].split("\n\n`need_to_know")[0]
    code = "\n".join(line.removeprefix("    ") for line in block.splitlines())
    exec(compile(code, "check-a-protocol.md", "exec"), {})  # noqa: S102 - our own page
    assert "choose No rule covers" in capsys.readouterr().out
