"""Is every requirement of a protocol engine answered, and does each test exist that the page names?"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "requirements-of-a-protocol-engine.md").read_text(encoding="utf-8")
ROWS = [line.split(" | ", 2) for line in PAGE.splitlines() if re.match(r"\| \d", line)]


def test_all_57_requirements_are_there_in_order():
    assert [int(row[0].strip("| ")) for row in ROWS] == list(range(1, 58))


def test_each_has_a_test_or_the_reason_why_it_is_refused():
    assert not [row for row in ROWS if "`tests/" not in row[2] and not re.search(r"\*\*Refused\*\*: \w.{20}", row[2])]
    refused = [row for row in ROWS if "**Refused**" in row[2]]
    assert len(refused) < 8


def test_every_named_test_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 60
    missing = [
        f"{path}::{name}" for path, name in named
        if not (ROOT / path).is_file() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]  # fmt: skip
    assert not missing
