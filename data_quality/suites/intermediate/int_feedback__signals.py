"""One row per person, sign and what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality import rules
from data_quality.night import Night

# A session of nothing but searches led to nothing, unless its source says otherwise.
EVIDENCE = """
select 1 from intermediate.int_behaviour__events
where event_day > FIRST
group by session_id
having
    count(*) = count(*) filter (where event_name in (SEARCHES) and trim(search_term) <> '')
    and count(item_id) = 0
    and count(properties) = 0
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_feedback__signals."""
    days = night.number("feedback.needs_days", 90)
    group = night.settings.get("feedback", {})
    names = group.get("search_events", ["search"]) if isinstance(group, Mapping) else []
    searches = ", ".join("'" + str(name).replace("'", "''") + "'" for name in names) or "null"
    evidence = EVIDENCE.replace("FIRST", f"{night.as_of_sql} - {days:.0f}").replace("SEARCHES", searches)
    return [
        rules.filled(evidence, "searches that led to nothing"),
        rules.columns(["user_key", "sign", "about", "occurrences", "last_day"]),
        rules.pseudonymous(),
        rules.in_set("sign", ["search", "cart"]),
        rules.between("occurrences", 1, None),
        rules.never("no sign of a day to come", f"last_day > {night.as_of_sql}"),
    ]
