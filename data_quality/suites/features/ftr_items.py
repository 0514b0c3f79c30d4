"""One row per item anyone took or the catalogue lists."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

UNLISTED = """
select 1 as offending
from features.ftr_item_days as taken
left join {batch} as items on taken.item_id = items.item_id
where items.item_id is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_items."""
    return [
        rules.filled(
            "select 1 from features.ftr_item_days union all select 1 from staging.stg_products", "items"
        ),
        rules.columns(["item_id", "category", "is_available", "as_of"]),
        rules.as_of(night),
        # Critical: an item that cannot be looked up cannot be kept from being recommended.
        rules.no_rows("every item taken is there", UNLISTED),
    ]
