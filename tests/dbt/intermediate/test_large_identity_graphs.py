"""Identity graphs of the shapes that are hard to close: long chains, stars, and links at random."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import duckdb
import pandas as pd
import pytest

from tests.dbt.intermediate.conftest import Source

CHAIN, STAR = 50_000, 5_000
IDENTITY: dict[str, object] = {
    "joins_users": {"email": {"at_most": STAR, "verified_by": None}},
    "declared_at_most": 50,
    "apart": [],
}


@pytest.fixture(scope="module")
def code(source: Source) -> str:
    """The model's SQL, for a warehouse of links alone."""
    result = source.house.dbt("compile", "--select", "int_users__components", identity=IDENTITY)
    assert result.success, result.exception
    nodes = {found.node.name: found.node for found in result.result.results}
    return str(nodes["int_users__components"].compiled_code)


@pytest.fixture
def links() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty table of links."""
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse")
        connection.execute("create schema warehouse.intermediate")
        connection.execute(
            "create table warehouse.intermediate.int_users__links (id_type varchar, linked_id_type varchar,"
            " node varchar, linked_node varchar, evidence varchar, exclusion varchar, linked_day date,"
            " withdrawn_day date)"
        )
        yield connection


def _roots(
    connection: duckdb.DuckDBPyConnection, code: str, pairs: Iterable[tuple[str, str]], kind: str = "user_id"
) -> dict[str, str]:
    """Link the pairs and close the graph; a node with two roots fails the test."""
    given = pd.DataFrame(pairs, columns=["node", "linked_node"])
    given = given.assign(id_type=kind, linked_id_type="user_id", evidence="declared")
    connection.register("given", given)
    connection.execute("insert into warehouse.intermediate.int_users__links by name select * from given")
    found = connection.execute(code).fetchall()
    roots = dict(found)
    assert len(roots) == len(found)
    return roots


def _orders() -> dict[str, list[int]]:
    """The names along a chain: rising, at random, and low and high by turns."""
    rising = list(range(CHAIN))
    shuffled = random.Random(3).sample(rising, CHAIN)
    turns = [n for pair in zip(rising[: CHAIN // 2], rising[CHAIN // 2 :], strict=True) for n in pair]
    return {"rising": rising, "shuffled": shuffled, "by turns": turns}


@pytest.mark.parametrize("order", list(_orders()))
def test_a_chain_of_fifty_thousand_links_is_one_person(
    links: duckdb.DuckDBPyConnection, code: str, order: str
) -> None:
    names = [f"u:{number:05}" for number in _orders()[order]]
    assert _roots(links, code, pairwise(names)) == dict.fromkeys(names, "u:00000")


def test_a_star_of_thousands_is_one_person_and_one_more_is_a_crowd(
    links: duckdb.DuckDBPyConnection, code: str
) -> None:
    users = [f"u:{number:05}" for number in range(STAR)]
    small = [("email:of one", user) for user in users]
    crowd = [("email:of all", f"u:x{number:05}") for number in range(STAR + 1)]
    assert _roots(links, code, small + crowd, kind="email") == dict.fromkeys(users, "u:00000")


def test_links_at_random_make_the_components_that_union_and_find_does(
    links: duckdb.DuckDBPyConnection, code: str
) -> None:
    chance = random.Random(8)
    # Somewhat more ends than nodes: one component of thousands, many small ones, and cycles.
    pairs = [(f"u:{chance.randrange(20_000):05}", f"u:{chance.randrange(20_000):05}") for _ in range(12_000)]
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while (above := parent.setdefault(node, node)) != node:
            parent[node] = node = parent[above]
        return node

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    expected = {node: root(node) for node in parent}
    sizes = Counter(expected.values())
    assert max(sizes.values()) > 1_000
    alone = {node for node, size in sizes.items() if size == 1}
    assert _roots(links, code, pairs) == {n: r for n, r in expected.items() if n not in alone}
