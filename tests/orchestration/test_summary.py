"""The summary tells of this run: the files it read and the generation it made."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from orchestration import environment, invocation, publishing, summary, tenant
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


def test_what_to_run_next_is_of_the_same_tenant_and_folders(served: Night) -> None:
    text = summary.text(served, _run(0, "generation_2026-03-09_1"))
    commands = [line.removeprefix("Next:").strip() for line in text[text.index("Next:") :].splitlines()]
    assert [command.split()[:2] for command in commands] == [
        ["make", "dashboards"],
        ["make", "ui"],
        ["make", "rollback"],
    ]
    for command in commands:
        given = dict(word.split("=", 1) for word in shlex.split(command) if "=" in word)
        assert (given["TENANT"], given["DATA"]) == (str(served.tenant.folder), str(served.data))


def test_a_night_is_named_as_a_person_would_type_it(tmp_path: Path) -> None:
    shipped = environment.PROJECT_ROOT / "tenants"
    own, spaced = tmp_path / "own", tmp_path / "it's here"
    shop, demo = (tenant.load(str(shipped / name)) for name in ("uci_online_retail", "demo"))
    usual = environment.PROJECT_ROOT / "data"

    def typed(owner: tenant.Tenant, data: Path, landing: Path | None = None) -> list[str]:
        night = Night(owner, DAY, data, landing or owner.landing_folder(data, None))
        return shlex.split(invocation.make(night, "ui"))

    assert typed(demo, usual / "demo") == ["make", "ui"]
    assert typed(shop, usual / "uci_online_retail") == ["make", "ui", "TENANT=uci_online_retail"]
    assert typed(demo, own, spaced) == ["make", "ui", f"DATA={own}", f"LANDING={spaced}"]


@pytest.mark.parametrize("files", [0, 1])
def test_files_tonight_are_those_of_this_run(served: Night, files: int) -> None:
    text = summary.text(served, _run(files, "generation_2026-03-09_1"))
    (line,) = [line.split() for line in text.splitlines() if line.strip().startswith("shop_orders")]
    assert line == ["shop_orders", "orders", "1", "1", "0", "0", str(files)]
