"""One row per person, day with a purchase, and day something was known of it."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

PURCHASES = "select 1 from intermediate.int_value__orders where is_purchase and user_key is not null"
MISCOUNTED = """
select 1 as offending
where (select coalesce(sum(orders), 0) from {batch}) <> (
    select count(*) from intermediate.int_value__orders where is_purchase and user_key is not null
)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_purchase_days."""
    return [
        rules.filled(PURCHASES, "purchases"),
        rules.columns(["user_key", "day", "known_day", "orders", "revenue", "as_of"]),
        rules.pseudonymous(),
        rules.as_of(night),
        # Critical: what nobody knew yet would be learned as if it had been foreseen.
        rules.never("nothing of after the as-of day", f"known_day > {night.as_of_sql}"),
        rules.no_rows("every purchase once", MISCOUNTED),
        # Critical: a sum that is no number would make every fit on it none.
        rules.never("revenue is a number", "revenue is null or isnan(revenue) or isinf(revenue)"),
    ]
