"""How does foreign data become a series? Readers stand on a shelf, and `open_source` asks each whether it knows it."""

from seriatim.readers._mapping import SourceMapping, load_mapping, read_mapping
from seriatim.readers._opening import open_source

__all__ = ["SourceMapping", "load_mapping", "open_source", "read_mapping"]
