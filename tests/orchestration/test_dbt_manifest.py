"""The parsed project is one for all nights and folders under the same settings."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from orchestration import dbt_manifest, tenant
from orchestration.night import Night


def test_days_and_data_folders_share_a_parse_and_other_settings_have_their_own(
    tonight: Callable[[date], Night], folder: Path, tmp_path: Path
) -> None:
    first = tonight(date(2026, 3, 10))
    assert dbt_manifest.folder(tonight(date(2026, 3, 9))) == dbt_manifest.folder(first)
    assert dbt_manifest.folder(replace(first, data=tmp_path / "other")) == dbt_manifest.folder(first)
    with (folder / "settings.yml").open("a", encoding="utf-8") as settings:
        settings.write("session_gap_minutes: 45\n")
    changed = replace(first, tenant=tenant.load(str(folder)))
    assert dbt_manifest.folder(changed) != dbt_manifest.folder(first)


def test_the_parses_longest_unused_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbt_manifest, "PARSED", tmp_path)
    for number in range(dbt_manifest.KEPT + 3):
        (tmp_path / f"{number:02}").mkdir()
        (tmp_path / f"{number:02}" / "manifest.json").touch()
        os.utime(tmp_path / f"{number:02}", (number, number))
    with dbt_manifest._alone(tmp_path / "00"):
        kept = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    # The oldest of all is the one in use; of the others the three oldest are gone.
    assert kept == {"00"} | {f"{number:02}" for number in range(4, dbt_manifest.KEPT + 3)}
