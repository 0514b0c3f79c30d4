"""The catalogue: what stands in the file is told as text, its queries run, and it asks no host."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import duckdb
import pytest

from catalogue import facts, lineage, site

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "current.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.rpt_engagement as select date '2026-06-30' as day, 3 as dau, 5 as mau,"
            " date '2026-06-30' as as_of"
        )
        connection.execute(
            "create table marts.rpt_data_quality as select * from (values"
            f" ('marts/rpt_engagement', 'has days', 'critical', true, '0 rows'),"
            f" ('marts/rpt_engagement', '{HOSTILE}', 'warning', false, '1 row'))"
            " as t (asset, expectation, severity, success, observed)"
        )
    return path


def _written(published: Path, out: Path) -> dict[str, str]:
    files = site.write(facts.tables(published), out, "2026-06-30")
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def test_a_table_is_told_with_its_meaning_rows_freshness_and_gates(published: Path, tmp_path: Path) -> None:
    pages = _written(published, tmp_path / "site")
    page = pages["rpt_engagement.html"]
    assert "1 rows, fresh to 2026-06-30" in page
    assert "People active on the day." in page
    assert "日活跃人数" in page
    assert "1 of 2 rules held" in pages["index.html"]
    assert "DAU / MAU" in pages["metrics.html"]


def test_what_data_say_is_text(published: Path, tmp_path: Path) -> None:
    page = _written(published, tmp_path / "site")["rpt_engagement.html"]
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)" in page


def test_sample_queries_run(published: Path, tmp_path: Path) -> None:
    pages = _written(published, tmp_path / "site")
    with duckdb.connect(published, read_only=True) as connection:
        for name in ("rpt_engagement", "rpt_data_quality"):
            (query,) = re.findall(r"<pre>(.*?)</pre>", pages[f"{name}.html"], re.DOTALL)
            assert connection.execute(unescape(query)).fetchall()


def test_no_page_asks_another_host_and_every_link_is_there(published: Path, tmp_path: Path) -> None:
    pages = _written(published, tmp_path / "site")
    for text in pages.values():
        assert "://" not in text
        assert set(re.findall(r'href="([^"]+)"', text)) <= set(pages)


def test_lineage_leads_back_to_the_records(published: Path) -> None:
    assert "int_behaviour__sessions" in lineage.parents()["rpt_engagement"]
    assert "stg_events" in lineage.origins("rpt_engagement")
    assert "rpt_engagement" in lineage.children()["int_behaviour__sessions"]
