"""Write the catalogue of a published file: `python -m catalogue [--tenant] [--data] [--out]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from catalogue import facts, lineage, site
from orchestration import environment, tenant
from orchestration.errors import Unusable


class NothingPublished(Unusable):
    """There is no published file to describe."""


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Write the catalogue of a published file.")
    parser.add_argument("--tenant", default="demo")
    parser.add_argument("--data", default="")
    parser.add_argument("--out", default="", help="default: build/docs/<tenant>")
    options = parser.parse_args(argv)
    try:
        if options.data:
            environment.write("data", options.data)
        name = Path(options.tenant).name
        data = environment.read().data_folder(name)
        path = data / "published" / "current.duckdb"
        if not path.exists():
            raise NothingPublished(f"nothing is published in {data}: run `make nightly` first")
        out = Path(options.out) if options.out else environment.PROJECT_ROOT / "build" / "docs" / name
        columns = lineage.built(data)
        found = facts.tables(path, columns.tables())
        written = site.write(
            found, facts.models(path), columns, out, tenant.load(options.tenant).settings.owner
        )
    except Unusable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{len(written)} pages: {out / 'index.html'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
