"""However the input arrives, the tables are those of one full build."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from orchestration import publishing, replay, served, warehouse
from orchestration.ingestion import ledger
from tests.e2e.house import LAST, Built, House

# When a file was loaded is the one thing that differs between two histories of the same input.
OPERATIONAL = ("loaded_at", "loaded_on")
# What keeps every night's rows holds as many nights as were built: the last one is compared, and of
# the gates neither those that count such rows nor warnings, which tell of the nights before.
LAST_NIGHT = {
    "rpt_experiment_history": "as_of = (select max(as_of) from {table})",
    "rpt_night_gates": "night = (select max(night) from {table}) and severity = 'critical'",
    "rpt_data_quality": "severity = 'critical' and not ends_with(asset, '/rpt_experiment_history')",
}


def differing(one: Path, other: Path) -> dict[str, list[tuple[object, ...]]]:
    """Tables that are not equal but for the time of loading, with the first rows only one side has."""
    expected = publishing.checksums(one, without=OPERATIONAL)
    found = publishing.checksums(other, without=OPERATIONAL)
    assert found.keys() == expected.keys()
    tables = [name for name in expected if found[name] != expected[name]]
    shown = {}
    with warehouse.scratch() as connection:
        for name, path in (("one", one), ("other", other)):
            connection.execute(f"attach '{path}' as {name} (read_only)")
        for table in tables:
            names = [f"{side}.marts.{table}" for side in ("one", "other")]
            wanted = LAST_NIGHT.get(table, "true")
            sides = [f"from {name} select * where {wanted.format(table=name)}" for name in names]
            shown[table] = [
                row
                for query in (f"{sides[0]} except {sides[1]}", f"{sides[1]} except {sides[0]}")
                for row in connection.execute(f"({query}) limit 5").fetchall()
            ]
    return {table: rows for table, rows in shown.items() if rows or table not in LAST_NIGHT}


def _deliver(landing: Path, target: Path, wanted: Callable[[date, Path], bool]) -> None:
    for day, files in replay.arrivals(landing).items():
        replay.deliver([path for path in files if wanted(day, path)], landing, target)


def _repeat_everything(landing: Path) -> int:
    """Every file once more under another name that its feed reads too; returns how many."""
    files = [path for path in sorted(landing.rglob("*")) if path.is_file()]
    for path in files:
        shutil.copyfile(path, path.with_name(re.sub(r"_(?=\d{4}-\d{2}-\d{2})", "_again_", path.name)))
    return len(files)


def test_four_increments_end_in_the_tables_of_one_full_build(
    built: Built,
    make_house: Callable[[Path], House],
    tmp_path: Path,
) -> None:
    landing = tmp_path / "landing"
    house = make_house(landing)
    first, second, third = date(2026, 6, 20), date(2026, 6, 22), date(2026, 6, 26)

    def late(path: Path) -> bool:
        return path.name.startswith(("events_2026-05", "orders_2026-03"))

    _deliver(built.house.landing, landing, lambda day, path: day <= first and not late(path))
    assert house.build(first).success
    assert house.build(second).success, "an empty night"
    _deliver(built.house.landing, landing, lambda day, path: day <= third)
    assert house.build(third).success, "a night with late files"
    repeated = _repeat_everything(landing)
    _deliver(built.house.landing, landing, lambda day, path: True)
    assert house.build(LAST).success, "a night with everything repeated"

    by_night = [sum(load.loaded_on == day for load in ledger.loads(house.data)) for day in (second, third)]
    assert by_night[0] == 0
    assert by_night[1] > 0
    assert repeated > len(ledger.loads(house.data)) / 2, "most files were repeated"
    assert differing(served.current(built.house.data), served.current(house.data)) == {}
