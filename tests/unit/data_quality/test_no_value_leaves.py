"""Gate results, errors and logs hold counts; the rows are never brought out of DuckDB."""

from __future__ import annotations

import logging
from datetime import date, datetime
from types import ModuleType
from typing import Any

import duckdb
import pytest
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

from data_quality import dialect, evaluation, rules, validate
from data_quality.dialect import engine_over
from data_quality.evaluation import evaluate
from data_quality.night import Night

TOKEN = "planted-token@example.test"
NIGHT = Night(date(2026, 6, 30), datetime.fromisoformat("2026-06-30 16:00"), frozenset())


@pytest.fixture
def planted() -> Any:
    with duckdb.connect() as opened:
        opened.execute("create schema marts; create table marts.facts (id varchar, moment timestamp)")
        opened.execute("insert into marts.facts select ?, timestamp '2099-01-01' from range(50)", [TOKEN])
        yield opened


def test_no_planted_token_in_results_errors_or_logs(
    planted: duckdb.DuckDBPyConnection,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    verdicts = evaluate(
        engine_over(planted),
        "marts",
        "facts",
        [
            rules.in_set("id", ["x"]),
            rules.unique("id"),
            rules.pseudonymous("id"),
            *rules.happened(NIGHT, "moment"),
            rules.between("id", 0, 1),
            rules.never("a cast that fails", "cast(id as integer) > 1"),
            rules.never("an error that quotes", "error(id) is null"),
            rules.no_rows("a failing date", "select 1 from {batch} where strptime(id, '%Y') is null"),
        ],
    )
    assert not any(verdict.success for verdict in verdicts)
    shown = "".join(capfd.readouterr())
    for text in (str(verdicts), caplog.text, shown):
        assert TOKEN not in text
        assert "planted" not in text
        assert "2099" not in text
    assert "ConversionException" in str(verdicts[5].exception)


def test_nothing_is_printed(planted: duckdb.DuckDBPyConnection, capfd: pytest.CaptureFixture[str]) -> None:
    evaluate(engine_over(planted), "marts", "facts", [rules.rows(1), rules.in_set("id", ["x"])])
    assert "".join(capfd.readouterr()) == ""


def test_rows_stay_in_duckdb(planted: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows offend, one row of counts or of column names comes out of each query."""
    planted.execute("alter table marts.facts drop column moment")
    fetched: list[int] = []
    fetch = FullyBufferedCursorFetchStrategy

    def counting(cursor: Any, description: Any, rows: Any) -> Any:
        fetched.append(len(rows))
        return fetch(cursor, description, rows)

    monkeypatch.setattr(dialect, "FullyBufferedCursorFetchStrategy", counting)
    evaluate(
        engine_over(planted),
        "marts",
        "facts",
        [rules.rows(0), *rules.not_null("id"), rules.in_set("id", ["x"]), rules.unique("id"),
         rules.never("none", "true")],
    )  # fmt: skip
    assert fetched
    assert max(fetched) == 1


def test_the_room_reads_no_frame() -> None:
    """Pushed down by construction: no module of the room knows a data frame."""
    for module in (dialect, evaluation, rules, validate):
        frames = {
            name
            for name, found in vars(module).items()
            if isinstance(found, ModuleType) and found.__name__.split(".")[0] in {"pandas", "pyarrow"}
        }
        assert not frames, module


def test_the_callers_connection_is_left_as_it_was(planted: duckdb.DuckDBPyConnection) -> None:
    planted.execute("attach ':memory:' as other; create schema other.marts")
    planted.execute("create table other.marts.facts as select 1 as id; use other")
    verdicts = evaluate(engine_over(planted), "marts", "facts", [rules.rows(1, 1), rules.columns(["id"])])
    assert [verdict.success for verdict in verdicts] == [True, True]
    assert planted.execute("select current_database()").fetchone() == ("other",)
    planted.execute("create table other.marts.more as select 1 as id")
