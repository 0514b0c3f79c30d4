"""However the input arrives, the tables are those of one full build."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from orchestration import publishing, replay
from tests.e2e.house import LAST, Built, House

# When a file was loaded is the one thing that differs between two histories of the same input.
OPERATIONAL = ("loaded_at",)


def _deliver(landing: Path, target: Path, wanted: Callable[[date, Path], bool]) -> None:
    for day, files in replay.arrivals(landing).items():
        replay.deliver([path for path in files if wanted(day, path)], landing, target)


def test_four_increments_end_in_the_tables_of_one_full_build(
    built: Built,
    make_house: Callable[[Path], House],
    tmp_path: Path,
) -> None:
    whole = built.house
    landing = tmp_path / "landing"
    house = make_house(landing)
    first, second, third = date(2026, 6, 20), date(2026, 6, 22), date(2026, 6, 26)

    def late(path: Path) -> bool:
        return path.name.startswith(("events_2026-05", "orders_2026-03"))

    _deliver(whole.landing, landing, lambda day, path: day <= first and not late(path))
    assert house.build(first).success
    assert house.build(second).success, "an empty night"
    _deliver(whole.landing, landing, lambda day, path: day <= third)
    assert house.build(third).success, "a night with late files"
    for path in sorted(landing.rglob("*")):
        if path.is_file():
            shutil.copyfile(path, path.with_name(f"again_{path.name}"))
    _deliver(whole.landing, landing, lambda day, path: True)
    assert house.build(LAST).success, "a night with everything repeated"

    expected = publishing.checksums(publishing.current(whole.data), without=OPERATIONAL)
    found = publishing.checksums(publishing.current(house.data), without=OPERATIONAL)
    differing = [name for name in expected if found.get(name) != expected[name]]
    assert found.keys() == expected.keys()
    assert differing == []
