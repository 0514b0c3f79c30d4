"""Each line of a night is kept with its run, step and feed; old journals go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration import dbt, progress


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    progress.close()


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_knows_its_run_step_and_feed(tmp_path: Path) -> None:
    progress.say("before any run")
    progress.journal(tmp_path, "r1", "feeds__shop_orders")
    progress.say("feed shop_orders: 3 new files")
    progress.journal(tmp_path, "r1", "build_marts")
    progress.say("marts: built")
    progress.close()
    progress.say("after")
    first, second = _lines(tmp_path / "logs" / "r1.ndjson")
    assert (first["run"], first["feed"], first["text"]) == (
        "r1",
        "shop_orders",
        "feed shop_orders: 3 new files",
    )
    assert (second["step"], second.get("feed")) == ("build_marts", None)


def test_quiet_nights_are_kept_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    progress.journal(tmp_path, "r1", "publish")
    with progress.quiet():
        progress.say("published")
    assert capsys.readouterr().err == ""
    assert [line["text"] for line in _lines(tmp_path / "logs" / "r1.ndjson")] == ["published"]


def test_only_the_last_journals_are_kept(tmp_path: Path) -> None:
    for number in range(progress.KEPT + 5):
        progress.journal(tmp_path, f"r{number}", "publish")
        progress.say("published")
    assert len(list((tmp_path / "logs").iterdir())) == progress.KEPT


def test_what_the_engine_says_of_a_value_is_not_repeated() -> None:
    said = (
        "Runtime Error in model stg_users\n  Conversion Error: Could not convert string 'a@b.test' to INT32"
    )
    assert dbt._without_values(said) == "Conversion Error (its value is not repeated here)"
    assert dbt._without_values("Got 2 results, configured to fail if != 0").startswith("Got 2")
    assert dbt._without_values(None) is None
