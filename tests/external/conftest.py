"""Where is the data that nobody in this project wrote? By a setting, or beside the repository; else skipped."""

from __future__ import annotations

import csv
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "data"

Rows = list[dict[str, str]]


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


@pytest.fixture(scope="session")
def expected(data) -> Callable[[str], Rows]:
    """The rows of an expected file, by its path in the folder of external data."""

    def rows(name: str) -> Rows:
        with (data / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


@pytest.fixture(scope="session")
def mapped(tmp_path_factory) -> Callable[[str], Path]:
    """A mapping file with the given lines under its header."""

    def write(lines: str) -> Path:
        path = tmp_path_factory.mktemp("mapping") / "mapping.yaml"
        path.write_text(f"schema: seriatim.mapping/1\n{lines}", encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def pilot_of_2013(data, tmp_path_factory) -> Path:
    """The folder of the pilot's SDTM as first published, which keeps a record for each visit an event lasted."""
    folder = tmp_path_factory.mktemp("pilot") / "original"
    folder.mkdir()
    with zipfile.ZipFile(data / "cdiscpilot01_sdtm" / "original_2013" / "sdtm_2013_ae_dm_ex_ds.zip") as archive:
        for member in archive.namelist():
            if member.endswith(".xpt"):
                (folder / member.rsplit("/", 1)[-1]).write_bytes(archive.read(member))
    return folder
