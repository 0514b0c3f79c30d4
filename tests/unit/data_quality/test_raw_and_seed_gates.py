"""The events a night adds, and the seeds: sound they pass, and each way of spoiling them is caught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from data_quality.night import Night
from data_quality.validate import GateResult, run_suite
from orchestration.contract import ENTITIES
from orchestration.ingestion.feed import load_feeds
from orchestration.ingestion.load import pull
from orchestration.ingestion.register import register_raw

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
DAY = date(2026, 6, 30)
NIGHT = Night(DAY, datetime.fromisoformat("2026-06-30 16:00"), frozenset(ENTITIES))
FEED = """
feed: site
source: {kind: files, path: "events_*.csv"}
entity: events
time_zone: UTC
columns: {event_name: what, occurred_at: at, user_id: who}
"""
Warehouse = Callable[[bool], duckdb.DuckDBPyConnection]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Three files, the first of which a proven night had seen; or none had, as the tables are built whole."""
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "site.yml").write_text(FEED)
    (tmp_path / "landing").mkdir()
    for n in range(3):
        lines = [f"view,2026-06-0{n + 1} 10:0{minute}:00,u{n}\n" for minute in range(3 - n)]
        (tmp_path / "landing" / f"events_{n}.csv").write_text("what,at,who\n" + "".join(lines))
    (feed,) = load_feeds(tmp_path / "feeds")
    first, *_ = pull(feed, landing=tmp_path / "landing", data=tmp_path / "data", as_of=DAY)
    seen = frozenset({f"events/feed=site/loaded_on={DAY}/{first.sha256}.parquet"})

    def registered(adds: bool) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        register_raw(connection, tmp_path / "data", ENTITIES, seen if adds else None)
        connection.execute("create table new as select * from raw.events_new; drop view raw.events_new")
        connection.execute("create table raw.events_new as select * from new")
        return connection

    return registered


def failed(connection: duckdb.DuckDBPyConnection, key: tuple[str, str]) -> list[GateResult]:
    return [result for result in run_suite(connection, key, NIGHT) if not result.success]


@pytest.mark.parametrize(("adds", "rows"), [(True, 3), (False, 0)])
def test_the_events_a_night_adds_pass_and_so_does_a_night_built_whole(
    warehouse: Warehouse, adds: bool, rows: int
) -> None:
    connection = warehouse(adds)
    assert connection.execute("select count(*) from raw.events_new").fetchone() == (rows,)
    found = connection.execute("select file, is_new from raw.loads order by file").fetchall()
    assert found == [(f"events_{n}.csv", adds and n > 0) for n in range(3)]
    assert failed(connection, ("raw", "events_new")) == []


def test_what_is_told_is_the_same_of_a_night_that_adds_and_of_one_built_whole(warehouse: Warehouse) -> None:
    adds, whole = (run_suite(warehouse(adds), ("raw", "events_new"), NIGHT) for adds in (True, False))
    assert adds == whole


@pytest.mark.parametrize(
    ("mutation", "rule"),
    [
        ("delete from raw.events_new", "not empty when"),
        ("delete from raw.events_new where user_id = 'u2'", "every new file is there"),
        ("delete from raw.events_new where occurred_at = '2026-06-02 10:00:00'", "every new file is there"),
        ("insert into raw.events_new from raw.events_new limit 1", "every new file is there"),
        ("insert into raw.events_new from raw.events where user_id = 'u0'", "every new file is there"),
        ("update raw.events_new set event_id = null", "event_id is never null"),
        ("update raw.events_new set occurred_at = null", "occurred_at is never null"),
        ("update raw.events_new set user_id = null", "somebody did it"),
        ("update raw.events_new set _line = null", "the loader says"),
        ("alter table raw.events_new drop column page_url", "exactly these"),
        ("alter table raw.events_new add column more int", "exactly these"),
    ],
)
def test_events_that_are_added_wrongly_are_blocked(warehouse: Warehouse, mutation: str, rule: str) -> None:
    connection = warehouse(True)
    connection.execute(mutation)
    found = failed(connection, ("raw", "events_new"))
    assert any(result.expectation.startswith(rule) for result in found), found
    assert all(result.severity == "critical" for result in found)


@pytest.fixture
def seeds() -> duckdb.DuckDBPyConnection:
    """The seeds as dbt makes them."""
    connection = duckdb.connect()
    connection.execute("create schema staging")
    for path in SEEDS.glob("*.csv"):
        connection.execute(
            f"create table staging.{path.stem} as from read_csv('{path}', header = true, nullstr = '')"
        )
    return connection


@pytest.mark.parametrize("seed", sorted(path.stem for path in SEEDS.glob("*.csv")))
def test_a_seed_as_it_is_shipped_passes(seeds: duckdb.DuckDBPyConnection, seed: str) -> None:
    assert failed(seeds, ("staging", seed)) == []


