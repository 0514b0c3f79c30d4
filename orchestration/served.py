"""The published file, as the commands that only read it are told of it and find it."""

from __future__ import annotations

import argparse
from pathlib import Path

from orchestration import environment
from orchestration.errors import Unusable


class NothingPublished(Unusable):
    """There is no published file yet."""


def folder(data: Path) -> Path:
    return data / "published"


def current(data: Path) -> Path:
    """The pointer readers open."""
    return folder(data) / "current.duckdb"


def found(data: Path) -> Path:
    """The pointer, of a data folder in which something is published.

    Raises
    ------
    NothingPublished
        Nothing is, or the file the pointer names is gone.
    """
    pointer = current(data)
    if not pointer.exists():
        raise NothingPublished(f"nothing is published in {data}: run `make nightly` first")
    return pointer


def arguments(description: str) -> argparse.ArgumentParser:
    """A command line that says whose published file is meant."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--tenant", default="demo", help="a shipped tenant or a folder")
    parser.add_argument("--data", default="", help="the folder of all state; default data/<tenant>")
    return parser


def data_of(options: argparse.Namespace) -> Path:
    """The data folder those arguments name; a folder told there holds for the whole process."""
    if options.data:
        environment.write("data", options.data)
    return environment.read().data_folder(Path(options.tenant).name)
