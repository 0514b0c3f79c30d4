"""Dagster's own command line over a tenant: `python -m orchestration.dg list defs`.

`dg` by itself reports usage and keeps files in the home folder, whatever the project's settings say; here it
has a Dagster home in DATA, where that is off.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from orchestration import environment, kin, nightly


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments("Run a command of dg.")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="such as: list defs")
    options = parser.parse_args(argv)

    def command() -> int:
        from orchestration import allowance, home

        now = nightly.settle(options)
        allowance.fit(allowance.allowed())
        home.claim(now.tenant, now.data)
        home.dagster_home(now.data)
        environment.write("data", now.data)
        environment.write("landing", now.landing)
        # dg looks for the project in the folder it is run in.
        os.chdir(environment.PROJECT_ROOT)
        return kin.run([str(Path(sys.executable).with_name("dg")), *options.command])

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())
