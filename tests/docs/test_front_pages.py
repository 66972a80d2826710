"""Do the pages that a newcomer follows work as they are printed?"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_main_road_in_python_runs_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len([line for line in block.splitlines() if line.strip()]) <= 11
    scope: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), scope)  # noqa: S102 - our own page
    assert (tmp_path / "review" / "report.html").is_file()
    assert [row.result_id for row in scope["again"]] == [row.result_id for row in scope["review"].results]
    assert list(scope["again"]) == list(scope["review"].results)


def test_the_first_review_runs_as_printed(tmp_path):
    text = (ROOT / "docs" / "tutorials" / "first-review.md").read_text()
    commands = re.findall(r"`(seriatim [^`]+)`", text)
    assert len(commands) >= 6
    for command in commands:
        if command.startswith("seriatim plan check"):
            plan = tmp_path / "my_plan.yaml"
            plan.write_text(plan.read_text().replace("size: 155", "size: 80"))
        words = [sys.executable, "-m", *shlex.split(command)]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stderr)
    assert (tmp_path / "review" / "report.html").is_file()


def test_every_page_that_a_page_points_to_is_there():
    missing = []
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            if not (page.parent / target).exists():
                missing.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not missing
