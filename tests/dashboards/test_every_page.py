"""Every page in both languages: drawn, without an error, without another host, its numbers those of SQL."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page

from dashboards import format as formats
from dashboards.specification import Page as Specified
from dashboards.specification import pages
from metrics import definitions, query
from tests.dashboards.site import Seen, address_of, numbers_on, opened

EVERY = [(page, language) for page in pages() for language in ("en", "zh")]
each_page = pytest.mark.parametrize(
    ("page", "language"), EVERY, ids=[f"{page.page}-{language}" for page, language in EVERY]
)
PERIODS = {"days_30": 30, "days_90": 90, "days_365": 365}


@each_page
def test_a_page_is_drawn_whole(
    address: str, window: tuple[Page, Seen], page: Specified, language: str
) -> None:
    shown, seen = window
    seen.errors.clear()
    seen.hosts.clear()
    opened(shown, address_of(address, page, language))
    said = shown.inner_text("body")
    assert page.title[language] in said  # type: ignore[index]
    for panel in page.panels:
        assert panel.kind == "numbers" or panel.title[language] in said  # type: ignore[index]
    assert seen.errors == []
    assert seen.hosts <= {"127.0.0.1"}
    assert shown.locator(".js-plotly-plot").count() == sum(
        panel.kind not in ("numbers", "table") for panel in page.panels
    )


@each_page
def test_a_number_is_its_metric(
    address: str, window: tuple[Page, Seen], published_file: Path, as_of: date, page: Specified, language: str
) -> None:
    names = [name for panel in page.panels if panel.kind == "numbers" for name in panel.metrics]
    if not names:
        pytest.skip("a page without numbers")
    shown, _ = window
    opened(shown, address_of(address, page, language))
    rendered = numbers_on(shown)
    first = as_of - timedelta(days=PERIODS[page.period] - 1)
    with duckdb.connect(published_file, read_only=True) as published:
        for name in names:
            sql, values = query.compiled(query.asked([name], first=first, last=as_of))
            (value,) = published.execute(sql, values).fetchone() or (None,)
            how = definitions.load().metrics[name].format
            assert rendered[name] == formats.number(value, how, language), name


def test_models_are_told_better_or_worse_by_what_is_measured(
    address: str, window: tuple[Page, Seen], published_file: Path
) -> None:
    shown, _ = window
    opened(shown, f"{address}/models")
    table = shown.locator(".table-panel", has_text="Quality against the plain rule")
    told = dict(
        table.locator("tbody tr").evaluate_all(
            "all => all.map(r => [r.cells[0].innerText + ' ' + r.cells[1].innerText, r.cells[5].innerText])"
        )
    )
    with duckdb.connect(published_file, read_only=True) as published:
        rows = published.execute(
            "select metric, value, baseline_value from marts.rpt_model_quality"
            " where model = 'churn' and metric in ('auc', 'brier') and value <> baseline_value"
        ).fetchall()
    names = {"auc": "AUC", "brier": "Brier score"}
    expected = {
        f"churn {names[metric]}": "better" if (value > rule) == (metric == "auc") else "worse"
        for metric, value, rule in rows
    }
    assert expected
    assert expected.items() <= told.items()
