"""Serve the pages on loopback: `python -m dashboards.app [--tenant] [--data] [--port]`."""

from __future__ import annotations

import gc
import sys

from dashboards import finding, frame, listening, saying, warming
from dashboards.published import Published
from orchestration import environment, served, tenant
from orchestration.errors import Unusable

LOOPBACK = ("127.0.0.1", "localhost", "::1")
THREADS = 8


class NotLoopback(Unusable):
    """The pages have no log-in of their own, so they are not opened to a network by accident."""


def _currency(name: str) -> str:
    """What the tenant's money is in; of a data folder alone, whose tenant is not here, nothing is known."""
    try:
        return tenant.load(name).settings.base_currency
    except tenant.TenantError:
        return ""


def _topics(name: str) -> dict[str, saying.Text]:
    """What the tenant calls the topics of feedback, by their id."""
    try:
        told = tenant.load(name).topics
    except tenant.TenantError:
        return {}
    return {str(one["topic"]): {"en": str(one["name_en"]), "zh": str(one["name_zh"])} for one in told}


def main(argv: list[str] | None = None) -> int:
    parser = served.arguments("Serve the dashboards of a tenant.")
    parser.add_argument("--port", type=int, default=8050)
    options = parser.parse_args(argv)
    try:
        environment.silence_telemetry()
        data = served.data_of(options)
        found = environment.read()
        if found.ui_host not in LOOPBACK and found.behind_authenticating_proxy != "yes":
            raise NotLoopback(
                f"{environment.PREFIX}UI_HOST={found.ui_host} opens the pages to a network; set "
                f"{environment.PREFIX}BEHIND_AUTHENTICATING_PROXY=yes if a proxy asks who is there"
            )
        published = Published(served.current(data))
        saying.learn("topics", _topics(options.tenant))
        app = frame.build(published, finding.key_of(options.tenant), _currency(options.tenant))
        sockets = listening.sockets(found.ui_host, options.port)
    except Unusable as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    import waitress

    # Python would look through all that was just built, for a tenth of a second, while somebody waits.
    gc.collect()
    gc.freeze()
    warming.begin(published)
    print(f"Dashboards: http://{found.ui_host}:{options.port}", flush=True)
    waitress.serve(app.server, sockets=sockets, threads=THREADS, ident=None)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
