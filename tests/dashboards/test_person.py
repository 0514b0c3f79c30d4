"""A person's page: what the file holds on them, and nothing typed in any address."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page

from tests.dashboards.site import Seen, opened


@pytest.fixture(scope="module")
def somebody(published_file: Path) -> str:
    """Somebody for whom there is something to do."""
    with duckdb.connect(published_file, read_only=True) as published:
        (user_key,) = published.execute(
            "select user_key from marts.fct_next_actions order by user_key limit 1"
        ).fetchone() or ("",)
    return str(user_key)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_what_the_file_holds(
    address: str, window: tuple[Page, Seen], published_file: Path, somebody: str, language: str
) -> None:
    shown, seen = window
    seen.errors.clear()
    opened(shown, f"{address}{'/zh' if language == 'zh' else ''}/person")
    shown.fill("#who", somebody)
    shown.click(".find button")
    shown.wait_for_selector("[data-fact=country]")
    state = "lifecycle_state_zh" if language == "zh" else "lifecycle_state"
    with duckdb.connect(published_file, read_only=True) as published:
        row = published.execute(
            f"select country, {state}, platform from marts.dim_user_profiles where user_key = $1", [somebody]
        ).fetchone()
        counts = [
            published.execute(
                f"select count(*) from marts.{table} where user_key = $1", [somebody]
            ).fetchone()
            for table in ("fct_consents", "fct_next_actions")
        ]
    facts = [shown.inner_text(f"[data-fact={name}]") for name in ("country", "lifecycle_state", "platform")]
    assert tuple(facts) == tuple("–" if value is None else value for value in row or ())
    names = ("授权", "建议动作") if language == "zh" else ("Consents", "Next actions")
    shown_rows = [(shown.locator(f"[aria-label='{name}'] tbody tr").count(),) for name in names]
    assert shown_rows == counts
    assert seen.errors == []


def test_a_person_is_told_in_chinese(address: str, window: tuple[Page, Seen], published_file: Path) -> None:
    shown, _ = window
    with duckdb.connect(published_file, read_only=True) as published:
        found = published.execute(
            """
            select p.user_key, s.name_zh, a.name_zh, p.churn_band
            from marts.dim_user_profiles as p
            inner join marts.dim_segments as s on p.segment_name = s.name_en
            inner join marts.fct_next_actions as a on p.user_key = a.user_key and a.rank = 1
            where p.churn_band is not null order by 1 limit 1
            """
        ).fetchone()
        assert found is not None
        user_key, segment, action, band = found
        granted = published.execute(
            "select count(*) from marts.fct_consents where user_key = $1 and status = 'granted'", [user_key]
        ).fetchone()
    opened(shown, f"{address}/zh/person")
    shown.fill("#who", str(user_key))
    shown.click(".find button")
    shown.wait_for_selector("[data-fact=country]")
    assert shown.inner_text("[data-fact=segment_name]") == segment
    assert shown.inner_text("[data-fact=next_action]") == action
    assert shown.inner_text("[data-fact=churn_band]") == {"high": "高", "medium": "中", "low": "低"}[band]
    consents = shown.locator("[aria-label='授权'] tbody tr")
    assert (consents.filter(has_text="已授权").count(),) == granted
    assert "granted" not in shown.inner_text("[aria-label='授权']")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_number_of_a_person_has_its_meaning(
    address: str, window: tuple[Page, Seen], somebody: str, language: str
) -> None:
    shown, _ = window
    opened(shown, f"{address}{'/zh' if language == 'zh' else ''}/person?user_key={somebody}")
    shown.wait_for_selector("[data-fact=country]")
    meanings = (
        """all => all.map(e => [e.firstChild.textContent, e.querySelector('.meaning')?.textContent || ''])"""
    )
    titles = shown.eval_on_selector_all(".person th", meanings)
    facts = shown.eval_on_selector_all(".person dt", meanings)
    # The timeline's columns are of several tables, and none of them is a number.
    timeline = shown.eval_on_selector_all(
        f"[aria-label='{'时间线' if language == 'zh' else 'Timeline'}'] th", meanings
    )
    assert len(titles) - len(timeline) >= 10
    silent = [label for label, meaning in [*titles, *facts] if not meaning.strip()]
    assert silent == [label for label, _ in timeline]


def test_what_is_typed_stands_in_no_address(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    asked: list[str] = []
    shown.on("request", lambda request: asked.append(request.url))
    opened(shown, f"{address}/person")
    shown.fill("#who", "somebody-typed@example.test")
    shown.click(".find button")
    shown.wait_for_url("**user_key=unknown")
    shown.get_by_text("Nobody goes by that").wait_for()
    assert asked
    assert not [url for url in asked if "somebody-typed" in url]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_person_is_told_in_words(
    address: str, window: tuple[Page, Seen], published_file: Path, language: str
) -> None:
    shown, _ = window
    with duckdb.connect(published_file, read_only=True) as published:
        (user_key, uplift, value, cost) = published.execute(
            "select user_key, cast(retain_uplift as decimal(18, 4)), cast(value as decimal(18, 2)),"
            " cast(cost as decimal(18, 2)) from marts.fct_next_actions"
            " where user_key in (select user_key from marts.fct_recommendations) and rank = 1"
            " order by 1 limit 1"
        ).fetchone() or ("", 0, 0, 0)
        items = published.execute(
            "select coalesce(p.name, r.item_id) from marts.fct_recommendations as r left join"
            " marts.rpt_products as p on r.item_id = p.product_id where r.user_key = $1 order by r.rank",
            [user_key],
        ).fetchall()
        (idle,) = published.execute(
            "select user_key from marts.dim_user_profiles where next_action is null order by 1 limit 1"
        ).fetchone() or ("",)
    opened(shown, f"{address}{'/zh' * (language == 'zh')}/person?user_key={user_key}")
    name = {"en": "Recommended items", "zh": "推荐商品"}[language]
    found = shown.locator(f"[aria-label='{name}'] tbody td:nth-child(2)").all_inner_texts()
    assert [(item,) for item in found] == items
    why = shown.locator("td.long").first.inner_text()
    said = {
        "en": f"Raises the probability to stay by {uplift}, of a value of {value}",
        "zh": f"留存概率提升 {uplift}，价值 {value}",
    }
    assert said[language] in why
    assert str(cost) in why
    labels = shown.locator(".person dt").all_inner_texts()
    assert {"en": "Lifetime value", "zh": "客户终身价值"}[language] in " ".join(labels)
    opened(shown, f"{address}{'/zh' * (language == 'zh')}/person?user_key={idle}")
    assert {"en": "Nothing now: no rule", "zh": "暂无建议动作"}[language] in shown.inner_text(".person")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_happened_is_told_in_the_language_of_the_page(
    address: str, window: tuple[Page, Seen], published_file: Path, language: str
) -> None:
    shown, _ = window
    with duckdb.connect(published_file, read_only=True) as published:
        (user_key,) = published.execute(
            "select user_key from marts.fct_touches semi join marts.fct_orders using (user_key)"
            " semi join marts.fct_feedback using (user_key) group by 1 order by count(*) desc, 1 limit 1"
        ).fetchone() or ("",)
        sent = published.execute(
            "select c.name, count(*) from marts.fct_touches as t"
            " inner join marts.rpt_campaigns as c using (campaign_id)"
            " where t.user_key = $1 and t.action = 'sent' group by 1",
            [user_key],
        ).fetchall()
        orders = published.execute(
            "select status, count(*) from marts.fct_orders where user_key = $1 group by 1", [user_key]
        ).fetchall()
    opened(shown, f"{address}{'/zh' * (language == 'zh')}/person?user_key={user_key}")
    shown.wait_for_selector("[data-fact=user_key]")
    rows = shown.locator(
        f"[aria-label='{'时间线' if language == 'zh' else 'Timeline'}'] tbody tr"
    ).evaluate_all("all => all.map(r => [...r.cells].slice(1).map(c => c.innerText))")
    words = {"en": ("sent", "messages"), "zh": ("已发送", "触达")}[language]
    held = {(words[0], name, words[1]): count for name, count in sent}
    statuses = {"placed": "订单已下单", "paid": "订单已付款", "fulfilled": "订单已完成"}
    statuses |= {"cancelled": "订单已取消", "refunded": "订单已退款"}
    told = {status: statuses[status] if language == "zh" else f"order {status}" for status, _ in orders}
    cut = len(rows) == 200
    for key, count in held.items():
        found = sum(tuple(row) == key for row in rows)
        assert found == count or (cut and found <= count)
    assert any(tuple(row) in held for row in rows)
    for status, count in orders:
        found = sum(row[0] == told[status] for row in rows)
        assert found == count or (cut and found <= count)
    assert any(row[0] in told.values() for row in rows)
