"""Marts gone bad between their building and their gate: each must be blocked.

The nights follow each other in one folder with nothing put back: each must build anew what the one
before left spoilt. The last is let live and must come to what an undisturbed night came to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from unittest import mock

from tests.faults import state, victim
from tests.faults.kills import Night, last_words
from tests.faults.row import Harm, Try


@dataclass(frozen=True)
class Bad:
    """What happened to a table, and the statement that does it."""

    name: str
    statement: str


def _update(name: str, table: str, change: str, where: str = "true") -> Bad:
    return Bad(f"{table}: {name}", f"update public_db.marts.{table} set {change} where {where}")


def _delete(name: str, table: str, where: str = "true") -> Bad:
    return Bad(f"{table}: {name}", f"delete from public_db.marts.{table} where {where}")


def _repeat(table: str) -> Bad:
    one = f"select * from public_db.marts.{table} limit 1"
    return Bad(f"{table}: a row twice", f"insert into public_db.marts.{table} {one}")


def _first(table: str, column: str) -> str:
    return f"{column} = (select min({column}) from public_db.marts.{table})"


_LATEST = "(select max(day) from public_db.marts.rpt_engagement)"
BAD = (
    _update("a key blank", "fct_orders", "order_id = ''", _first("fct_orders", "order_id")),
    _update("amounts a hundredfold", "fct_orders", "revenue = revenue * 100"),
    _update("two columns swapped", "fct_orders", "revenue = gross_amount, gross_amount = revenue"),
    _update("an unknown person", "fct_orders", "user_key = repeat('f', 32)", "user_key is not null"),
    _update("a day to come", "fct_orders", "order_day = date '2030-01-01'", _first("fct_orders", "order_id")),
    _delete("half of it gone", "fct_orders", "hash(order_id) % 2 = 0"),
    _delete("empty", "fct_orders"),
    _repeat("fct_orders"),
    _update("amounts a hundredfold", "fct_order_items", "revenue = revenue * 100"),
    _delete("half of it gone", "fct_order_items", "hash(order_id) % 2 = 0"),
    _delete("half of it gone", "fct_event_rows", "hash(event_id) % 2 = 0"),
    _repeat("fct_event_rows"),
    _delete("half of it gone", "fct_session_rows", "hash(session_id) % 2 = 0"),
    _update("two columns swapped", "fct_session_rows", "started_at = ended_at, ended_at = started_at"),
    _delete("half of it gone", "fct_user_day_rows", "hash(user_key) % 2 = 0"),
    _repeat("dim_users"),
    _update("a key blank", "dim_users", "user_key = ''", _first("dim_users", "user_key")),
    _delete("half of it gone", "dim_users", "hash(user_key) % 2 = 0"),
    _update("a state nobody knows", "dim_users", "lifecycle_state = 'gone'"),
    _update("scores out of scale", "fct_user_value", "m_score = 9", _first("fct_user_value", "user_key")),
    _delete("its last day gone", "rpt_engagement", f"day = {_LATEST}"),
    _update("two columns swapped", "rpt_engagement", "dau = mau, mau = dau"),
    _update("new and retained swapped", "rpt_growth_accounting", "new = retained, retained = new"),
    _update("more kept than there were", "rpt_retention", "retained = cohort_size + 1"),
    _delete("a gap", "fct_lifecycle_spans", "is_current"),
    _repeat("fct_lifecycle_spans"),
)


def tries(night: Night) -> Iterator[Try]:
    """One night for each, then one that is let live."""
    night.restore()
    said = night.before.with_name("said")
    earlier, name = state.served(night.house.data), ""
    for bad in BAD:
        spoilt = victim.night_of(night.day, said, partial(_after_marts, bad.statement))
        harm: set[Harm] = set() if spoilt.wait() == 1 and "gate marts" in spoilt.says() else {"stuck"}
        if state.served(night.house.data) != earlier:
            harm.add("torn")
        yield f"{bad.name}{': ' + last_words(spoilt) if harm else ''}", frozenset(harm)
        name = bad.name
    alive = victim.night_of(night.day, said)
    healed: set[Harm] = {"stuck"} if alive.wait() else set()
    healed |= state.of(night.house.data).harm_against(night.after)
    yield f"let live after {name}: {last_words(alive) if healed else ''}", frozenset(healed)


def _after_marts(statement: str) -> None:
    """In a child: spoil the marts as soon as they are built."""
    from orchestration import dbt, night

    build = dbt.build

    def spoiled(now: night.Night, layer: str, names: Iterable[str] = ()) -> list[dbt.NodeResult]:
        results = build(now, layer, names)
        if layer == "marts":
            with now.warehouse.open() as connection:
                connection.execute(statement)
        return results

    mock.patch.object(dbt, "build", spoiled).start()
