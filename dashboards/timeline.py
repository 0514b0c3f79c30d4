"""What happened to a person and when, of every table that tells it, in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from dashboards.published import Published
from dashboards.saying import said

ROWS = 200
# Each source: its table, and when, what and which of its rows.
SOURCES = {
    "fct_events": ("occurred_at", "event_name", "coalesce(page, item_id)"),
    "fct_orders": ("ordered_at", "'order ' || status", "cast(cast(revenue as decimal(18, 2)) as varchar)"),
    "fct_touches": ("occurred_at", "action", "campaign_id"),
    "fct_feedback": ("submitted_at", "kind", "coalesce(sentiment_class, cast(score as varchar))"),
    "fct_lifecycle_spans": ("cast(from_day as timestamp)", "'→ ' || state{_zh}", "null"),
}
# What of these is said in which words; a page is called as the company calls it, and where there is none the
# channel is told.
WORDS = {
    "fct_events": {"what": "event_names"},
    "fct_orders": {"what": "order_moves"},
    "fct_touches": {"what": "touch_actions"},
    "fct_feedback": {"what": "feedback_kinds", "detail": "sentiments"},
}


def rows(published: Published, user_key: str, language: str) -> pd.DataFrame | None:
    """The newest things that happened to a person.

    Returns
    -------
    pandas.DataFrame or None
        Columns `happened_at` (UTC), `what`, `detail` and `source`, the name of a table; None where the file
        has none of the tables.
    """
    parts = [
        f"select {happened} as happened_at, {what} as what, {detail} as detail, '{table}' as source,"
        f" {'channel' if table == 'fct_events' else 'null'} as channel"
        f" from marts.{table} where user_key = $user_key".replace("{_zh}", "_zh" * (language == "zh"))
        for table, (happened, what, detail) in SOURCES.items()
        if published.columns(table)
    ]
    if not parts:
        return None
    sql = (
        f"select happened_at, what, detail, source, channel from ({' union all '.join(parts)})"
        f" order by happened_at desc, source, what, detail limit {ROWS}"
    )
    found = published.frame(sql, {"user_key": user_key})
    campaigns = _campaigns(published)
    told = [*_told(found, campaigns, language)]
    found["what"] = [what for what, _ in told]
    found["detail"] = [
        said("channels", channel, language) if pd.isna(detail) else detail
        for (_, detail), channel in zip(told, found["channel"], strict=True)
    ]
    return found.drop(columns="channel")


def _told(found: pd.DataFrame, campaigns: dict[str, str], language: str) -> Iterator[tuple[Any, Any]]:
    """What and which of each row, as they are called."""
    for what, detail, source in zip(found["what"], found["detail"], found["source"], strict=True):
        words = WORDS.get(source, {})
        which = campaigns.get(detail, detail) if source == "fct_touches" else detail
        yield (
            said(words["what"], what, language) if "what" in words else what,
            said(words["detail"], which, language) if "detail" in words else which,
        )


def _campaigns(published: Published) -> dict[str, str]:
    """What campaigns are called, by their id, where the file has them."""
    if not published.columns("rpt_campaigns"):
        return {}
    found = published.frame("select campaign_id, name from marts.rpt_campaigns where name is not null")
    return dict(zip(found["campaign_id"], found["name"], strict=True))
