"""dbt is read ahead beside the feeds: once, and nothing that goes wrong there is told twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from orchestration import dbt, dbt_manifest
from orchestration.night import Night


@pytest.mark.parametrize("fails", [False, True])
def test_the_project_is_read_once_and_a_failure_waits_for_the_build(
    fails: bool, tonight: Callable[[date], Night], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Night] = []
    raised: list[object] = []

    def parse(night: Night) -> None:
        asked.append(night)
        if fails:
            raise dbt_manifest.DbtFailed("the project does not parse")

    monkeypatch.setattr(dbt_manifest, "parse", parse)
    monkeypatch.setattr(dbt, "_ahead", [])
    monkeypatch.setattr("threading.excepthook", raised.append)
    night = tonight(date(2026, 3, 10))
    for _ in range(2):
        dbt.ahead(night)
    for thread in dbt._ahead:
        thread.join()
    assert asked == [night]
    assert raised == []
