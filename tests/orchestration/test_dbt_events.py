"""dbt makes no events where nothing listens; an upgrade of dbt that changes how is found here."""

from __future__ import annotations

import pytest
from dbt.adapters.events.types import SQLQuery
from dbt.events.types import LogStartLine, NothingToDo
from dbt_common.events import event_manager_client
from dbt_common.events.base_types import EventLevel, EventMsg
from dbt_common.events.functions import fire_event, warn_or_error
from dbt_common.events.types import Formatting
from dbt_common.exceptions import EventCompilationError

from orchestration import dbt_events


def _told() -> list[EventMsg]:
    """What the manager of the moment tells its listeners from now on."""
    told: list[EventMsg] = []
    event_manager_client.add_callback_to_manager(told.append)
    return told


def test_nothing_is_made_of_what_is_below_a_warning() -> None:
    with dbt_events.unmade():
        told = _told()
        query = SQLQuery(conn_name="c", sql="select 1")
        line = LogStartLine(description="a model", index=1, total=2)
        for event in (query, line, Formatting("")):
            fire_event(event)
        assert (query.sql, line.description, line.total) == ("", "", 0)
        assert told == []


def test_warnings_are_made_and_may_stop_a_build() -> None:
    with dbt_events.unmade():
        told = _told()
        # Each command of dbt sets it; one before may have left it on.
        event_manager_client.get_event_manager().warn_error = False
        warn_or_error(NothingToDo())
        fire_event(SQLQuery(conn_name="c", sql="select 1"), level=EventLevel.WARN)
        assert [message.info.name for message in told] == ["NothingToDo", "SQLQuery"]
        event_manager_client.get_event_manager().warn_error = True
        with pytest.raises(EventCompilationError):
            warn_or_error(NothingToDo())


def test_afterwards_all_is_as_it_was() -> None:
    manager = event_manager_client.get_event_manager()
    with pytest.raises(ZeroDivisionError), dbt_events.unmade():
        raise ZeroDivisionError
    assert event_manager_client.get_event_manager() is manager
    assert SQLQuery(conn_name="c", sql="select 1").sql == "select 1"
    assert LogStartLine(description="a model", index=1, total=2).total == 2
