"""No events of dbt where nothing listens: a fifth of a small night's dbt went into making them.

dbt makes a message of everything it does and offers it to its loggers, of which a night has none. Only
warnings and errors still are made: they may stop a build.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbt_common.events import event_manager_client
from dbt_common.events.base_types import BaseEvent, DebugLevel, EventLevel, InfoLevel
from dbt_common.events.event_manager import EventManager

_MAY_STOP_A_BUILD = {EventLevel.WARN, EventLevel.ERROR}


class _OnlyWarnings(EventManager):
    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        if force_warn_or_error_handling or (level or e.level_tag()) in _MAY_STOP_A_BUILD:
            super().fire_event(e, level, node, force_warn_or_error_handling)


def _unfilled(event: BaseEvent, *said: object, **fields: object) -> None:
    event.pb_msg = getattr(event.PROTO_TYPES_MODULE, type(event).__name__)()


@contextmanager
def unmade() -> Iterator[None]:
    """Within it, what dbt would say below a warning is not made; for builds without loggers only."""
    told = event_manager_client.get_event_manager()
    event_manager_client.ctx_set_event_manager(_OnlyWarnings())
    # The one thing dbt has no option for: an event is filled in before its manager is asked.
    for quiet in (DebugLevel, InfoLevel):
        quiet.__init__ = _unfilled  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        for quiet in (DebugLevel, InfoLevel):
            del quiet.__init__
        event_manager_client.ctx_set_event_manager(told)
