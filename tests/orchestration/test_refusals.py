"""What cannot be used ends in one clear line and exit code 2, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.orchestration.conftest import Command

Spoil = Callable[[Path], None]


def _written(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _remove(folder: Path) -> None:
    folder.rename(folder.with_name("gone"))


def _empty(folder: Path) -> None:
    (folder / "feeds" / "shop_orders.yml").unlink()


def _garble(folder: Path) -> None:
    (folder / "settings.yml").write_text("name: [unclosed\n")


def _garble_feed(folder: Path) -> None:
    (folder / "feeds" / "shop_orders.yml").write_text("feed: [unclosed\n")


def _misspell(folder: Path) -> None:
    (folder / "settings.yml").write_text("owner: a@b.test\ncore_action: [x]\n")


def _misplace(folder: Path) -> None:
    (folder / "settings.yml").write_text("business_time_zone: Mars/Olympus\n")


def _disown(folder: Path) -> None:
    (folder / "settings.yml").write_text("owner: nobody\n")


def _elsewhere(name: str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("feed: more\n")

    return spoil


def _trust_a_stranger(folder: Path) -> None:
    (folder / "settings.yml").write_text("trust_source_sessions:\n  - shop_orders\n  - siite\n")


def _import_from_a_stranger(folder: Path) -> None:
    named = "tag: vip, name_en: V, name_zh: V, description: d, owner: a@b.test"
    tag = f"{named}, kind: imported, key: vip, feed: custmers"
    (folder / "tags.yml").write_text(f"tags:\n  - {{{tag}}}\n")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_remove, "no such folder"),
        (_empty, "has no feeds"),
        (_garble, "settings.yml, line 2: not valid YAML"),
        (_garble_feed, "shop_orders.yml"),
        (_misspell, "settings.yml, line 2: core_action: unknown key"),
        (_misplace, "settings.yml, line 1: business_time_zone: "),
        (_disown, "settings.yml, line 1: owner: "),
        (_elsewhere("tags.yaml"), "tags.yaml: nobody reads it"),
        (_elsewhere("tag.yml"), "tag.yml: nobody reads it"),
        (_elsewhere("feeds/MORE.YML"), "feeds/MORE.YML: nobody reads it"),
        (_elsewhere("feeds/sub/more.yml"), "feeds/sub/more.yml: nobody reads it"),
        (_trust_a_stranger, "settings.yml, line 3: there is no feed 'siite'; this tenant has shop_orders"),
        (_import_from_a_stranger, "tags.yml, line 2: there is no feed 'custmers'"),
    ],
)
def test_an_unusable_tenant_is_refused_before_anything_is_written(
    spoil: Spoil, said: str, folder: Path, command: Command, tmp_path: Path
) -> None:
    spoil(folder)
    before = _written(tmp_path)
    ended = command("orchestration.nightly", "--tenant", folder, "--data", tmp_path / "state")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("error: ")
    assert said in ended.stderr
    assert _written(tmp_path) == before
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("module", "arguments", "said"),
    [
        ("orchestration.nightly", ["--as-of", "2026-02-28"], "lies before first_day"),
        ("orchestration.nightly", ["--as-of", "2999-01-01"], "has not ended yet"),
        ("orchestration.nightly", ["--as-of", "soon"], "is not a day"),
        ("orchestration.backfill", ["--from", "2026-03-05"], "give FROM=YYYY-MM-DD and TO=YYYY-MM-DD"),
        ("orchestration.backfill", ["--from", "2026-03-05", "--to", "2026-03-04"], "lies after"),
        ("orchestration.backfill", ["--from", "2026-03-05", "--to", "2999-01-01"], "has not ended yet"),
        ("orchestration.replay", ["--from", "soon"], "no file under"),
        ("orchestration.rollback", [], "no generation"),
    ],
)
def test_an_unusable_day_is_refused_before_anything_is_written(
    module: str, arguments: list[str], said: str, folder: Path, command: Command, tmp_path: Path
) -> None:
    ended = command(module, "--tenant", folder, "--data", tmp_path / "state", *arguments)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert said in ended.stderr
    assert not (tmp_path / "state").exists()


def test_a_misspelt_variable_is_refused(folder: Path, command: Command, tmp_path: Path) -> None:
    ended = command("orchestration.nightly", "--tenant", folder, USEROPS_DATE="2026-03-10")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("error: unknown variable USEROPS_DATE: known are USEROPS_ALERT_EMAIL")


def test_the_ui_is_not_opened_to_a_network_by_accident(
    folder: Path, command: Command, tmp_path: Path
) -> None:
    data = tmp_path / "state"
    ended = command("orchestration.ui", "--tenant", folder, "--data", data, USEROPS_UI_HOST="0.0.0.0")
    assert ended.returncode == 2
    assert "opens the UI to a network" in ended.stderr
    assert "USEROPS_BEHIND_AUTHENTICATING_PROXY=yes" in ended.stderr
    assert not data.exists()
