"""One row per subscription, in the base currency, with the days it counts on."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "subscription_id",
    "user_key",
    "plan",
    "started_day",
    "ended_day",
    "runs_until",
    "run_started_day",
    "monthly_amount",
    "currency",
    "exchange_rate",
    "end_reason",
    "is_void",
    "feed",
]
CHANGED = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from staging.stg_subscriptions)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_value__subscriptions."""
    return [
        rules.filled("select 1 from staging.stg_subscriptions", "staged subscriptions"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        *rules.not_null("started_day", "run_started_day"),
        # Critical: a missing rate leaves no amount, and a sum would call it zero.
        *rules.not_null("exchange_rate"),
        rules.between("monthly_amount", 0, None),
        rules.never(
            "it counts at least to the day it ended", "runs_until < ended_day and runs_until <> started_day"
        ),
        rules.never("a run begins by the subscription's start", "run_started_day > started_day"),
        # Critical: converting neither loses nor multiplies subscriptions.
        rules.no_rows("as many subscriptions as staging has", CHANGED),
        # Warning: a source that ends what has not begun has its clocks or its columns mixed up.
        rules.never("ended after it started", "is_void", "warning"),
    ]
