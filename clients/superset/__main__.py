"""A bundle for Superset over a published file: `python -m clients.superset [--tenant] [--data] [--out]`."""

from __future__ import annotations

import sys
from pathlib import Path

from clients.superset import bundle
from orchestration import environment, served
from orchestration.errors import Unusable


def main(argv: list[str] | None = None) -> int:
    parser = served.arguments("Write a bundle of datasets, charts and a dashboard.")
    parser.add_argument("--out", default="", help="default: build/superset/<tenant>.zip")
    options = parser.parse_args(argv)
    try:
        path = served.found(served.data_of(options))
        name = Path(options.tenant).name
        out = (
            Path(options.out) if options.out else environment.PROJECT_ROOT / "build/superset" / f"{name}.zip"
        )
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(bundle.zipped(path))
    except Unusable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{out}: import it in Superset under Dashboards")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
