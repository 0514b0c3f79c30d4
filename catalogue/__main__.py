"""Write the catalogue of a published file: `python -m catalogue [--tenant] [--data] [--out]`."""

from __future__ import annotations

import sys
from pathlib import Path

from catalogue import facts, lineage, site
from orchestration import environment, served, tenant
from orchestration.errors import Unusable


def main(argv: list[str] | None = None) -> int:
    parser = served.arguments("Write the catalogue of a published file.")
    parser.add_argument("--out", default="", help="default: build/docs/<tenant>")
    options = parser.parse_args(argv)
    try:
        name = Path(options.tenant).name
        data = served.data_of(options)
        path = served.found(data)
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
