"""Do the pages that describe the house describe this house?"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from typer.main import get_command

from seriatim.cli.main import app
from seriatim.errors import SeriatimError

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "seriatim"
SHELVES = ("readers", "derive", "analyses", "displays")


def rooms() -> list[str]:
    return sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").is_file())


def test_architecture_names_every_room():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    missing = [room for room in rooms() if f"`{room}/`" not in text]
    assert not missing


@pytest.mark.parametrize("shelf", SHELVES)
def test_architecture_lists_what_stands_on_each_shelf(shelf):
    text = (ROOT / "ARCHITECTURE.md").read_text()
    line = next(line for line in text.splitlines() if line.startswith(f"| shelf `{shelf}` |"))
    listed = set(re.findall(r"`(\w+)`", line)) - {shelf}
    there = {path.stem for path in (SOURCE / shelf).glob("*.py") if not path.stem.startswith("_")}
    assert listed == there


def test_the_command_line_page_names_every_command_and_exit_code():
    text = (ROOT / "docs" / "reference" / "command-line.md").read_text()
    commands = get_command(app).commands
    assert not [name for name in commands if f"seriatim {name}" not in text]
    codes = {error.exit_code for error in SeriatimError.__subclasses__()}
    assert not [code for code in codes if f"| {code} |" not in text]


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_file_opens_with_the_question_it_answers(path):
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, "no docstring"


def test_no_import_inside_a_function_but_in_commands_and_for_scipy_stats():
    found = []
    for path in modules():
        if path.parent.name == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                found += [
                    f"{path.relative_to(SOURCE)}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom) and "scipy" not in ast.unparse(inner)
                ]
    assert not found


def test_no_function_is_longer_than_fifty_lines():
    long = []
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                if body[-1].end_lineno - body[0].lineno + 1 > 50:
                    long.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}")
    assert not long


def test_no_room_is_called_utils():
    names = {path.stem for path in modules()} | {path.parent.name for path in modules()}
    assert not names & {"utils", "util", "helpers", "common", "misc", "manager"}


def cited() -> set[str]:
    texts = [path.read_text() for path in modules()]
    groups = [match for text in texts for match in re.findall(r"\bSources?: ((?:\w+_\d{4}\w?(?:, )?)+)", text)]
    keys = {key for group in groups for key in group.split(", ") if key}
    return keys | {key for text in texts for key in re.findall(r"\bkey (\w+_\d{4})", text)}


def test_citation_keys_in_the_source_are_in_the_bibliography():
    keys = set(re.findall(r"@\w+\{([^,]+),", (ROOT / "docs" / "sources.bib").read_text()))
    assert len(cited()) > 20
    assert not cited() - keys


@pytest.mark.parametrize("shelf", SHELVES)
def test_things_on_one_shelf_do_not_import_each_other(shelf):
    names = {path.stem for path in (SOURCE / shelf).glob("*.py") if not path.stem.startswith("_")}
    found = []
    for path in (SOURCE / shelf).glob("*.py"):
        imported = re.findall(rf"^from seriatim\.{shelf}\.(\w+) import", path.read_text(), re.MULTILINE)
        found += [f"{path.name} imports {name}" for name in imported if name in names]
    assert not found
