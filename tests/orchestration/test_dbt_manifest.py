"""The parsed project is one for all nights and folders under the same settings."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner

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


Parsed = Callable[..., dict[str, object]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project, whose parses are kept beside it."""
    copied = tmp_path / "dbt_project"
    shutil.copytree(dbt_manifest.PROJECT, copied)
    monkeypatch.setattr(dbt_manifest, "PROJECT", copied)
    monkeypatch.setattr(dbt_manifest, "PARSED", tmp_path / "parsed")
    return copied


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Forget what this process has read, as if it were a new one."""

    def forget() -> None:
        for kept in ("_manifests", "_as_json"):
            monkeypatch.setattr(dbt_manifest, kept, {})

    return forget


@pytest.fixture
def parsed(
    tonight: Callable[[date], Night], forget: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> Parsed:
    """The nodes, read as a new process would."""

    def parsed(asks_dbt: bool) -> dict[str, object]:
        asked = []
        forget()
        monkeypatch.setattr("dbt.cli.main.dbtRunner", lambda: asked.append(1) or dbtRunner())
        nodes = dbt_manifest.parse(tonight(date(2026, 3, 10))).nodes
        assert bool(asked) == asks_dbt
        return {name: node.to_dict() | {"created_at": None} for name, node in nodes.items()}

    return parsed


def test_a_kept_parse_says_what_dbt_says_and_ends_with_any_change_of_the_project(
    project: Path, parsed: Parsed
) -> None:
    first = parsed(asks_dbt=True)
    assert parsed(asks_dbt=False) == first
    model = next(project.glob("models/marts/**/fct_orders.sql"))
    model.write_text(model.read_text() + "\n-- one line more\n")
    changed = parsed(asks_dbt=True)
    assert {name for name in first if changed[name] != first[name]} == {"model.userops.fct_orders"}


def test_a_torn_parse_is_made_again(
    project: Path, parsed: Parsed, forget: Callable[[], None], tonight: Callable[[date], Night]
) -> None:
    # How it is torn does not hang on how much there is to parse.
    for of_project in ("models", "semantic", "seeds", "tests"):
        shutil.rmtree(project / of_project)
    (project / "models").mkdir()
    (project / "models" / "one.sql").write_text("select 1 as id")
    (project / "models" / "other.sql").write_text("select id from {{ ref('one') }}")
    night = tonight(date(2026, 3, 10))
    first = parsed(asks_dbt=True)
    assert first.keys() == {"model.userops.one", "model.userops.other"}
    (kept,) = (path for path in dbt_manifest.PARSED.iterdir() if path.is_dir())
    (kept / "partial_parse.msgpack").write_bytes(b"torn")
    assert parsed(asks_dbt=True) == first, "a torn record is made again"
    for lost in (b"{torn", b""):
        (kept / "manifest.json").write_bytes(lost)
        forget()
        assert dbt_manifest.as_json(night)["nodes"].keys() == first.keys(), "and so is torn JSON"
    (kept / "manifest.json").unlink()
    forget()
    assert dbt_manifest.as_json(night)["nodes"].keys() == first.keys()
