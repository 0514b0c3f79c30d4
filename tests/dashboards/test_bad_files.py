"""One server, several files behind its pointer: none, an older one, a hostile one, a million people."""

from __future__ import annotations

import csv
import io
import os
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page

from tests.dashboards.site import Seen, numbers_on, opened, served

HOSTILE = (
    "<img src=x onerror=window.ran=1><script>window.ran=1</script><a href='javascript:window.ran=1'>b</a>"
)
MILLION = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("swapped")
    (made / "published").mkdir()
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with served(folder) as found:
        yield found


def _swap_in(folder: Path, published_file: Path, name: str, *statements: str) -> None:
    """Publish a spoiled copy the way a night does: written beside, then the pointer renamed."""
    target = folder / "published" / f"generation_{name}.duckdb"
    shutil.copyfile(published_file, target)
    with duckdb.connect(target) as published:
        for statement in statements:
            published.execute(statement)
    beside = folder / "published" / ".next"
    beside.symlink_to(target.name)
    os.replace(beside, folder / "published" / "current.duckdb")


def test_before_the_first_night_each_page_says_so(address: str, window: tuple[Page, Seen]) -> None:
    shown, seen = window
    seen.errors.clear()
    for path, said in (
        ("/", "make nightly"),
        ("/zh/churn", "尚未发布"),
        ("/person?user_key=x", "make nightly"),
    ):
        opened(shown, address + path)
        assert said in shown.inner_text("body")
    assert seen.errors == []


def test_the_first_publish_is_followed(
    address: str, window: tuple[Page, Seen], folder: Path, published_file: Path
) -> None:
    _swap_in(folder, published_file, "first")
    opened(window[0], address)
    with duckdb.connect(folder / "published" / "current.duckdb", read_only=True) as published:
        sql = "select dau from marts.rpt_engagement order by day desc limit 1"
        (dau,) = published.execute(sql).fetchone() or (None,)
    assert numbers_on(window[0])["dau"] == f"{dau:,}"


def test_an_older_schema_and_an_empty_table_are_told(
    address: str, window: tuple[Page, Seen], folder: Path, published_file: Path
) -> None:
    older = "alter table marts.fct_churn_scores drop column reason_1"
    _swap_in(
        folder,
        published_file,
        "older",
        older,
        "drop table marts.rpt_retention",
        "delete from marts.rpt_funnels",
    )
    shown, seen = window
    seen.errors.clear()
    for path, said in (("/churn", "reason_1"), ("/retention", "rpt_retention"), ("/funnels", "rpt_funnels")):
        opened(shown, address + path)
        assert said in shown.inner_text("body"), path
    assert seen.errors == []


def test_hostile_text_is_shown_and_never_run(
    address: str, window: tuple[Page, Seen], folder: Path, published_file: Path
) -> None:
    text = HOSTILE.replace("'", "''")
    _swap_in(
        folder,
        published_file,
        "hostile",
        f"update marts.rpt_pages set page = '{text}' where page = 'home'",
        f"update marts.rpt_paths set from_page = '{text}' where from_page = 'home'",
        f"update marts.dim_user_profiles set country = '{text}', next_action = '{text}'",
        f"update marts.dim_tags set name_en = '{text}'",
        f"update marts.fct_churn_scores set reason_1 = '{text}'",
        f"update marts.rpt_funnels set step_name = '{text}' where step_number = 1",
    )
    shown, seen = window
    seen.hosts.clear()
    for path in ("/behaviour", "/portrait", "/churn", "/funnels"):
        opened(shown, address + path)
        assert shown.evaluate("window.ran") is None, path
        assert shown.locator("img[src=x]").count() == 0, path
        assert "onerror" in shown.inner_text("body"), path
    assert seen.hosts <= {"127.0.0.1"}


def test_hostile_text_in_a_list_is_no_formula(address: str, folder: Path, published_file: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@sum", "\t=1", 'plain, "quoted"\nof two lines']
    values = ", ".join(f"({n}, '{text}')" for n, text in enumerate(texts))
    _swap_in(
        folder,
        published_file,
        "formulas",
        f"""
        insert into marts.rpt_products
        select one.* replace ('hostile' || n as product_id, text as name)
        from (select * from marts.rpt_products limit 1) as one, (values {values}) as t (n, text)
        """,
    )
    with urllib.request.urlopen(f"{address}/rows/value-7-en.csv") as answer:
        rows = list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"), newline="")))
    found = {row[0] for row in rows}
    assert {f"'{text}" for text in texts[:5]} | {texts[5]} <= found
    assert not {row[0] for row in rows if row[0].startswith(("=", "+", "-", "@", "\t"))}


def test_a_million_people_are_cut_and_counted(
    address: str, window: tuple[Page, Seen], folder: Path, published_file: Path
) -> None:
    _swap_in(
        folder,
        published_file,
        "million",
        f"""
        insert into marts.dim_user_profiles
        select one.* replace ('m' || i as user_key, 'high' as churn_band, 0.9 as churn_probability)
        from (select * from marts.dim_user_profiles limit 1) as one, range({MILLION}) as t (i)
        """,
        f"""
        insert into marts.fct_churn_scores
        select one.* replace ('m' || i as user_key, 'high' as churn_band, 0.9 as churn_probability)
        from (select * from marts.fct_churn_scores limit 1) as one, range({MILLION}) as t (i)
        """,
    )
    shown, _ = window
    opened(shown, f"{address}/churn")
    said = shown.inner_text(".rows-shown")
    assert said.startswith("200 of 1,0")
    assert shown.locator("table.rows").first.locator("tbody tr").count() == 200
