"""The code location: everything under `defs/`, for the tenant the environment names."""

from pathlib import Path

from dagster import load_from_defs_folder

defs = load_from_defs_folder(path_within_project=Path(__file__))
