"""Superset over the published file: every chart beside SQL on the file, through a swap, and shut off."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.superset.server import ROOT, Visitor

# What each chart shows, asked of the file itself.
ASKED = {
    "Active people 活跃人数": "select day, dau, wau, mau from marts.rpt_engagement",
    "Revenue by month 每月收入": """
        select cast(date_trunc('month', day) as date) as day, sum(revenue) as revenue
        from marts.rpt_engagement group by 1
    """,
    "Growth by week 每周增长": """
        select period_start, new, retained, resurrected, -churned as churned
        from marts.rpt_growth_accounting where granularity = 'week'
    """,
    "People by life-cycle state 生命周期分布": """
        select lifecycle_state, count(*) as people from marts.dim_user_profiles group by 1
    """,
    "Value at risk by churn band 流失风险与价值": """
        select churn_band, count(*) as people, sum(clv) as clv
        from marts.dim_user_profiles where churn_band is not null group by 1
    """,
    "Funnels, all people 漏斗（全部用户）": """
        select funnel, step_number, step_name, people, conversion_from_first, conversion_from_previous
        from marts.rpt_funnels where breakdown = 'all'
    """,
    "Retention by week after the first action 周留存": """
        select cohort_start, period_number, retained / cohort_size as retention from marts.rpt_retention
        where granularity = 'week' and cohort_basis = 'first_core_action' and kind = 'on_n' and is_complete
    """,
    "Rules of the last night 质量门": """
        select severity, count(*) as rules, sum(case when success then 0 else 1 end) as failed
        from marts.rpt_data_quality group by 1
    """,
}
# What another night might have published: every chart shows something else.
CHANGED = (
    "delete from marts.rpt_engagement where day > (select max(day) - 40 from marts.rpt_engagement)",
    "update marts.rpt_growth_accounting set new = new + 1000, retained = 7",
    "delete from marts.dim_user_profiles where lifecycle_state = 'churned' or churn_band = 'low'",
    "update marts.rpt_funnels set people = people + 11",
    "update marts.rpt_retention set retained = cohort_size where period_number = 1",
    "update marts.rpt_data_quality set success = false where severity = 'warning'",
)


def _expected(published: Path, chart: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    with duckdb.connect(published.resolve(), read_only=True) as connection:
        result = connection.execute(ASKED[chart])
        names = [str(column[0]) for column in result.description or ()]
        rows = [tuple(_plain(value) for value in row) for row in result.fetchall()]
    return names, sorted(rows, key=str)


def _shown(rows: list[dict[str, Any]], names: list[str]) -> list[tuple[Any, ...]]:
    """Rows as the API gave them: days are milliseconds there."""
    days = {"day", "period_start", "cohort_start"}
    return sorted(
        (
            tuple(
                datetime.fromtimestamp(row[name] / 1000, UTC).date().isoformat()
                if name in days
                else _plain(row[name])
                for name in names
            )
            for row in rows
        ),
        key=str,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return round(float(value), 6) if isinstance(value, int | float | Decimal) else value


def _assert_all_charts(published: Path, shown: dict[str, list[dict[str, Any]]]) -> None:
    assert shown.keys() == ASKED.keys()
    for chart, rows in shown.items():
        names, expected = _expected(published, chart)
        assert expected, chart
        assert _shown(rows, names) == expected, chart


def test_every_chart_is_drawn_from_what_sql_says(published: Path, visitor: Visitor) -> None:
    _assert_all_charts(published, visitor.charts())
    # Drawn, and not a message in its place.
    for chart in ASKED:
        assert visitor.page.get_by_text(chart, exact=True).count() == 1
    assert visitor.page.locator("[role=alert]").count() == 0
    assert visitor.page.locator("canvas").count() == 4
    # For whoever wants to see it.
    visitor.page.screenshot(path=ROOT / "build" / "superset" / "dashboard.png")


def test_a_swap_is_followed_without_a_restart(published: Path, visitor: Visitor) -> None:
    before = visitor.charts()
    first = published.resolve()
    second = first.with_name("generation_2.duckdb")
    shutil.copyfile(first, second)
    with duckdb.connect(second) as connection:
        for sql in CHANGED:
            connection.execute(sql)
    beside = published.with_name(".current.next")
    beside.symlink_to(second.name)
    os.replace(beside, published)
    first.unlink()
    after = visitor.charts()
    _assert_all_charts(published, after)
    assert not [chart for chart in ASKED if before[chart] == after[chart]]


def test_a_query_reads_the_published_file_and_nothing_else(published: Path, visitor: Visitor) -> None:
    status, said = visitor.run_sql("select count(*) as people from marts.dim_user_profiles")
    with duckdb.connect(published.resolve(), read_only=True) as connection:
        (people,) = connection.execute("select count(*) from marts.dim_user_profiles").fetchone() or (None,)
    assert (status, f'"people": {people}' in said) == (200, True), said
    outside = published.with_name("outside.txt")
    outside.write_text("not for readers")
    for sql in (f"select * from read_text('{outside}')", f"attach '{outside.with_suffix('.db')}' as other"):
        status, said = visitor.run_sql(sql)
        assert status != 200, sql
        assert "not for readers" not in said


@pytest.mark.parametrize("sql", ["create table marts.mine as select 1 as one", "delete from marts.dim_users"])
def test_a_reader_writes_nothing(visitor: Visitor, sql: str) -> None:
    status, _ = visitor.run_sql(sql)
    assert status != 200


def test_no_page_reaches_another_host(visitor: Visitor) -> None:
    visitor.charts()
    elsewhere = {one.url for one in visitor.asked if one.url.startswith("http")
                 and not one.url.startswith(visitor.server.address)}  # fmt: skip
    # The pixel that tells its maker is built into the pages; the policy keeps it from being fetched.
    assert {url: visitor.refused.get(url) for url in elsewhere} == dict.fromkeys(elsewhere, "csp")
