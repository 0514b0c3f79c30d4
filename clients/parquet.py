"""The public tables as Parquet beside the published file: `python -m clients.parquet [--tenant] [--data]`."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from orchestration import served, warehouse
from orchestration.errors import Unusable


def export(data: Path) -> Path:
    """Write one Parquet file per public table into a folder named for the generation; returns the pointer.

    Written beside and renamed, then the pointer is moved: a reader sees one generation or the other.

    Raises
    ------
    orchestration.served.NothingPublished
        There is no file yet.
    """
    generation = served.found(data).resolve()
    published = served.folder(data)
    target = published / f"parquet_{generation.stem}"
    beside = published / f".parquet_{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    with warehouse.open_file(generation, read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables"
            " where table_schema = 'marts' and not ends_with(table_name, '_rows') order by 1"
        ).fetchall()
        for (name,) in names:
            path = str(beside / f"{name}.parquet").replace("'", "''")
            connection.execute(f"copy marts.{name} to '{path}' (format parquet, compression zstd)")
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)
    pointer = published / "parquet"
    following = published / ".parquet.next"
    following.unlink(missing_ok=True)
    following.symlink_to(target.name)
    os.replace(following, pointer)
    # A folder of a day no longer served holds people who may have been erased since.
    for older in published.glob("parquet_generation_*"):
        if older != target:
            shutil.rmtree(older)
    return pointer


def main(argv: list[str] | None = None) -> int:
    parser = served.arguments("Write the public tables as Parquet.")
    try:
        pointer = export(served.data_of(parser.parse_args(argv)))
    except Unusable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(list(pointer.glob('*.parquet')))} tables in {pointer}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
