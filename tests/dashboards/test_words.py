"""A Chinese page says nothing in English but what a company's data say, and what has no other name."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page

from dashboards.saying import said
from dashboards.specification import Page as Specified
from dashboards.specification import pages
from tests.dashboards.site import Seen, address_of, opened

WORD = re.compile(r"[A-Za-z]{2,}")
HAN = re.compile("[\u4e00-\u9fff]")
# What stands on the page, without what explains it and without the letters that icons are drawn from.
TEXTS = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = new Set();
    while (walk.nextNode()) {
        const around = walk.currentNode.parentElement;
        const left = 'script, style, .meaning, [role=tooltip], .material-symbols-outlined, #language-switch';
        if (around && !around.closest(left)) found.add(walk.currentNode.textContent.trim());
    }
    return [...found];
}"""
# What goes by these letters in Chinese too: measures, a currency, a kind of file, points of per cent.
LETTERS = re.compile("DAU|WAU|MAU|ARPU|RFM|MRR|NPS|CSAT|CES|AUC|ECE|NDCG|PSI|ROI|CLV|CNY|CSV|UTC|pp")
# Names of statistics: of people, or of the letters somebody gave them.
NAMES = re.compile("Brier|ARI|MAE|RMSE|Qini|Gini|Sigmoid|Dirichlet|EASE|TF|IDF|BG|NBD|Gamma|learner")
# What the company's data say, a file or a model is called, by the tables that hold it.
THEIRS = {
    "dim_user_profiles": (
        "country",
        "region",
        "city",
        "platform",
        "favourite_category",
        "language",
        "membership_level",
        "occupation",
        "user_key",
    ),
    "fct_user_tags": ("value",),
    "fct_events": ("page", "item_id"),
    "rpt_products": ("name", "category", "product_id"),
    "rpt_pages": ("page",),
    "rpt_path_sequences": ("path",),
    "rpt_campaigns": ("name",),
    "rpt_experiments": ("name",),
    "rpt_needs": ("name_zh",),
    "rpt_loads": ("feed", "file"),
    "rpt_data_quality": ("asset",),
    "rpt_model_quality": ("model_version",),
}
# Of a tag of the pipeline's own, and of nothing at all.
OURS = {"yes", "none", "unknown", "all", "low", "medium", "high"}


@pytest.fixture(scope="module")
def theirs(published_file: Path) -> set[str]:
    with duckdb.connect(published_file, read_only=True) as published:
        rows = [
            value
            for table, columns in THEIRS.items()
            for column in columns
            for (value,) in published.execute(f"select distinct {column} from marts.{table}").fetchall()
        ]
        classes = {
            c for (c,) in published.execute("select distinct rfm_class from marts.fct_user_value").fetchall()
        }
        columns = published.execute(
            "select column_name from duckdb_columns() union select column_name from marts.rpt_data_quality"
        ).fetchall()
    given = {str(value) for value in rows} - classes - OURS
    # A person stands in a list by the first letters of the pseudonym.
    return given | {f"{value[:12]}…" for value in given} | {f"column {name}" for (name,) in columns}


def _english(text: str, theirs: set[str]) -> bool:
    if text in theirs or not WORD.search(text):
        return False
    # Of a breakdown and its value the value may be the company's.
    if all(part in theirs or (HAN.search(part) and not WORD.search(part)) for part in text.split(" · ")):
        return False
    words = re.findall(r"[A-Za-z][A-Za-z0-9_]+", text)
    unknown = [word for word in words if not (LETTERS.fullmatch(word) or NAMES.fullmatch(word))]
    # A rule about a column names it.
    return not all(HAN.search(text) and f"column {word}" in theirs for word in unknown)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.page)
def test_a_chinese_page_is_in_chinese(
    address: str, window: tuple[Page, Seen], theirs: set[str], page: Specified
) -> None:
    shown, _ = window
    opened(shown, address_of(address, page, "zh"))
    texts = shown.evaluate(TEXTS)
    assert sum(HAN.search(text) is not None for text in texts) > 20
    assert not [text for text in texts if _english(text, theirs)]


# People of whom much is told: something to do for them, orders, messages and what they said.
MANY_SIDED = """
select user_key from marts.fct_next_actions semi join marts.fct_orders using (user_key)
semi join marts.fct_touches using (user_key) semi join marts.fct_feedback using (user_key)
group by user_key order by count(distinct action) desc, user_key limit 4
"""
# A name of an event that the pages know is said in Chinese; any other is the company's own.
EVENTS = "select distinct event_name from marts.fct_events"


def test_a_persons_page_is_in_chinese(
    address: str, window: tuple[Page, Seen], published_file: Path, theirs: set[str]
) -> None:
    shown, _ = window
    with duckdb.connect(published_file, read_only=True) as published:
        people = [who for (who,) in published.execute(MANY_SIDED).fetchall()]
        events = [name for (name,) in published.execute(EVENTS).fetchall()]
    own = {name for name in events if said("event_names", name, "zh") == name}
    assert len(own) < len(events) / 2
    assert people
    for who in people:
        opened(shown, f"{address}/zh/person?user_key={who}")
        shown.wait_for_selector("[data-fact=user_key]")
        texts = shown.evaluate(TEXTS)
        assert sum(HAN.search(text) is not None for text in texts) > 40
        assert not [text for text in texts if _english(text, theirs | own)], who


def test_english_is_found() -> None:
    assert _english("female", {"CN"})
    assert _english("churn_band <= 3", {"column churn_band"})
    assert not _english("churn_band 只取 3 个已知值", {"column churn_band"})
    assert not _english("事件的平台 · ios", {"ios"})
    assert not _english("Home & Linen", {"Home & Linen"})


def test_every_rule_and_decision_is_said_in_chinese(published_file: Path) -> None:
    asked = {
        "gates": "select distinct expectation from marts.rpt_data_quality",
        "observations": "select distinct observed from marts.rpt_data_quality",
        "decisions": "select distinct decision from marts.rpt_model_quality where decision is not null",
        "methods": "select distinct method from marts.rpt_model_quality where method is not null",
        "segment_rules": "select rule from marts.dim_segments",
    }
    with duckdb.connect(published_file, read_only=True) as published:
        for vocabulary, sql in asked.items():
            values = [value for (value,) in published.execute(sql).fetchall()]
            assert values, vocabulary
            assert [v for v in values if not HAN.search(said(vocabulary, v, "zh"))] == [], vocabulary


def test_who_is_lost_reads_so_in_both_languages(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    shown.goto(f"{address}/zh/no-such-page")
    shown.get_by_text("没有这个页面。").wait_for()
    assert shown.get_by_text("There is no such page.").is_visible()
    shown.click("text=前往总览")
    shown.wait_for_function("document.querySelector('#page-title')?.innerText === '总览'")
    assert shown.evaluate("document.documentElement.lang") == "zh-CN"
