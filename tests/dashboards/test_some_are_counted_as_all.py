"""Rows told anew for the people chosen: of everybody they are the report's, and countries add up to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from dashboards.specification import Page, Panel, pages

WITH_OWN = [(page, panel) for page in pages() for panel in page.panels if panel.sql_of_some]
COUNTRY = (
    "user_key in (select user_key from marts.dim_user_profiles where country is not distinct from $country)"
)


def _choices(page: Page, connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    """Every combination of a page's own choices."""
    options = []
    for choice in page.choices:
        given: list[Any] = [option["value"] for option in choice.options]
        if choice.sql:
            given = connection.execute(choice.sql.replace("{lang}", "en")).df().iloc[:, 0].tolist()
        options.append([(choice.name, value) for value in given])
    return (dict(chosen) for chosen in product(*options))


def _rows(
    connection: duckdb.DuckDBPyConnection, panel: Panel, sql: str, values: dict[str, Any]
) -> pd.DataFrame:
    text = sql.replace("{people}", values.pop("people", "true")).replace("{lang}", "en").replace("{_zh}", "")
    named = {name: value for name, value in values.items() if f"${name}" in text}
    found = connection.execute(text, named).df()
    keys = [name for name in (panel.x, panel.color) if name] or list(panel.columns)
    return found.sort_values(keys).reset_index(drop=True)[list(dict.fromkeys([*keys, *panel.y]))]


@pytest.mark.parametrize(
    ("page", "panel"), WITH_OWN, ids=[f"{page.page}-{panel.title['en']}" for page, panel in WITH_OWN]
)
def test_everybody_told_anew_is_the_report(
    published_file: Path, as_of: date, page: Page, panel: Panel
) -> None:
    tried = 0
    beginnings = [date(1900, 1, 1), as_of - timedelta(days=89)] if "period" in page.filters else [as_of]
    with duckdb.connect(published_file, read_only=True) as connection:
        for own, first in product(_choices(page, connection), beginnings):
            values = {"first": first, "last": as_of, **own}
            held = _rows(connection, panel, panel.sql, dict(values))
            found = _rows(connection, panel, panel.sql_of_some, dict(values))
            tried += len(held)
            # What is not known by person, such as spend, is nothing there, and the panel says so below.
            unknown = [name for name in found if panel.note_of_some and found[name].isna().all()]
            held, found = held.drop(columns=unknown), found.drop(columns=unknown)
            pd.testing.assert_frame_equal(found, held, check_dtype=False, rtol=1e-6, atol=1e-7)
    assert tried


def test_growth_of_each_country_adds_up_to_everybodys(published_file: Path, as_of: date) -> None:
    (panel,) = (panel for page, panel in WITH_OWN if panel.title["en"] == "Who came and who went")
    with duckdb.connect(published_file, read_only=True) as connection:
        known = connection.execute("select distinct country from marts.dim_user_profiles").fetchall()
        for granularity in ("day", "week", "month"):
            values = {"first": date(1900, 1, 1), "last": as_of, "granularity": granularity}
            parts = [
                _rows(connection, panel, panel.sql_of_some, {**values, "people": COUNTRY, "country": country})
                for (country,) in known
            ]
            held = _rows(connection, panel, panel.sql, dict(values)).set_index("period_start")
            assert len(parts) > 2
            added = sum(part.set_index("period_start") for part in parts)
            pd.testing.assert_frame_equal(added[held.columns], held, check_dtype=False)


def test_the_means_of_all_cohorts_are_those_of_the_report(published_file: Path, as_of: date) -> None:
    page, panel = next(pair for pair in WITH_OWN if pair[1].title["en"] == "Mean retention")
    with duckdb.connect(published_file, read_only=True) as connection:
        for own in _choices(page, connection):
            found = _rows(connection, panel, panel.sql, {"first": date(1900, 1, 1), "last": as_of, **own})
            held = connection.execute(
                "select period_number, weighted_rate, simple_rate from marts.rpt_retention_curves"
                " where kind = $kind and cohort_basis = $basis and granularity = $granularity order by all",
                own,
            ).df()
            assert len(held)
            pd.testing.assert_frame_equal(found, held, check_dtype=False, rtol=0, atol=1e-9)
