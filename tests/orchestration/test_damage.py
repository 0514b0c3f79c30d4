"""Damage is named by file, with a cure; what is whole is not called damaged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from orchestration import calendar, damage, environment, night, nightly, publishing, served, warehouse
from orchestration.ingestion.errors import LostRawError
from orchestration.ingestion.load import pull
from orchestration.night import Night
from tests.orchestration.conftest import Command

DAY = date(2026, 3, 10)
ORDERS = "id,at,amount\no1,2026-03-01 12:00:00,5\no2,2026-03-02 12:00:00,6\no3,nonsense,7\n"


@pytest.fixture
def now(tonight: Callable[[date], Night]) -> Night:
    """A folder with a load of two rows and a refused record, a model, and two generations."""
    found = tonight(DAY)
    found.landing.mkdir()
    (found.landing / "orders_1.csv").write_text(ORDERS)
    pull(found.feeds[0], landing=found.landing, data=found.data, as_of=DAY)
    (found.models / "churn").mkdir(parents=True)
    model = found.models / "churn" / "0123456789abcdef.skops"
    model.write_bytes(b"a model")
    sha = hashlib.sha256(b"a model").hexdigest()
    model.with_suffix(".json").write_text(
        json.dumps({"name": "churn", "version": "0123456789abcdef", "sha256": sha})
    )
    served.folder(found.data).mkdir()
    of_readers = [served.folder(found.data) / f"generation_{DAY}_{number}.duckdb" for number in (1, 2)]
    for path in (found.warehouse.path, found.warehouse.marts_path, *of_readers):
        with warehouse.open_file(path) as connection:
            # Random, so that no block is left out for being all alike.
            connection.execute("create schema marts")
            connection.execute("create table marts.t as select random() as a from range(500_000)")
    publishing.point_at(found.data, publishing.generations(found.data)[-1])
    return found


def _findings(now: Night) -> list[tuple[str, str]]:
    checks = (damage.of_loads, damage.of_models, damage.of_databases, damage.of_generations)
    return [finding for check in checks for finding in check(now)]


def _only(now: Night) -> tuple[str, str]:
    (found,) = [(said, mend) for said, mend in _findings(now) if mend]
    return found


def _load(now: Night, layer: str) -> Path:
    (found,) = [path for path in (now.data / layer).rglob("*") if path.is_file() and path.name[0] != "."]
    return found


def _zeros(path: Path) -> None:
    """Over the middle half of a file, in place."""
    path.chmod(0o644)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 4)
        file.write(bytes(size // 2))


def test_a_whole_folder_is_well(now: Night) -> None:
    assert _findings(now) == [
        ("1 loads: raw, quarantine and counts agree", ""),
        ("1 models as their cards recorded them", ""),
        ("warehouse.duckdb", ""),
        ("public.duckdb", ""),
        (f"serving generation_{DAY}_2", ""),
    ]


def test_a_raw_file_that_is_gone_is_named(now: Night) -> None:
    raw, counts = (_load(now, layer).relative_to(now.data) for layer in ("raw", "loads"))
    (now.data / raw).unlink()
    assert _only(now) == (
        f"raw files are gone: {raw}",
        f"put them back from a backup, or remove {counts} to have the landed file loaded again",
    )


@pytest.mark.parametrize("layer", ["raw", "quarantine", "loads"])
@pytest.mark.parametrize("how", ["emptied", "another's"])
def test_a_file_of_a_load_that_is_not_as_written_is_named(now: Night, layer: str, how: str) -> None:
    path = _load(now, layer)
    if how == "emptied":
        path.write_bytes(b"")
    elif layer == "loads":
        path.write_text(path.read_text().replace('"accepted": 2', '"accepted": 2, "rowz": 9'))
    else:
        duckdb.execute(f"copy (select 1 as a from range(9)) to '{path}' (format parquet)")
    said, mend = _only(now)
    assert said == f"files of loads are not as they were written: {path.relative_to(now.data)}"
    assert mend.startswith("put them back from a backup")


@pytest.mark.parametrize("layer", ["quarantine", "loads"])
def test_quarantine_and_counts_that_are_gone_are_missed(now: Night, layer: str) -> None:
    path = _load(now, layer)
    path.unlink()
    assert _only(now)[0] == f"files of loads are not as they were written: {path.relative_to(now.data)}"


def test_an_altered_model_is_named(now: Night) -> None:
    (now.models / "churn" / "0123456789abcdef.skops").write_bytes(b"A model")
    said, mend = _only(now)
    assert said.startswith("models/churn/0123456789abcdef.skops: not the bytes its card recorded")
    assert mend.startswith("remove both files")


@pytest.mark.parametrize("name", ["warehouse.duckdb", "public.duckdb"])
def test_zeros_in_a_private_file_are_found(now: Night, name: str) -> None:
    _zeros(now.data / name)
    assert _only(now) == (
        f"{name}: its table marts.t cannot be read",
        f"remove {name}: the next night builds it again from raw",
    )


def test_zeros_in_what_readers_have_are_found_and_the_cure_is_whole_itself(now: Night) -> None:
    first, second = publishing.generations(now.data)
    _zeros(second.path)
    said = f"current.duckdb names {second.name}, which cannot be read"
    assert _only(now) == (said, f"make rollback TO={first.name}")
    _zeros(first.path)
    assert _only(now) == (said, "make nightly publishes a new one")


@pytest.mark.parametrize("left", ["nothing", "dangling"])
def test_generations_without_a_pointer_are_not_called_unpublished(
    now: Night, folder: Path, command: Command, left: str
) -> None:
    pointer, newest = served.current(now.data), publishing.generations(now.data)[-1]
    pointer.unlink()
    if left == "dangling":
        pointer.symlink_to("generation_2026-03-09_1.duckdb")
    said, mend = _only(now)
    assert said == "current.duckdb names no file that is kept"
    # The cure is what it says.
    assert mend == f"make rollback TO={newest.name}"
    cured = command(
        "orchestration.rollback", "--tenant", folder, "--data", now.data, "--to", mend.split("=")[1]
    )
    assert cured.returncode == 0, cured.stderr
    assert [found for found in _findings(now) if found[1]] == []


def test_a_night_over_a_lost_raw_file_is_not_begun(now: Night, folder: Path, command: Command) -> None:
    _load(now, "raw").unlink()
    before = sorted(path for path in now.data.rglob("*") if "dagster" not in path.parts)
    ended = command("orchestration.nightly", "--tenant", folder, "--data", now.data)
    assert ended.returncode == nightly.UNUSABLE, ended.stderr
    (said,) = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
    assert "has lost 1 of its raw files" in said
    assert {p for p in now.data.rglob("*") if "dagster" not in p.parts} - set(before) <= {
        now.data / "tenant.json",
        now.data / "night.lock",
    }


def test_a_step_that_is_tried_again_looks_again(now: Night) -> None:
    """Of a run of the UI, whose first step takes the lock: its retry must not pass over what it saw."""
    step = SimpleNamespace(run=SimpleNamespace(run_id="1", tags={"dagster/partition": DAY.isoformat()}))
    environment.write("tenant", now.tenant.folder)
    environment.write("data", now.data)
    night.current_tenant.cache_clear()
    _load(now, "raw").unlink()
    for _ in range(3):
        with pytest.raises(LostRawError):
            calendar.night_of(step)  # type: ignore[arg-type]
