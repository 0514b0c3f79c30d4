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
            f" ('marts/rpt_engagement', '{HOSTILE}', 'warning', false, '1 row'),"
            " ('models/churn', 'no worse than the rule', 'warning', false, 'Brier 0.2'))"
            " as t (asset, expectation, severity, success, observed)"
        )
    return path


# What a build might have left of the report and of what it reads; one query nobody can read.
QUERIES = (
    (
        "intermediate",
        "int_lifecycle__returns",
        "select occurred_at as day, user_key from w.staging.stg_events",
    ),
    (
        "marts",
        "rpt_engagement",
        """
        with days as (select * from w.intermediate.int_lifecycle__returns)
        select day, count(*) as dau, count(distinct user_key) as mau, date '2026-06-30' as as_of
        from days group by day
        """,
    ),
    ("marts", "rpt_pages", "select page from from"),
)


def _written(published: Path, out: Path) -> dict[str, str]:
    columns = lineage.of_queries(QUERIES)
    found = facts.tables(published, columns.tables())
    files = site.write(found, facts.models(published), columns, out, "owner@example.test")
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def test_a_table_is_told_with_its_meaning_rows_freshness_and_gates(published: Path, tmp_path: Path) -> None:
    pages = _written(published, tmp_path / "site")
    page = pages["rpt_engagement.html"]
    assert "<dt>Rows 行数</dt><dd>1</dd><dt>Fresh to 数据日期</dt><dd>2026-06-30</dd>" in page
    assert "<dd>owner@example.test</dd>" in page
    assert "<dt>Shown on 看板页面</dt><dd>Overview" in page
    assert "People active on the day." in page
    assert "日活跃人数" in page
    assert "1 of 2 rules held" in pages["index.html"]
    assert "DAU / MAU" in pages["metrics.html"]


def test_what_failed_is_said_first(published: Path, tmp_path: Path) -> None:
    pages = _written(published, tmp_path / "site")
    (said,) = re.findall(r"<dt>Gates 质量门</dt><dd>(.*?)</dd>", pages["index.html"])
    assert re.sub(r"<[^>]*>", "", said) == "rules failed in rpt_engagement, models"
    assert "no worse than the rule" in pages["models.html"]
    assert pages["rpt_engagement.html"].index("alert(1)") < pages["rpt_engagement.html"].index("has days")


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
        assert set(re.findall(r'href="([^"#]+)', text)) <= set(pages)
        for page, anchor in re.findall(r'href="([^"#]+)#([^"]+)"', text):
            assert f'id="{anchor}"' in pages[page], (page, anchor)


def _told(page: str, column: str) -> str:
    """The last cell of a column's row, without its marks."""
    (row,) = re.findall(rf'<tr id="{column}">(.*?)</tr>', page)
    return re.sub(r"<[^>]*>", "", row.split("<td>")[-1])


def test_a_column_says_what_it_is_made_of_and_what_it_feeds(published: Path, tmp_path: Path) -> None:
    pages = _written(published, tmp_path / "site")
    report, between = pages["rpt_engagement.html"], pages["int_lifecycle__returns.html"]
    assert _told(report, "day").startswith("from int_lifecycle__returns.day")
    assert _told(report, "mau").startswith("from int_lifecycle__returns.user_key")
    assert _told(report, "dau") == "a constant or a count of rows"
    assert "feeds 1 column 下游rpt_engagement.mau" in _told(between, "user_key")
    assert "intermediate, not published" in between
    assert "<h2>Sample query" not in between


def test_a_column_that_cannot_be_told_says_why(published: Path, tmp_path: Path) -> None:
    with duckdb.connect(published) as connection:
        connection.execute("create table marts.rpt_pages as select '/' as page")
        connection.execute("create table marts.rpt_paths as select '/' as from_page")
        connection.execute("create table marts.dim_segments as select 1 as segment_id")
    pages = _written(published, tmp_path / "site")
    assert _told(pages["rpt_pages.html"], "page") == "cannot be told: its SQL was not understood"
    assert _told(pages["rpt_paths.html"], "from_page") == "cannot be told: the last build left no SQL here"
    told = _told(pages["dim_segments.html"], "segment_id")
    assert told == "cannot be told: written by a model in Python (ml/)"
    told = _told(pages["rpt_data_quality.html"], "asset")
    assert told == "cannot be told: written by the publish step"
    assert "cannot be told: written by the feeds" in _told(pages["events.html"], "event_id")


def test_a_page_of_a_table_that_is_gone_goes_too(published: Path, tmp_path: Path) -> None:
    _written(published, tmp_path / "site")
    (tmp_path / "site" / "rpt_of_before.html").write_text("")
    assert "rpt_of_before.html" not in _written(published, tmp_path / "site")
    assert not (tmp_path / "site" / "rpt_of_before.html").exists()


def test_lineage_leads_back_to_the_records(published: Path) -> None:
    assert "int_behaviour__sessions" in lineage.parents()["rpt_engagement"]
    assert "stg_events" in lineage.origins("rpt_engagement")
    assert "rpt_engagement" in lineage.children()["int_behaviour__sessions"]


def test_lineage_goes_through_the_models_and_the_publish_step() -> None:
    # What ml/reach and ml/experiments say they need; and what the quality report is put together from.
    assert lineage.parents()["fct_reach"] == ("ftr_reach_counts",)
    assert lineage.parents()["rpt_experiments"] == ("ftr_experiment_arms", "ftr_experiment_statistics")
    assert lineage.parents()["rpt_model_quality"] == ("ml_drift", "ml_metric", "ml_model_version")
    assert "int_behaviour__sessions" in lineage.origins("rpt_model_quality")
    assert "fct_churn_scores" in lineage.children()["ftr_churn_labels"]
    assert "stg_events" in lineage.origins("fct_churn_scores")


def test_a_table_of_a_model_says_which(published: Path, tmp_path: Path) -> None:
    with duckdb.connect(published) as connection:
        connection.execute("create table marts.fct_reach as select 'ann' as user_key")
    pages = _written(published, tmp_path / "site")
    assert "<dt>Made by 产出</dt><dd><code>ml/reach</code></dd>" in pages["fct_reach.html"]
    told = re.findall(r"<dt>Selects from 直接来源</dt><dd>(.*?)</dd>", pages["fct_reach.html"])
    assert told == ['<a href="ftr_reach_counts.html"><code>ftr_reach_counts</code></a>']
    assert "every model in Python (ml/)" in pages["ml_metric.html"]
