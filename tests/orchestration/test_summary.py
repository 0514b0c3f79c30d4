"""The summary tells of this run: the files it read and the generation it made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import dagster as dg
import pytest

from orchestration import publishing, summary
from orchestration.ingestion.load import pull
from orchestration.night import Night

Tonight = Callable[[date], Night]
DAY, LATER = date(2026, 3, 9), date(2026, 3, 10)


def _run(files: int, generation: str | None) -> dg.ExecuteInProcessResult:
    """A night's run as Dagster tells of it: what a feed read, and what was published if anything was."""

    @dg.asset(key=["feeds", "shop_orders"])
    def load() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"new files": files})

    @dg.asset(key=["published", "dim_users"], deps=[load])
    def publish() -> dg.MaterializeResult[None]:
        if generation is None:
            raise ValueError("spoilt")
        return dg.MaterializeResult(metadata={"generation": generation})

    job = dg.Definitions(assets=[load, publish]).resolve_implicit_global_asset_job_def()
    return job.execute_in_process(raise_on_error=False)


@pytest.fixture
def served(tonight: Tonight) -> Night:
    """The night before one that is served already, with a file that an earlier run of it loaded."""
    night = tonight(DAY)
    publishing.folder(night.data).mkdir(parents=True)
    for name in ("generation_2026-03-09_1", "generation_2026-03-10_2"):
        (publishing.folder(night.data) / f"{name}.duckdb").write_bytes(b"")
    publishing.point_at(night.data, publishing.generations(night.data)[-1])
    night.landing.mkdir()
    (night.landing / "orders_1.csv").write_text("id,at,amount\n1,2026-03-08 10:00,5\n")
    for feed in night.feeds:
        pull(feed, landing=night.landing, data=night.data, as_of=DAY)
    return night


def test_an_older_night_names_its_own_generation_and_the_one_that_is_served(served: Night) -> None:
    text = summary.text(served, _run(0, "generation_2026-03-09_1"))
    assert "Published generation_2026-03-09_1; readers keep generation_2026-03-10_2 (0.0 MB)" in text
    text = summary.text(served, _run(0, "generation_2026-03-10_2"))
    assert "Published generation_2026-03-10_2 (0.0 MB)" in text
    text = summary.text(served, _run(0, None))
    assert "Not published; readers keep generation_2026-03-10_2 (0.0 MB)" in text
    assert "Next:  make ui TENANT=" in text


@pytest.mark.parametrize("files", [0, 1])
def test_files_tonight_are_those_of_this_run(served: Night, files: int) -> None:
    text = summary.text(served, _run(files, "generation_2026-03-09_1"))
    (line,) = [line.split() for line in text.splitlines() if line.strip().startswith("shop_orders")]
    assert line == ["shop_orders", "orders", "1", "1", "0", "0", str(files)]
