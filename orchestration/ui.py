"""The Dagster UI with its daemon, on loopback: `python -m orchestration.ui`."""

from __future__ import annotations

import sys

from orchestration import environment, kin, nightly
from orchestration.errors import Unusable

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NotLoopback(Unusable):
    """The UI has no log-in of its own, so it is not opened to a network by accident."""


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments("Open the Dagster UI of a tenant.")
    parser.add_argument("--port", default="3000")
    options = parser.parse_args(argv)

    def command() -> int:
        from orchestration import allowance, home

        now = nightly.settle(options)
        found = environment.read()
        if found.ui_host not in LOOPBACK and found.behind_authenticating_proxy != "yes":
            raise NotLoopback(
                f"{environment.PREFIX}UI_HOST={found.ui_host} opens the UI to a network; set "
                f"{environment.PREFIX}BEHIND_AUTHENTICATING_PROXY=yes if a proxy asks who is there"
            )
        # The nights of the UI have processes of their own, which inherit what is set here.
        allowance.fit(allowance.allowed())
        home.claim(now.tenant, now.data)
        home.dagster_home(now.data)
        home.reap_if_idle(now.data)
        workspace = str(environment.PROJECT_ROOT / "workspace.yaml")
        print(f"Dagster UI: http://{found.ui_host}:{options.port}", flush=True)
        where = ["-w", workspace, "-h", found.ui_host, "-p", options.port]
        return kin.run([sys.executable, "-m", "dagster", "dev", *where])

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())
