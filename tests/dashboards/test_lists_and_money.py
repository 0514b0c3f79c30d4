"""Lists as a whole, headings as a whole, and numbers with what they are counted in."""

from __future__ import annotations

import csv
import json
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import pytest
from playwright.sync_api import Page

from dashboards.specification import pages
from tests.dashboards.site import Seen, address_of, opened

CUT = """[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1)
    .map(e => e.ariaLabel)"""
AT_RISK = "select user_key from marts.dim_user_profiles where churn_band = 'high'"


def _rows(address: str, panel: str, **chosen: object) -> list[list[str]]:
    asked = f"{address}/rows/{panel}.csv?{urlencode({'chosen': json.dumps(chosen)})}"
    with urllib.request.urlopen(asked) as answer:
        assert answer.headers["Content-Type"].startswith("text/csv")
        return list(csv.reader(answer.read().decode("utf-8-sig").splitlines()))


def test_a_cut_list_is_had_as_a_whole(
    address: str, window: tuple[Page, Seen], published_file: Path, tmp_path: Path
) -> None:
    shown, seen = window
    seen.errors.clear()
    opened(shown, f"{address}/churn")
    with duckdb.connect(published_file, read_only=True) as published:
        people = {str(row[0]) for row in published.execute(AT_RISK).fetchall()}
    if len(people) <= 200:
        pytest.skip("the list is shown whole")
    table = shown.locator(".table-panel").first
    with shown.expect_download() as download:
        table.locator("a[download]").click()
    download.value.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    labels = pages()[[page.page for page in pages()].index("churn")].panels[4].columns
    assert head == [column.label["en"] for column in labels.values()]
    assert {row[0] for row in rows} == people
    assert len(rows) == len(people)
    links = table.locator("tbody a").evaluate_all("all => all.map(a => a.title)")
    assert [row[0] for row in rows[:200]] == links
    assert seen.errors == []


def test_a_list_is_of_the_people_chosen(address: str, published_file: Path) -> None:
    with duckdb.connect(published_file, read_only=True) as published:
        platform, people = published.execute(
            f"select platform, count(*) from marts.dim_user_profiles where user_key in ({AT_RISK})"
            " and platform is not null group by platform order by 2 desc limit 1"
        ).fetchone() or ("", 0)
    assert len(_rows(address, "churn-4-en", platform=[platform])) == people + 1


@pytest.mark.parametrize(
    ("asked", "status"), [("no-such-en.csv", 404), ("churn-4-en.csv?chosen=x", 400), ("churn-0-en.csv", 404)]
)
def test_what_is_no_list_is_refused(address: str, asked: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{address}/rows/{asked}")
    assert refused.value.code == status


def test_no_heading_is_cut(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    for page in pages():
        for language in ("en", "zh"):
            opened(shown, address_of(address, page, language))
            assert shown.evaluate(CUT) == [], (page.page, language)


def test_a_funnel_counts_people_in_full(
    address: str, window: tuple[Page, Seen], published_file: Path
) -> None:
    shown, _ = window
    opened(shown, f"{address}/funnels")
    with duckdb.connect(published_file, read_only=True) as published:
        people = [
            row[0]
            for row in published.execute(
                "select people from marts.rpt_funnels where breakdown = 'all' and funnel ="
                " (select min(funnel) from marts.rpt_funnels) order by step_number"
            ).fetchall()
        ]
    said = [
        text.split("%")[0]
        for text in shown.locator(".funnellayer text").evaluate_all("all => all.map(t => t.textContent)")
    ]
    assert [text[: len(f"{count:,}")] for text, count in zip(said, people, strict=True)] == [
        f"{count:,}" for count in people
    ]


def test_money_says_what_it_is_in(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    opened(shown, address)
    labels = shown.locator(".number .label").all_inner_texts()
    assert "Revenue (CNY)" in labels
    assert "Orders" in labels
    assert shown.inner_text("#overview-3-en_title") == "Revenue a day (CNY)"
    assert shown.inner_text("#overview-4-en_title") == "Registrations a day"
    opened(shown, f"{address}/zh/churn")
    assert "CNY" in shown.locator(".rows-shown").first.inner_text()


def test_revenue_of_direct_flattens_no_other(address: str, window: tuple[Page, Seen]) -> None:
    shown, _ = window
    opened(shown, f"{address}/campaigns")
    drawn = shown.evaluate("document.querySelector('#campaigns-4-en').data.flatMap(t => t.x)")
    assert drawn
    assert "Direct" not in drawn
    alone = shown.evaluate("document.querySelector('#campaigns-5-en').data.flatMap(t => t.y)")
    assert "linear" in alone
