"""What clients that do not read DuckDB files are given: the public tables as Parquet."""
