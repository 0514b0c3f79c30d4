"""Frames go to models without those who said no, and what comes back replaces the night's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pandas as pd
import pytest

from ml import registry
from ml.spec import ModelSpec, Trained
from orchestration import modelling, proofs
from orchestration.defs import models
from orchestration.night import Night

Tonight = Callable[[date], Night]
Frames = dict[str, pd.DataFrame]
DAY, NEXT = date(2026, 3, 9), date(2026, 3, 10)


@pytest.fixture
def connection(tonight: Tonight) -> Iterator[duckdb.DuckDBPyConnection]:
    with tonight(DAY).warehouse.open() as opened:
        opened.execute("create schema features")
        opened.execute("create schema intermediate")
        opened.execute(
            """
            create table features.ftr as
            select * from (values
                (date '2026-03-10', 'b', 2.0), (date '2026-03-09', 'b', 1.0), (date '2026-03-09', 'a', 3.0),
                (date '2026-03-09', 'unasked', 4.0), (date '2026-03-09', 'refused', 5.0)
            ) as t(as_of, user_key, orders)
            """
        )
        opened.execute(
            """
            create table intermediate.int_privacy__consents as
            select * from (values
                ('a', 'profiling', 'granted'), ('b', 'profiling', 'granted'),
                ('refused', 'profiling', 'withdrawn'), ('refused', 'analytics', 'granted')
            ) as t(user_key, purpose, status)
            """
        )
        yield opened


def _needing(*needs: str, purpose: str = "profiling", whole: frozenset[str] = frozenset()) -> ModelSpec:
    return cast("ModelSpec", SimpleNamespace(needs=needs, purpose=purpose, whole=whole, columns=dict))


def test_only_people_who_granted_the_purpose_are_shown_to_a_model(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    everybody = modelling.frames(connection, _needing("features.ftr"))["ftr"]
    assert list(everybody["user_key"]) == ["a", "b", "b"]
    assert list(everybody["orders"]) == [3.0, 1.0, 2.0]
    today = modelling.frames(connection, _needing("features.ftr"), NEXT)["ftr"]
    assert list(today["user_key"]) == ["b"]
    analysed = modelling.frames(connection, _needing("features.ftr", purpose="analytics"))["ftr"]
    assert list(analysed["user_key"]) == ["refused"]


def test_a_day_to_compare_with_is_not_learned_from(connection: duckdb.DuckDBPyConnection) -> None:
    learned = modelling.frames(connection, _needing("features.ftr"), learned=[NEXT])["ftr"]
    assert list(learned["orders"]) == [2.0]


def test_a_table_of_things_and_one_of_who_there_is_come_whole(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table features.items as select 'mug' as item_id union all select 'tea'")
    frames = modelling.frames(
        connection, _needing("features.ftr", "features.items", whole=frozenset({"features.ftr"})), DAY
    )
    assert set(frames["ftr"]["user_key"]) == {"a", "b", "unasked", "refused"}
    assert sorted(frames["items"]["item_id"]) == ["mug", "tea"]


def test_what_nobody_signed_is_shown_too(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("insert into features.ftr values (date '2026-03-10', null, 6.0)")
    today = modelling.frames(connection, _needing("features.ftr"), NEXT)["ftr"]
    assert sorted(today["orders"]) == [2.0, 6.0]


def _trained(version: str, value: float) -> Trained:
    metrics = pd.DataFrame({"metric": ["auc"], "value": [value], "baseline_value": [0.5]})
    return Trained("churn", {}, "logistic", metrics, {"rows": 3}, version)


def test_a_second_try_of_a_night_replaces_its_version_and_metrics(
    tonight: Tonight, connection: duckdb.DuckDBPyConnection
) -> None:
    modelling.record(connection, tonight(DAY), _trained("v1", 0.6))
    modelling.record(connection, tonight(NEXT), _trained("v2", 0.7))
    modelling.record(connection, tonight(DAY), _trained("v3", 0.8))
    assert modelling.version(connection, tonight(DAY), "churn") == "v3"
    assert modelling.version(connection, tonight(NEXT), "churn") == "v2"
    assert modelling.version(connection, tonight(DAY), "segments") == ""
    metrics = connection.execute(
        "select as_of, model_version, value from predictions.ml_metric order by 1"
    ).fetchall()
    assert metrics == [(DAY, "v3", 0.8), (NEXT, "v2", 0.7)]
    card = connection.execute(
        "select card from predictions.ml_model_version where as_of = ?", [DAY]
    ).fetchone()
    assert card is not None
    assert json.loads(card[0]) == {"rows": 3}


def test_predictions_are_written_with_the_types_the_model_declares(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    tables = {"scores": {"user_key": "text", "score": "double", "rank": "integer"}}
    spec = cast("ModelSpec", SimpleNamespace(tables=tables, kept=frozenset()))
    for rows in (2, 0):
        frame = pd.DataFrame({"rank": [1, 2], "user_key": ["a", "b"], "score": [0.1, 0.2]}).head(rows)
        assert modelling.write(connection, spec, {"scores": frame}, DAY) == {"scores": rows}
        found = connection.execute("select * from predictions.scores order by 1")
        assert [(name, str(kind)) for name, kind, *_ in found.description] == [
            ("user_key", "VARCHAR"),
            ("score", "DOUBLE"),
            ("rank", "INTEGER"),
        ]
        assert found.fetchall() == [("a", 0.1, 1), ("b", 0.2, 2)][:rows]
        assert modelling.stored(connection, spec) == {"scores": rows}


def test_a_kept_table_keeps_what_other_nights_said(connection: duckdb.DuckDBPyConnection) -> None:
    def said(day: date, score: float, **more: str) -> None:
        tables = {"scores": {"user_key": "text", "score": "double", **more, "as_of": "date"}}
        spec = cast("ModelSpec", SimpleNamespace(tables=tables, kept=frozenset({"scores"})))
        frame = pd.DataFrame(
            {"user_key": ["a"], "score": [score], "as_of": [day], **dict.fromkeys(more, "new")}
        )
        modelling.write(connection, spec, {"scores": frame if score else frame.head(0)}, day)

    found = "select as_of, score from predictions.scores order by 1"
    said(NEXT, 0.2)
    said(DAY, 0.1)
    said(NEXT, 0.3)
    assert connection.execute(found).fetchall() == [(DAY, 0.1), (NEXT, 0.3)]
    said(NEXT, 0.0)
    assert connection.execute(found).fetchall() == [(DAY, 0.1)], "a second try of a night replaces the first"
    said(NEXT, 0.4, why="text")
    told = connection.execute("select as_of, why from predictions.scores order by 1").fetchall()
    assert told == [(DAY, None), (NEXT, "new")], "a column that is new was not told before"


def test_a_model_knows_its_tenants_churn_and_the_nights_anchor(tonight: Tonight) -> None:
    known = modelling.settings(tonight(NEXT), "churn")
    assert known["anchor"] == tonight(NEXT).anchor("churn") == DAY
    assert (known["horizon_days"], known["lookback_days"], known["snapshots"]) == (30, 90, 6)


def _pinning(tonight: Tonight, **pinned: str) -> Night:
    now = tonight(DAY)
    settings = now.tenant.settings.model_copy(update={"pinned_models": pinned})
    return replace(now, tenant=replace(now.tenant, settings=settings))


def test_a_pinned_version_stands_in_for_the_newest_and_no_other_for_it(tonight: Tonight) -> None:
    spec = cast("ModelSpec", SimpleNamespace(name="churn", trusted=()))
    specs = {"churn": spec}
    older, newer = (replace(_trained(one * 16, 0.7), name="churn") for one in "ab")
    file = registry.save(spec, tonight(DAY).models, older)
    registry.save(spec, tonight(DAY).models, newer)
    assert modelling.pinned(tonight(DAY), specs) == {}
    found = modelling.pinned(_pinning(tonight, churn=older.version), specs)
    assert (found["churn"].version, found["churn"].method) == (older.version, older.method)
    assert modelling.as_pinned(None, newer) is None
    told = modelling.as_pinned(found["churn"], newer)
    assert told is not None
    assert told.decision.startswith(f"pinned by settings.yml; {newer.version}")
    assert told.card["rows"] == 3
    file.write_bytes(b"another")
    with pytest.raises(modelling.PinError, match=r"not the bytes its card recorded.*take churn out"):
        modelling.pinned(_pinning(tonight, churn=older.version), specs)
    with pytest.raises(modelling.PinError, match="not there with its card"):
        modelling.pinned(_pinning(tonight, churn="c" * 16), specs)
    with pytest.raises(modelling.PinError, match="no such model, known are churn"):
        modelling.pinned(_pinning(tonight, chrun=older.version), specs)


def test_a_pin_is_an_input_of_the_night(tonight: Tonight) -> None:
    """Else a night on unchanged files would be taken for one already proven, and the pin ignored."""
    assert proofs.signature(tonight(DAY)) != proofs.signature(_pinning(tonight, churn="a" * 16))


def test_of_more_people_than_a_model_learns_from_those_of_the_smallest_keys_are_read(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("insert into features.ftr values (date '2026-03-10', null, 6.0)")
    connection.execute("create table features.items as select 'mug' as item_id")
    spec = _needing("features.ftr", "features.items")
    found = modelling.frames(connection, spec, most=1)
    assert set(found["ftr"]["user_key"].dropna()) == {"a"}
    assert found["ftr"]["orders"].tolist() == [3.0, 6.0], "what nobody signed is there"
    assert len(found["items"]) == 1
    everybody = modelling.frames(connection, spec)["ftr"]
    for most in (2, 3):
        pd.testing.assert_frame_equal(modelling.frames(connection, spec, most=most)["ftr"], everybody)


def test_of_a_wide_table_a_model_reads_the_columns_it_names(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table features.wide as select *, 1 as visits, 2 as unread from features.ftr")
    spec = _needing("features.wide", "features.ftr")
    spec = cast("ModelSpec", SimpleNamespace(**vars(spec) | {"columns": lambda: {"wide": ("visits",)}}))
    found = modelling.frames(connection, spec)
    assert list(found["wide"].columns) == ["as_of", "user_key", "visits"]
    assert list(found["ftr"].columns) == ["as_of", "user_key", "orders"]
    assert list(found["wide"]["user_key"]) == ["a", "b", "b"]


def test_a_model_reads_its_tables_when_its_turn_to_be_fitted_comes(
    tonight: Tonight, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All models' tables at a time were seven gigabytes of 200,000 people's."""
    monkeypatch.setenv("USEROPS_THREADS", "1")
    told: list[str] = []
    read = modelling.frames

    def reading(own: duckdb.DuckDBPyConnection, spec: ModelSpec, **more: Any) -> dict[str, pd.DataFrame]:
        told.append(f"read {spec.name}")
        return read(own, spec, **more)

    def fitting(spec: ModelSpec, *_: object) -> registry.Fitted:
        time.sleep(0.05)
        told.append(f"fit {spec.name}")
        return registry.Fitted(_trained("v1", 0.6), is_new=True)

    monkeypatch.setattr(modelling, "frames", reading)
    monkeypatch.setattr(registry, "fit_or_load", fitting)
    specs = [SimpleNamespace(**vars(_needing("features.ftr")) | {"name": name}) for name in "abc"]
    fitted = dict(models._fitted(connection, tonight(DAY), cast("list[ModelSpec]", specs)))
    assert list(fitted) == list("abc")
    assert told == ["read a", "fit a", "read b", "fit b", "read c", "fit c"]
