"""One row per person and snapshot day, as known on that day."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from data_quality import rules
from data_quality.night import Night

WINDOWS = (7, 14, 28, 56, 90, 180, 365)
MEASURES = ("active_days", "events", "sessions", "orders", "revenue")
SINCE = ("days_since_last_active", "days_since_last_order", "tenure_days")
EVER = (
    "active_days_all",
    "orders_all",
    "mean_gap_days",
    "gap_ratio",
    "repeat_purchase_days",
    "purchase_recency_days",
    "purchase_age_days",
    "touches_clicked_90",
    "feedback_365",
)
COLUMNS = [
    "as_of",
    "user_key",
    "is_eligible",
    *(f"{measure}_{window}" for measure in MEASURES for window in WINDOWS),
    *SINCE,
    *EVER,
    "revenue_all",
]
NEVER_NEGATIVE = (*SINCE, *EVER)
PEOPLE = "select 1 from intermediate.int_users__people where first_seen_at is not null"
COUNTED = ("active_days", "events", "sessions", "orders")
SHRINKS = " or ".join(
    f"{measure}_{short} > {measure}_{long}" for measure in COUNTED for short, long in pairwise(WINDOWS)
)
OVERFULL = [f"active_days_{window} > {window}" for window in WINDOWS]


def newest_is(column: str, night: Night) -> str:
    """Offends when rows are there and the newest is not the night's."""
    return f"select 1 as offending from {{batch}} having max({column}) <> {night.as_of_sql}"


def everyone(night: Night) -> str:
    """People the as-of snapshot lacks."""
    return f"""
    select 1 as offending
    from intermediate.int_users__people as people
    left join {{batch}} as snapshot
        on people.user_key = snapshot.user_key and snapshot.as_of = {night.as_of_sql}
    where
        snapshot.user_key is null
        and coalesce(people.registered_at, people.first_seen_at) is not null
    """


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_user_snapshots."""
    return [
        rules.filled(PEOPLE, "people"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        # Critical: a model would score nobody, or people as they were on another day.
        rules.no_rows("the newest snapshot is the as-of", newest_is("as_of", night)),
        # Critical: everyone the warehouse knows is described on the as-of day.
        rules.no_rows("everyone is in the as-of snapshot", everyone(night)),
        *(rules.between(column, 0, None) for column in NEVER_NEGATIVE),
        # Critical: a longer window holds the shorter one, else a window is cut wrongly.
        rules.never("longer windows hold more", SHRINKS),
        rules.never("not more active days than days", " or ".join(OVERFULL)),
    ]
