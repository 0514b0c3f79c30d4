"""One row per order."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from orchestration.contract import ORDER_STATUSES

ONE_FIRST = """
select 1 as offending
from {batch}
where is_purchase and user_key is not null
group by user_key
having count(*) filter (where is_first_order) <> 1
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_orders."""
    return [
        rules.filled("select 1 from marts.fct_order_items", "order lines"),
        rules.columns(PUBLIC["fct_orders"].columns, exact=False),
        rules.pseudonymous(optional=True),
        rules.as_of(night),
        *rules.happened(night, "ordered_at", "refunded_at"),
        rules.in_set("status", ORDER_STATUSES),
        # Critical: a sum would take a missing amount for zero.
        rules.never(
            "a purchase has its money",
            "is_purchase and (gross_amount is null or refunded_amount is null or revenue is null)",
        ),
        # Critical: revenue is the amount less refunds, and nothing for a cancelled order.
        rules.never("a cancelled order earns nothing", "status = 'cancelled' and revenue <> 0"),
        rules.never(
            "revenue is the amount less refunds",
            "status <> 'cancelled' and revenue <> gross_amount - refunded_amount",
        ),
        rules.never("refunds are not negative", "is_purchase and refunded_amount < 0"),
        rules.no_rows("one first order per person", ONE_FIRST),
        # Warning: more back than paid is a source's bookkeeping, not a broken build.
        rules.never("no refund over the amount", "is_purchase and revenue < 0", "warning"),
        # Warning: a source may have stopped without an error.
        rules.fresh(night, "ordered_at", 7),
    ]
