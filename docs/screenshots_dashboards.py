"""Look at the dashboards of a built data folder in a headless browser, and keep the pictures in docs/."""

from __future__ import annotations

import argparse
from pathlib import Path

from docs.screenshots import ROOT, Seen, browser
from tests.dashboards.site import opened, served

# A page, its address and how high its picture is; docs/dashboards.md and the README show them.
PICTURES = {
    "dashboard_overview": ("/", 1240),
    "dashboard_retention": ("/retention", 1240),
    "dashboard_feedback": ("/feedback", 1085),
    "dashboard_churn_zh": ("/zh/churn", 1085),
}
TURN_MS = 700


def take(data: Path, out: Path) -> Seen:
    """Write each picture; the console must have been silent and no other host asked."""
    seen = Seen()
    with served(data) as address, browser(seen) as page:
        for name, (path, height) in PICTURES.items():
            page.set_viewport_size({"width": 1400, "height": height})
            opened(page, address + path)
            page.wait_for_timeout(TURN_MS)
            page.screenshot(path=str(out / f"{name}.png"))
            print(f"{name}.png")
    if seen.errors or not seen.hosts <= {"127.0.0.1"}:
        raise RuntimeError(f"errors {seen.errors}, hosts {sorted(seen.hosts)}")
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    take(options.data, options.out)


if __name__ == "__main__":
    main()