@pytest.mark.parametrize(
    ("seed", "mutation", "rule"),
    [
        ("countries", "delete from {}", "at least 1 row"),
        ("countries", "delete from {} where country > 'U'", "the 249 countries"),
        ("countries", "update {} set alias = upper(alias)", "aliases in lower case"),
        ("countries", "update {} set country = 'CHN' where country = 'CN'", "countries are two letters"),
        ("countries", "alter table {} rename alias to name", "exactly these"),
        ("exchange_rates", "delete from {}", "at least 1 row"),
        ("exchange_rates", "update {} set rate = 0 where currency = 'CNY'", "rates above zero"),
        ("exchange_rates", "update {} set currency = lower(currency)", "currencies are three letters"),
        ("exchange_rates", "update {} set valid_from = null where currency = 'CNY'", "valid_from is never"),
        ("time_zones", "delete from {}", "at least 1 row"),
        ("time_zones", "update {} set time_zone = 'Mars/Sea' where country = 'CN'", "zones of the IANA"),
        ("time_zones", "update {} set country = 'cn' where country = 'CN'", "countries are two letters"),
        ("source_categories", "delete from {}", "at least 1 row"),
        ("source_categories", "update {} set source = upper(source)", "sources in lower case"),
        (
            "source_categories",
            "update {} set category = 'serch' where category = 'search'",
            "category is one",
        ),
        ("source_categories", "update {} set category = null", "category is never null"),
    ],
)
def test_a_spoilt_seed_is_blocked(
    seeds: duckdb.DuckDBPyConnection, seed: str, mutation: str, rule: str
) -> None:
    seeds.execute(mutation.format(f"staging.seed_{seed}"))
    found = failed(seeds, ("staging", f"seed_{seed}"))
    assert any(result.expectation.startswith(rule) for result in found), found
    assert all(result.severity == "critical" for result in found)


@pytest.mark.parametrize(
    ("impossible", "limits", "severities"),
    [
        (0, {}, []),
        (1, {}, ["warning"]),
        (2, {}, ["warning", "critical"]),
        (2, {"crm": 0.1}, ["warning"]),
        (5, {"crm": 0.1, "till": 0.5}, ["warning", "critical"]),
    ],
)
def test_impossible_birth_dates_are_counted_and_stop_a_night_where_they_are_many(
    impossible: int, limits: dict[str, float], severities: list[str]
) -> None:
    connection = duckdb.connect()
    connection.execute("create schema raw")
    kinds = ENTITIES["users"].raw_columns
    columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    connection.execute(f"create table raw.users ({columns})")
    for n in range(40):
        born = ("1899-12-31", "2200-01-01")[n % 2] if n < impossible else "1990-01-01"
        feed = "crm" if n < 30 else "till"
        connection.execute(
            "insert into raw.users (user_id, birth_date, _file, _file_sha256, _line, _loaded_on, _feed) "
            "values (?, ?, 'f', 'f', ?, ?, ?)",
            [f"u{n}", born, n, DAY, feed],
        )
    connection.execute("create table raw.loads as select 'users' as entity, 40 as rows")
    found = run_suite(connection, ("raw", "users"), replace(NIGHT, limits=limits))
    assert [result.severity for result in found if not result.success] == severities
    told = next(result.observed for result in found if result.expectation.startswith("birth_date from 1900"))
    assert not impossible or str(impossible) in told


def _plans(ends: list[str]) -> list[tuple[str, str]]:
    """The failed rules of forty subscriptions with some ends: what is said, and how grave."""
    connection = duckdb.connect()
    connection.execute("create schema raw")
    columns = ", ".join(f"{name} {kind}" for name, kind in ENTITIES["subscriptions"].raw_columns.items())
    connection.execute(f"create table raw.subscriptions ({columns})")
    for n in range(40):
        connection.execute(
            "insert into raw.subscriptions (subscription_id, user_id, started_at, ended_at, _file,"
            " _file_sha256, _line, _loaded_on, _feed) values (?, 'u', '2026-01-01', ?, 'f', 'f', ?, ?,"
            " 'crm')",
            [f"s{n}", ends[n] if n < len(ends) else None, n, DAY],
        )
    connection.execute("create table raw.loads as select 'subscriptions' as entity, 40 as rows")
    found = run_suite(connection, ("raw", "subscriptions"), replace(NIGHT, limits={"crm": 0.3}))
    return [(result.expectation, result.severity) for result in found if not result.success]


WARNED = ("ended_at from 1900 to 2199, else nulled in staging", "warning")
STOPPED = ("share of impossible times within each feed's limit, but for ends of time", "critical")
WRONG_YEARS = [f"00{n + 10}-03-0{n % 9 + 1} 08:00:00" for n in range(14)]


@pytest.mark.parametrize(
    ("ends", "failed_rules"),
    [
        (["2199-12-31 23:59:59", "1900-01-02", "2026-02-01"], []),
        (["2200-01-01"], [WARNED]),
        (["1900-01-01 23:59:59"], [WARNED]),
        # However many a system writes for open or for none, in whatever zone.
        (["9999-12-31 22:59:59", "0001-01-01", "2999-12-31", "0001-12-31 (BC) 16:00:00"] * 10, [WARNED]),
        (WRONG_YEARS[:12], [WARNED]),
        (WRONG_YEARS[:13], [WARNED, STOPPED]),
        (WRONG_YEARS[:10] * 2, [WARNED]),
        (WRONG_YEARS[:11] * 2, [WARNED, STOPPED]),
    ],
)
def test_impossible_ends_are_counted_and_stop_a_night_where_they_are_of_many_days(
    ends: list[str], failed_rules: list[tuple[str, str]]
) -> None:
    assert sorted(_plans(ends)) == sorted(failed_rules)
