"""What stands on a shelf, also when a stranger's package joins it?"""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from seriatim import shelves
from seriatim.errors import Misuse


def joined(monkeypatch, folder: Path, *packages: str) -> None:
    """The shelf `displays` with other packages on it, as entry points would name them."""
    points = [EntryPoint("displays", package, shelves.GROUP) for package in packages]
    monkeypatch.setattr(shelves, "entry_points", lambda group: points if group == shelves.GROUP else [])
    monkeypatch.syspath_prepend(str(folder))


def package(folder: Path, name: str, *modules: str) -> None:
    (folder / name).mkdir()
    for module in ("__init__", *modules):
        (folder / name / f"{module}.py").write_text(f"NAME = {f'{name}.{module}'!r}\n")


def test_own_analyses_are_found_by_their_file_names_and_parts_of_them_are_not():
    found = shelves.names_on("analyses")
    assert found["incidence"] == "seriatim.analyses.incidence"
    assert not [name for name in found if name.startswith("_")]
    assert list(found) == sorted(found)


def test_nothing_is_imported_before_it_is_taken(tmp_path, monkeypatch):
    package(tmp_path, "stranger", "survival", "_shared")
    joined(monkeypatch, tmp_path, "stranger")
    assert shelves.names_on("displays") == {"survival": "stranger.survival"}
    assert "stranger.survival" not in sys.modules
    assert shelves.take("displays", "survival").NAME == "stranger.survival"


def test_two_of_one_name_are_an_error_naming_both(tmp_path, monkeypatch):
    package(tmp_path, "one", "survival")
    package(tmp_path, "two", "survival")
    joined(monkeypatch, tmp_path, "one", "two")
    with pytest.raises(Misuse, match=r"two modules are called survival .* one\.survival and two\.survival; rename one"):
        shelves.names_on("displays")


@pytest.mark.parametrize("name", ["gone", "gone.displays"])
def test_package_that_cannot_be_found_is_named(tmp_path, monkeypatch, name):
    joined(monkeypatch, tmp_path, name)
    with pytest.raises(Misuse, match=f"names the package {name}, which cannot be found"):
        shelves.names_on("displays")


def test_module_in_place_of_a_package_has_no_shelf(tmp_path, monkeypatch):
    (tmp_path / "single.py").write_text("")
    joined(monkeypatch, tmp_path, "single")
    with pytest.raises(Misuse, match="names the package single"):
        shelves.names_on("displays")


def test_name_that_is_not_there_is_told_what_is():
    with pytest.raises(Misuse, match=r"nothing on the shelf analyses is called 'kaplan'; it has .*incidence"):
        shelves.take("analyses", "kaplan")
