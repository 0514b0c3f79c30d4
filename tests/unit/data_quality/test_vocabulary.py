"""Each word of the vocabulary holds on good rows, fails on bad ones and when it cannot run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from data_quality import rules
from data_quality.dialect import engine_over
from data_quality.evaluation import Verdict, evaluate
from data_quality.night import Night

NIGHT = Night(date(2026, 6, 30), datetime.fromisoformat("2026-06-30 16:00"), frozenset({"events"}))
GOOD_KEY, OTHER_KEY = "a" * 64, "b" * 64
GOOD = f"""
    (1, '{GOOD_KEY}', 'web', 0.5, timestamp '2026-06-30 15:59:59', date '2026-06-30'),
    (2, '{OTHER_KEY}', null, 1.0, timestamp '2026-06-29 00:00:00', date '2026-06-30')
"""
NAMES = ["id", "user_key", "channel", "share", "occurred_at", "as_of"]


def row(
    number: str = "1",
    user_key: str = "'x'",
    channel: str = "'web'",
    share: str = "0",
    occurred_at: str = "null",
    as_of: str = "null",
) -> str:
    return f"({number}, {user_key}, {channel}, {share}, {occurred_at}, {as_of})"


# what is broken, the rule that must see it, and the rows that break it
BROKEN: list[tuple[str, Callable[[], Any], list[str]]] = [
    ("rows", lambda: rules.rows(at_least=2), [row()]),
    ("rows at most", lambda: rules.rows(at_least=0, at_most=2), [row(), row(), row()]),
    ("not null", lambda: rules.not_null("id")[0], [row(number="null")]),
    ("in set", lambda: rules.in_set("channel", ["web", "app"]), [row(channel="'fax'")]),
    ("above", lambda: rules.between("share", 0, 1), [row(share="1.01")]),
    ("below", lambda: rules.between("share", 0, None), [row(share="-1")]),
    ("not a number", lambda: rules.between("share", 0, 1), [row(share="'nan'")]),
    ("never", lambda: rules.never("id is not 7", "id = 7"), [row(number="7")]),
    ("unique", lambda: rules.unique("id", "channel"), [row(), row()]),
    ("unique nulls", lambda: rules.unique("id"), [row(number="null"), row(number="null")]),
    ("too early", lambda: _times(), [row(occurred_at="timestamp '1999-12-31'")]),
    ("too late", lambda: _times(), [row(occurred_at="timestamp '2026-06-30 16:00'")]),
    ("stale as_of", lambda: rules.as_of(NIGHT), [row(as_of="date '2026-06-29'")]),
    ("no as_of", lambda: rules.as_of(NIGHT), [row()]),
    ("raw identifier", lambda: rules.pseudonymous(), [row(user_key="'user-17'")]),
    ("no identifier", lambda: rules.pseudonymous(), [row(user_key="null")]),
    ("old rows", lambda: rules.fresh(NIGHT, "occurred_at", 3), [row(occurred_at="'2026-06-01'")]),
    ("sums that disagree", lambda: rules.no_rows("ids add up", SUM), [row(number="4")]),
]
SUM = "select 1 from (select sum(id) as n from {batch}) where n <> 3"


def _times() -> Any:
    return rules.happened(NIGHT, "occurred_at")[0]


@pytest.fixture
def connection() -> Any:
    with duckdb.connect() as opened:
        opened.execute(
            "create schema marts; create table marts.facts (id bigint, user_key varchar,"
            " channel varchar, share double, occurred_at timestamp, as_of date)"
        )
        yield opened


def judge(connection: duckdb.DuckDBPyConnection, *expectations: Any) -> list[Verdict]:
    return evaluate(engine_over(connection), "marts", "facts", expectations)


@pytest.mark.parametrize(("word", "rule", "rows"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_word_tells_good_rows_from_bad(
    connection: duckdb.DuckDBPyConnection, word: str, rule: Callable[[], Any], rows: list[str]
) -> None:
    connection.execute(f"insert into marts.facts values {GOOD}")
    assert judge(connection, rule())[0].success
    connection.execute("delete from marts.facts")
    connection.execute(f"insert into marts.facts values {', '.join(rows)}")
    verdict = judge(connection, rule())[0]
    assert not verdict.success
    assert verdict.exception is None


@pytest.mark.parametrize(("word", "rule", "rows"), BROKEN, ids=[case[0] for case in BROKEN])
def test_only_the_row_count_fails_on_an_empty_table(
    connection: duckdb.DuckDBPyConnection, word: str, rule: Callable[[], Any], rows: list[str]
) -> None:
    verdicts = judge(connection, rules.rows(at_least=1), rule(), rules.columns(NAMES))
    assert not verdicts[0].success
    assert verdicts[0].observed == "0 rows"
    assert verdicts[1].success is (word != "rows")
    assert verdicts[2].success


@pytest.mark.parametrize(
    "change",
    [
        "alter table marts.facts drop column share",
        "alter table marts.facts rename column share to portion",
        "alter table marts.facts add column email varchar",
    ],
)
def test_a_changed_column_set_fails(connection: duckdb.DuckDBPyConnection, change: str) -> None:
    assert judge(connection, rules.columns(NAMES))[0].success
    connection.execute(change)
    assert not judge(connection, rules.columns(NAMES))[0].success


def test_columns_that_must_be_there_allow_others(connection: duckdb.DuckDBPyConnection) -> None:
    assert judge(connection, rules.columns(["id"], exact=False))[0].success
    missing = judge(connection, rules.columns(["id", "gone"], exact=False))[0]
    assert not missing.success
    assert missing.observed == "6 columns, 1 missing (gone), 5 more"


def test_an_expectation_that_raises_fails_alone(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"insert into marts.facts values {GOOD}")
    verdicts = judge(
        connection,
        rules.between("no_such_column", 0, 1),
        rules.never("broken SQL", "no_such_column = 1"),
        rules.never("broken grammar", "and and"),
        rules.rows(at_least=1),
        *rules.not_null("id"),
    )
    assert [verdict.success for verdict in verdicts] == [False, False, False, True, True]
    assert all(verdict.exception for verdict in verdicts[:3])
    assert "BinderException" in str(verdicts[1].exception)


def test_a_missing_table_fails_every_expectation(connection: duckdb.DuckDBPyConnection) -> None:
    verdicts = evaluate(
        engine_over(connection),
        "marts",
        "gone",
        [rules.rows(0), rules.columns(NAMES), *rules.not_null("id")],
    )
    assert not any(verdict.success for verdict in verdicts)
    assert all(verdict.exception for verdict in verdicts)


@pytest.mark.parametrize(("word", "rule", "rows"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_word_fails_where_it_cannot_look(
    connection: duckdb.DuckDBPyConnection, word: str, rule: Callable[[], Any], rows: list[str]
) -> None:
    connection.execute("create table marts.bare as select 1 as other")
    verdicts = evaluate(engine_over(connection), "marts", "gone", [rule()])
    if not word.startswith("rows"):
        verdicts += evaluate(engine_over(connection), "marts", "bare", [rule()])
    for verdict in verdicts:
        assert (verdict.success, verdict.observed) == (False, "not evaluated")
        assert verdict.exception


def test_counts_are_reported(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"insert into marts.facts values {GOOD}")
    connection.execute("insert into marts.facts (channel) values ('fax')")
    observed = [
        verdict.observed
        for verdict in judge(
            connection,
            rules.rows(1),
            *rules.not_null("id"),
            rules.in_set("channel", ["web"]),
            rules.never("no fax", "channel = 'fax'"),
        )
    ]
    assert observed == ["3 rows", "1 of 3 rows", "1 of 3 rows", "1 offending row"]


def test_sql_may_hold_braces_percents_and_colons(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"insert into marts.facts values {GOOD}")
    rule = rules.never(
        "odd marks",
        "channel like '%@%' or regexp_matches(channel, '[:{]{2}') or share::varchar = ':x'",
    )
    verdict = judge(connection, rule)[0]
    assert verdict.success, verdict.exception
