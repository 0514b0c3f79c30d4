"""The data-quality room: a suite of expectations per table, run inside DuckDB."""
