"""Where is the data that nobody in this project wrote? By a setting, or beside the repository; else skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "data"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.external)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of external data; a missing one skips, or fails where SERIATIM_REQUIRE_EXTERNAL=1."""
    folder = Path(os.environ.get("SERIATIM_EXTERNAL_DATA", BESIDE))
    if folder.is_dir():
        return folder
    reason = "no external data: set SERIATIM_EXTERNAL_DATA to the folder that holds it"
    if os.environ.get("SERIATIM_REQUIRE_EXTERNAL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
