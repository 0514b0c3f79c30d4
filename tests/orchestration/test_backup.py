"""A backup is all of a folder, and comes back as it was or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from orchestration import backup, publishing, served, warehouse
from orchestration.backup import BackupError
from orchestration.ingestion import recovery
from tests.orchestration.conftest import Command


def _sums(data: Path) -> dict[str, str]:
    return {
        path.relative_to(data).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A folder with a bit of everything a night leaves."""
    data = tmp_path / "state"
    for name in ("raw/orders/feed=a/loaded_on=2026-03-10/x.parquet", "models/churn/1.skops", "logs/r.ndjson"):
        path = data / name
        path.parent.mkdir(parents=True)
        path.write_bytes(os.urandom(100))
    (data / "loads").mkdir()
    (data / "loads" / ".seen.json").write_text("{}")
    (data / "tenant.json").write_text("{}")
    (data / "published").mkdir()
    for path in (data / "warehouse.duckdb", data / "published" / "generation_2026-03-10_1.duckdb"):
        with warehouse.open_file(path) as connection:
            connection.execute("create schema marts; create table marts.t as select 42 as answer")
    served.current(data).symlink_to("generation_2026-03-10_1.duckdb")
    return data


def test_what_comes_back_is_what_was_kept(full: Path, tmp_path: Path) -> None:
    before = _sums(full)
    assert backup.write(full, tmp_path / "kept.tar") == len(before) - 1  # the pointer is a link
    assert backup.restore(tmp_path / "kept.tar", tmp_path / "back") == len(before) - 1
    assert _sums(tmp_path / "back") == before
    assert publishing.serving(tmp_path / "back") is not None
    assert publishing.checksums(served.current(tmp_path / "back")) == publishing.checksums(
        served.current(full)
    )


def test_a_backup_is_readable_by_its_owner_only_and_leaves_no_half(full: Path, tmp_path: Path) -> None:
    (full / "night.lock").write_text("1")
    (full / ".load-1-x").mkdir()
    (full / ".load-1-x" / "work").write_text("half")
    backup.write(full, tmp_path / "kept.tar")
    assert (tmp_path / "kept.tar").stat().st_mode & 0o777 == 0o600
    with tarfile.open(tmp_path / "kept.tar") as tar:
        assert not [name for name in tar.getnames() if "lock" in name or "load-" in name]
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_an_altered_backup_is_not_restored(full: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.tar"
    backup.write(full, kept)
    content = bytearray(kept.read_bytes())
    at = content.rindex((full / "models/churn/1.skops").read_bytes())
    content[at] ^= 1
    kept.write_bytes(content)
    with pytest.raises(BackupError, match=r"1\.skops is not as it was"):
        backup.restore(kept, tmp_path / "back")
    kept.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupError):
        backup.restore(kept, tmp_path / "back")
    assert not (tmp_path / "back").exists()
    assert not list(tmp_path.glob(".back*"))


@pytest.mark.parametrize("name", ["../outside", "/outside", "link"])
def test_a_hostile_backup_writes_nothing_outside(full: Path, tmp_path: Path, name: str) -> None:
    kept = tmp_path / "kept.tar"
    backup.write(full, kept)
    with tarfile.open(kept, "a") as tar:
        entry = tarfile.TarInfo(name)
        if name == "link":
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(BackupError, match="which its list does not name"):
        backup.restore(kept, tmp_path / "deep" / "back")
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("name", ["../outside", "a/../../outside", "ABSOLUTE"])
@pytest.mark.parametrize("kind", ["files", "links"])
def test_a_list_that_names_places_outside_writes_nothing_there(tmp_path: Path, name: str, kind: str) -> None:
    outside = tmp_path / "deep" / "outside"
    name = str(outside) if name == "ABSOLUTE" else name
    listed = {"files": {}, "links": {}} | {kind: {name: hashlib.sha256(b"x").hexdigest()}}
    kept = tmp_path / "kept.tar"
    with tarfile.open(kept, "w") as tar:
        held = [("backup.json", json.dumps(listed).encode()), *([(name, b"x")] if kind == "files" else [])]
        for stored, content in held:
            entry = tarfile.TarInfo(stored)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    with pytest.raises(BackupError, match="leads out of its folder"):
        backup.restore(kept, tmp_path / "deep" / "back")
    assert not outside.is_symlink()
    assert not outside.exists()


def test_a_folder_in_use_is_not_written_over(full: Path, tmp_path: Path) -> None:
    backup.write(full, tmp_path / "kept.tar")
    before = _sums(full)
    with pytest.raises(BackupError, match="is not empty"):
        backup.restore(tmp_path / "kept.tar", full)
    assert _sums(full) == before


@pytest.mark.parametrize(
    "module", ["orchestration.backup", "orchestration.quarantine", "orchestration.reload"]
)
@pytest.mark.parametrize("held", [None, "night.lock"])
def test_a_misspelt_folder_is_neither_kept_nor_made(
    folder: Path, command: Command, tmp_path: Path, module: str, held: str | None
) -> None:
    typo = tmp_path / "typo"
    if held:
        typo.mkdir()
        (typo / held).touch()
    before = sorted(tmp_path.rglob("*"))
    ended = command(module, "--tenant", folder, "--data", typo)
    assert ended.returncode == 2
    lacks = "holds neither raw/ nor published/" if held else "is not there"
    assert ended.stderr == f"error: DATA={typo} {lacks}: mend its name, or run `make nightly` first\n"
    assert sorted(tmp_path.rglob("*")) == before


def test_what_a_folder_holds_is_kept_and_brought_back_by_the_command(
    folder: Path, command: Command, full: Path, tmp_path: Path
) -> None:
    (full / "tenant.json").unlink()
    before = _sums(full)
    kept = tmp_path / "kept.tar"
    ended = command("orchestration.backup", "--tenant", folder, "--data", full, "--to", kept)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == f"{len(before)} files kept in {kept}\n"  # tenant.json, made again; not the pointer
    back = tmp_path / "back"
    ended = command("orchestration.backup", "--tenant", folder, "--data", back, "--restore", kept)
    assert ended.returncode == 0, ended.stderr
    assert before.items() <= _sums(back).items()


def test_a_load_that_was_cut_off_is_not_kept_as_one_that_lost_its_rows(full: Path, tmp_path: Path) -> None:
    of = "orders/feed=a/loaded_on=2026-03-10"
    for name in (f"raw/{of}/.{'0' * 64}.parquet.tmp", f"loads/{of}/{'0' * 64}.json"):
        (full / name).parent.mkdir(parents=True, exist_ok=True)
        (full / name).write_text("{}")
    backup.write(full, tmp_path / "kept.tar")
    backup.restore(tmp_path / "kept.tar", tmp_path / "back")
    assert recovery.lost(tmp_path / "back") == []
