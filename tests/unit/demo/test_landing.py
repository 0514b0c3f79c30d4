"""The landing files hold exactly what the truths say they hold."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
import zstandard

from demo.delivery import Delivered
from demo.faults import kinds_of
from demo.generate import NotEmpty, feeds_of, write_world
from demo.landing import arrival_days
from demo.plan import Plan
from orchestration.replay import day_of
from tests.unit.demo.conftest import PLAN, Written


def content_of(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    return zstandard.ZstdDecompressor().decompress(data) if path.suffix == ".zst" else data


def records_of(path: Path) -> list[object]:
    """Physical records: lines without the header, or rows."""
    if path.suffix == ".parquet":
        return [tuple(row.items()) for row in pq.read_table(path).to_pylist()]
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True).active
        assert sheet is not None
        return list(sheet.iter_rows(min_row=2, values_only=True))
    lines = content_of(path).split(b"\n")
    assert lines.pop() == b""
    return list(lines[1:]) if ".csv" in path.name else list(lines)


def test_the_files_are_those_of_the_truth_and_no_others(written: Written) -> None:
    there = {p.relative_to(written.landing).as_posix() for p in written.landing.rglob("*") if p.is_file()}
    assert there == {file.file for file in written.files}


def test_counts_of_every_file_are_exact(written: Written) -> None:
    for file in written.files:
        records = records_of(written.landing / file.file)
        assert len(records) == file.physical, file.file
        repeated = sum(times - 1 for times in Counter(records).values())
        assert repeated == file.duplicate, file.file


def test_malformed_lines_are_where_the_truth_says(written: Written) -> None:
    encodings = {feed.name: feed.encoding for feed in feeds_of(written.world)}
    seen: set[str] = set()
    for file in written.files:
        path = written.landing / file.file
        if path.suffix in (".parquet", ".xlsx"):
            continue
        told = dict(file.broken)
        lines = content_of(path).split(b"\n")[:-1]
        if ".csv" in path.name:
            width = len(next(csv.reader(io.StringIO(lines[0].decode(encodings[file.feed])))))
        for number, line in enumerate(lines, 1):
            found = _structural_fault(line, encodings[file.feed], width if ".csv" in path.name else None)
            kind = told.get(number, "")
            if kind in ("unparsable_line", "bad_encoding", "too_many_columns"):
                assert found == kind, (file.file, number)
            else:
                assert found == "", (file.file, number)
            seen.add(kind)
    assert {"unparsable_line", "bad_encoding", "too_many_columns", "bad_type", "bad_enum"} <= seen


def _structural_fault(line: bytes, encoding: str, width: int | None) -> str:
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        return "bad_encoding"
    if width is not None:
        return "" if len(next(csv.reader([text]))) == width else "too_many_columns"
    try:
        json.loads(text)
    except ValueError:
        return "unparsable_line"
    return ""


def test_no_file_is_malformed_beyond_the_feeds_limit(written: Written) -> None:
    assert all(len(file.broken) <= 0.05 * file.physical for file in written.files)


def test_every_kind_of_fault_is_met_somewhere(written: Written) -> None:
    planned = {kind for feed in feeds_of(written.world) for kind in kinds_of(feed)}
    assert {kind for file in written.files for _, kind in file.broken} == planned


def test_no_file_holds_what_happens_after_it_arrives(written: Written) -> None:
    for feed in feeds_of(written.world):
        own = [f for f in written.files if f.feed == feed.name and not f.copy_of]
        assert max(f.arrival for f in own) >= feed.day.max()
        assert sum(f.physical - len(f.broken) - f.duplicate - f.redelivered for f in own) == len(feed.at)
    last = max(day_of(file.file) for file in written.files if day_of(file.file))  # type: ignore[type-var]
    assert last == PLAN.end


def test_late_and_repeated_deliveries_are_planted(written: Written) -> None:
    late, again = Counter[str](), Counter[str]()
    for file in written.files:
        late[file.feed] += file.late
        again[file.feed] += file.redelivered
    assert late["app_events"] > 0
    assert again["app_events"] > 0
    copies = [file for file in written.files if file.copy_of]
    assert len(copies) == 1
    sent_again = written.landing / copies[0].file
    assert sent_again.read_bytes() == (written.landing / copies[0].copy_of).read_bytes()


def test_the_last_days_come_day_by_day() -> None:
    for cadence in ("dense", "usual"):
        days = arrival_days(Plan(), cadence)
        assert list(days[-9:]) == list(range(721, 730))


def test_same_plan_same_bytes(written: Written, tmp_path: Path) -> None:
    again = write_world(tmp_path / "landing", tmp_path / "truth", PLAN)
    assert again == written.files
    for first, second in ((written.landing, tmp_path / "landing"), (written.truth, tmp_path / "truth")):
        assert _digests(first) == _digests(second)


def test_another_seed_makes_another_world(written: Written, tmp_path: Path) -> None:
    write_world(tmp_path / "landing", tmp_path / "truth", replace(PLAN, seed=8))
    assert _digests(tmp_path / "landing") != _digests(written.landing)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("a\n1\n")
    with pytest.raises(NotEmpty, match="not empty"):
        write_world(tmp_path, tmp_path / "truth", PLAN)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.csv"]


def test_an_unfinished_world_is_started_over(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / ".unfinished").touch()
    (landing / "half.csv").touch()
    files: list[Delivered] = write_world(landing, tmp_path / "truth", PLAN)
    assert not (landing / "half.csv").exists()
    assert len([p for p in landing.rglob("*") if p.is_file()]) == len(files)


@pytest.mark.parametrize("people", [50, 120])
def test_very_small_worlds_can_be_written(people: int, tmp_path: Path) -> None:
    assert write_world(tmp_path / "landing", tmp_path / "truth", Plan(people=people))


def test_a_short_world_can_be_written(tmp_path: Path) -> None:
    plan = Plan(people=200, start=Plan().start.replace(year=2025), end=Plan().end)
    assert write_world(tmp_path / "landing", tmp_path / "truth", plan)
