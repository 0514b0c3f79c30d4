"""The file the pages read: followed when it is swapped, missing things said, nothing written."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards import answers
from dashboards import published as module
from dashboards.answers import Chosen
from dashboards.published import Missing, Published
from dashboards.specification import pages


def _generation(folder: Path, name: str, people: int) -> Path:
    path = folder / name
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.dim_users as"
            f" select 'p' || i as user_key, date '2026-06-30' as as_of from range({people}) as t (i)"
        )
    return path


def _point(folder: Path, target: Path) -> Path:
    beside = folder / ".next"
    beside.symlink_to(target.name)
    os.replace(beside, folder / "current.duckdb")
    return folder / "current.duckdb"


COUNT = "select count(*) as people from marts.dim_users"


def test_a_swap_is_followed_without_a_restart(tmp_path: Path) -> None:
    published = Published(_point(tmp_path, _generation(tmp_path, "generation_1.duckdb", 3)))
    assert published.frame(COUNT)["people"].tolist() == [3]
    _point(tmp_path, _generation(tmp_path, "generation_2.duckdb", 5))
    assert published.frame(COUNT)["people"].tolist() == [5]
    assert published.generation == "generation_2"


def test_a_generation_dropped_while_read_is_no_error(tmp_path: Path) -> None:
    first = _generation(tmp_path, "generation_1.duckdb", 3)
    published = Published(_point(tmp_path, first))
    published.frame(COUNT)
    _point(tmp_path, _generation(tmp_path, "generation_2.duckdb", 5))
    first.unlink()
    assert published.frame(COUNT)["people"].tolist() == [5]


def test_what_many_ask_at_once_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = Published(_point(tmp_path, _generation(tmp_path, "generation_1.duckdb", 3)))
    asked: list[str] = []
    real = module._asked

    def slow(cursor: duckdb.DuckDBPyConnection, sql: str, given: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        asked.append(sql)
        time.sleep(0.2)
        return real(cursor, sql, given)

    monkeypatch.setattr(module, "_asked", slow)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(published.frame, [COUNT] * 6))
        assert [frame["people"].tolist() for frame in found] == [[3]] * 6
        assert asked == [COUNT]
        missing = [threads.submit(published.frame, "select * from marts.gone") for _ in range(3)]
        assert all(isinstance(one.exception(), Missing) for one in missing)
    assert not published._asking


def test_no_file_yet_is_said_and_then_filled(tmp_path: Path) -> None:
    published = Published(tmp_path / "current.duckdb")
    panel = pages()[0].panels[0]
    for language, said in (("en", "make nightly"), ("zh", "尚未发布")):
        assert said in answers.answer(published, panel, Chosen(), language).attrs["why"]
    _point(tmp_path, _generation(tmp_path, "generation_1.duckdb", 3))
    assert answers.as_of(published) == date(2026, 6, 30)


def test_an_older_file_says_what_it_lacks(tmp_path: Path) -> None:
    published = Published(_point(tmp_path, _generation(tmp_path, "generation_1.duckdb", 3)))
    for page in pages():
        for panel in page.panels:
            why = answers.answer(published, panel, Chosen(), "en").attrs["why"]
            assert any(table in why for table in panel.tables), (page.page, panel.title)


def test_nothing_is_written_and_no_other_file_is_read(tmp_path: Path) -> None:
    served, elsewhere = tmp_path / "served", tmp_path / "elsewhere"
    served.mkdir()
    elsewhere.mkdir()
    published = Published(_point(served, _generation(served, "generation_1.duckdb", 3)))
    beside = elsewhere / "beside.csv"
    beside.write_text("a\n1\n")
    for statement in (
        "create table marts.more as select 1 as a",
        f"select * from read_csv('{beside}')",
        "set enable_external_access = true",
    ):
        with pytest.raises((duckdb.Error, Missing)):
            published.frame(statement)
