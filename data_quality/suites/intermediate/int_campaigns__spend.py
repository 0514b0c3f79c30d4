"""One row per campaign and day with spend, in the base currency."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "campaign_id",
    "spend_day",
    "channel",
    "amount",
    "currency",
    "exchange_rate",
    "impressions",
    "clicks",
    "feed",
]
CHANGED = """
select 1 as offending
where (select count(*) from {batch}) <> (select count(*) from staging.stg_spend)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__spend."""
    return [
        rules.filled("select 1 from staging.stg_spend", "staged spend"),
        rules.columns(COLUMNS, exact=False),
        # Critical: a missing rate leaves no amount, and a sum would call it zero.
        *rules.not_null("exchange_rate"),
        rules.between("amount", 0, None),
        # Critical: converting neither loses nor multiplies spend.
        rules.no_rows("as many rows as staging has", CHANGED),
    ]
