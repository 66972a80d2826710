"""Where do frames run? Polars in memory, DuckDB within a bound of memory; the answer never changes a result."""
