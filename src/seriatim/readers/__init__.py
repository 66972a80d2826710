"""How does foreign data become a series? Readers stand on a shelf, and `open_source` asks each whether it knows it."""

from importlib import import_module
from typing import Any

# Resolved on first use: the child process that parses a workbook starts here and must stay small.
_HOMES = {
    "SourceMapping": "_mapping",
    "load_mapping": "_mapping",
    "read_mapping": "_mapping",
    "open_source": "_opening",
    "write_template": "_template",
}

__all__ = ["SourceMapping", "load_mapping", "open_source", "read_mapping", "write_template"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
