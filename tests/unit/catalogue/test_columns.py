"""Lineage by column: queries whose answers are worked by hand, and sqlglot's own lineage beside them."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.lineage import lineage

from catalogue.columns import Made, trace

ORDERS = ["order_id", "user_id", "amount", "refunded", "ordered_at", "status"]
KNOWN = {("raw", "orders"): ORDERS, ("raw", "users"): ["user_id", "country", "birth_date"]}


def _traced(sql: str, **more: str) -> dict[str, Made]:
    queries = {("staging", name): text for name, text in more.items()} | {("marts", "answer"): sql}
    return trace(queries, KNOWN)["answer"]


def _of(made: Made) -> set[str]:
    assert not made.untold
    return {".".join(column) for column in made.of}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # A CTE may be called like the table it reads.
        (
            "with orders as (select * from raw.orders) select amount - refunded as net, order_id from orders",
            {"net": {"orders.amount", "orders.refunded"}, "order_id": {"orders.order_id"}},
        ),
        # What only filters, joins or groups is not part of a value.
        (
            """
            select u.country, sum(o.amount) as total, count(*) as orders from raw.orders as o
            left join raw.users as u on o.user_id = u.user_id where o.status = 'paid' group by u.country
            """,
            {"country": {"users.country"}, "total": {"orders.amount"}, "orders": set()},
        ),
        # A union goes by place, whatever its branches call their columns.
        (
            """
            with seen as (select user_id, ordered_at as at, 'order' as what from raw.orders
            union all select user_id, birth_date, country from raw.users) select what, at from seen
            """,
            {"what": {"users.country"}, "at": {"orders.ordered_at", "users.birth_date"}},
        ),
        # What a window is ordered by decides its value.
        (
            "select row_number() over (partition by user_id order by ordered_at) as number from raw.orders",
            {"number": {"orders.user_id", "orders.ordered_at"}},
        ),
        # Of a query within an expression, what it yields.
        (
            """
            select country, (select max(o.amount) from raw.orders as o where o.user_id = u.user_id) as top
            from raw.users as u
            """,
            {"country": {"users.country"}, "top": {"orders.amount"}},
        ),
        (
            "select unnest([amount, refunded]) as money from raw.orders",
            {"money": {"orders.amount", "orders.refunded"}},
        ),
        # A recursive query is what it starts from and what each step adds, in whichever column.
        (
            """
            with recursive chain (one, other) as (select user_id, country from raw.users union all
            select chain.other, orders.status from chain inner join raw.orders on chain.one = orders.user_id)
            select one, other from chain
            """,
            {
                "one": {"users.user_id", "users.country", "orders.status"},
                "other": {"users.country", "orders.status"},
            },
        ),
        # All columns of one table nobody knows: each by its name.
        (
            """
            with scores as (select * from predictions.scores), known as (select * from raw.users)
            select known.country, scores.churn from known
            left join scores on known.user_id = scores.user_id
            """,
            {"country": {"users.country"}, "churn": {"scores.churn"}},
        ),
    ],
)
def test_a_column_is_told_by_what_it_is_computed_from(sql: str, expected: dict[str, set[str]]) -> None:
    assert {column: _of(made) for column, made in _traced(sql).items()} == expected


def test_all_columns_of_another_model_are_those_its_sql_makes() -> None:
    found = _traced("select * from w.staging.stg_orders", stg_orders="select amount as worth from raw.orders")
    assert {column: _of(made) for column, made in found.items()} == {"worth": {"stg_orders.worth"}}


def test_a_table_added_to_is_not_made_of_itself() -> None:
    found = _traced("select amount from raw.orders union all select amount from p.marts.answer")
    assert _of(found["amount"]) == {"orders.amount"}


def test_what_the_sql_does_not_say_is_said_not_to_be_told() -> None:
    sql = """
        with unknown as (select * from predictions.scores cross join predictions.reach)
        select country, churn, churn * 2 as twice from raw.users cross join unknown
    """
    found = _traced(sql)
    assert _of(found["country"]) == {"users.country"}
    # Twice: what could not be told for the first column is no constant in the second.
    assert found["churn"].untold
    assert found["twice"].untold


def test_sql_that_is_no_sql_has_no_columns() -> None:
    assert _traced("select from from") == {}


def test_sqlglot_says_the_same() -> None:
    sql = """
        with paid as (select *, amount - coalesce(refunded, 0) as net from raw.orders where status = 'paid'),
        sums as (select user_id, sum(net) as total, max(ordered_at) as last from paid group by user_id),
        ranked as (
            select sums.*, users.country, rank() over (partition by country order by total desc) as place
            from sums inner join raw.users on sums.user_id = users.user_id
        )
        select user_id, country, place, case when total > 100 then country else status_of end as band, last
        from (select ranked.*, (select min(status) from raw.orders) as status_of from ranked) as told
    """
    schema = {layer: {name: dict.fromkeys(columns, "text")} for (layer, name), columns in KNOWN.items()}
    schema["raw"] = {name: dict.fromkeys(columns, "text") for (_, name), columns in KNOWN.items()}
    for column, made in _traced(sql).items():
        tree = lineage(column, sqlglot.parse_one(sql, dialect="duckdb"), schema=schema, dialect="duckdb")
        theirs = {
            (node.expression.name, node.name.split(".")[-1])
            for node in tree.walk()
            if isinstance(node.expression, exp.Table)
        }
        assert made.of == theirs, column
