"""The gate of recommendations asks for the lists there can be, made here by the model itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from data_quality.night import Night
from data_quality.validate import run_suite
from ml.recommendations import SPEC
from orchestration import modelling

NIGHT = Night(date(2026, 3, 10), datetime.fromisoformat("2026-03-10 16:00"), frozenset({"orders"}))
KEY = ("predictions", "fct_recommendations")
WORLD = """
create schema features; create schema intermediate; create schema predictions;
create table features.ftr_people (user_key varchar, as_of date);
create table features.ftr_items (item_id varchar, category varchar, is_available boolean, as_of date);
create table features.ftr_item_days (user_key varchar, item_id varchar, day date, actions bigint, as_of date);
create table intermediate.int_privacy__consents (user_key varchar, purpose varchar, status varchar);
"""
BOTH = {"ann": "ab", "ben": "a", "cyd": ""}


@pytest.fixture
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(WORLD)
        yield connection


def serve(
    world: duckdb.DuckDBPyConnection,
    bought: Mapping[str, str],
    delisted: str = "",
    refuses: str = "",
    **settings: bool,
) -> Night:
    """A shop of few products, who bought which, and the model's lists; returns the night it is of."""
    for name, items in bought.items():
        person = name.encode().hex().rjust(64, "0")
        status = "withdrawn" if name in refuses.split() else "granted"
        world.execute("insert into features.ftr_people values (?, ?)", [person, NIGHT.as_of])
        world.execute(
            "insert into intermediate.int_privacy__consents values (?, 'personalisation', ?)",
            [person, status],
        )
        for item in items:
            world.execute(
                "insert into features.ftr_item_days values (?, ?, '2026-03-02', 1, ?)",
                [person, item, NIGHT.as_of],
            )
    for item in sorted(set("".join(bought.values()))):
        world.execute(
            "insert into features.ftr_items values (?, 'tea', ?, ?)",
            [item, item not in delisted, NIGHT.as_of],
        )
    told: dict[str, Any] = {"anchor": NIGHT.as_of, "recommendations": settings}
    frames = modelling.frames(world, SPEC)
    scored = SPEC.score(SPEC.train(frames, told), frames, as_of=NIGHT.as_of)
    modelling.write(world, SPEC, scored, NIGHT.as_of)
    return replace(NIGHT, settings={"recommendations": settings})


def failed(world: duckdb.DuckDBPyConnection, night: Night) -> set[str]:
    return {one.expectation for one in run_suite(world, KEY, night) if not one.success}


def listed(world: duckdb.DuckDBPyConnection) -> set[str]:
    rows = world.execute("select distinct user_key from predictions.fct_recommendations").fetchall()
    return {bytes.fromhex(key.lstrip("0")).decode() for (key,) in rows}


@pytest.mark.parametrize(
    ("shop", "has_list"),
    [
        ({"bought": BOTH}, {"ben", "cyd"}),
        ({"bought": {"ann": "a"}}, set()),
        ({"bought": {"ann": "ab"}, "repeat_goods": True}, {"ann"}),
        ({"bought": BOTH, "delisted": "ab"}, set()),
        ({"bought": BOTH, "delisted": "b"}, {"cyd"}),
        ({"bought": BOTH, "refuses": "ann"}, {"ann", "cyd"}),
        ({"bought": BOTH, "refuses": "ann ben cyd"}, set()),
    ],
    ids=[
        "one bought both of two",
        "one bought the only one",
        "and it may be bought again",
        "nothing is sold any more",
        "one of two is not",
        "one's own is not looked at",
        "nobody's is",
    ],
)
def test_no_list_is_asked_for_where_there_is_nothing_to_list(
    world: duckdb.DuckDBPyConnection, shop: dict[str, Any], has_list: set[str]
) -> None:
    night = serve(world, **shop)
    assert listed(world) == has_list
    assert failed(world, night) == set()


def test_whoever_could_have_a_list_must_have_one(world: duckdb.DuckDBPyConnection) -> None:
    night = serve(world, BOTH)
    ben = b"ben".hex().rjust(64, "0")
    world.execute("delete from predictions.fct_recommendations where user_key = ?", [ben])
    assert failed(world, night) == {"a list for everybody there is something for"}
    world.execute("delete from predictions.fct_recommendations")
    assert "not empty when there are people, and items to recommend" in failed(world, night)


def test_what_is_bought_again_is_asked_for_again(world: duckdb.DuckDBPyConnection) -> None:
    night = serve(world, {"ann": "ab"}, repeat_goods=True)
    world.execute("delete from predictions.fct_recommendations")
    assert "a list for everybody there is something for" in failed(world, night)
    assert failed(world, NIGHT) == set(), "to whom nothing is sold twice, there was nothing to list"


def test_lists_that_were_made_must_reach_the_published_file(world: duckdb.DuckDBPyConnection) -> None:
    public = ("published", "fct_recommendations")
    serve(world, BOTH)
    made = run_suite(world, KEY, NIGHT)
    world.execute("create schema marts")
    world.execute("create table marts.rpt_data_quality (asset text, expectation text, observed text)")
    world.executemany(
        "insert into marts.rpt_data_quality values (?, ?, ?)",
        [[one.asset, one.expectation, one.observed] for one in made],
    )
    world.execute(
        "create table marts.dim_users as select user_key, null::date as deleted_at from features.ftr_people"
    )
    world.execute("create table marts.fct_recommendations as from predictions.fct_recommendations")
    assert not [one for one in run_suite(world, public, NIGHT) if not one.success]
    world.execute("delete from marts.fct_recommendations")
    missed = {one.expectation for one in run_suite(world, public, NIGHT) if not one.success}
    assert missed == {"not empty when there are lists of the night"}
    world.execute("delete from predictions.fct_recommendations; delete from marts.rpt_data_quality")
    world.executemany(
        "insert into marts.rpt_data_quality values (?, ?, ?)",
        [[one.asset, one.expectation, one.observed] for one in run_suite(world, KEY, NIGHT)],
    )
    assert not [one for one in run_suite(world, public, NIGHT) if not one.success]
