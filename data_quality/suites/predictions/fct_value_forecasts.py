"""One row per person who has bought and lets us profile."""

from __future__ import annotations

from typing import Any

from data_quality import coverage, rules
from data_quality.night import Night

COLUMNS = (
    "user_key",
    "p_alive",
    "expected_purchases",
    "expected_value",
    "clv",
    "clv_horizon_days",
    "method",
    "model_version",
    "as_of",
)
BUYERS = "select user_key from features.ftr_purchase_days group by user_key having sum(orders) > 0"
DRIFT = """
select 1 as offending
from (select cast(sum(clv) as double) as coming, min(clv_horizon_days) as days from {batch}) as forecast
cross join (
    select sum(purchases.revenue) as gone
    from features.ftr_purchase_days as purchases
    inner join {batch} as predicted on purchases.user_key = predicted.user_key
    where purchases.day > predicted.as_of - predicted.clv_horizon_days
) as past
where gone > 0 and (coming > 3 * gone or coming < gone / 3)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_value_forecasts."""
    horizon = night.number("value.clv_horizon_days", 90)
    missing = coverage.missing("value", night, BUYERS)
    return [
        # Critical: a buyer without a forecast would count as worth nothing.
        rules.filled(missing.replace("{batch}", "(select null as user_key)"), "buyers, and a model"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.unique("user_key"),
        *rules.not_null("p_alive", "expected_purchases", "expected_value", "clv", "method"),
        rules.between("p_alive", 0, 1),
        rules.between("expected_purchases", 0, None),
        rules.between("expected_value", 0, None),
        rules.between("clv", 0, None),
        # Critical: nobody buys on more days than there are.
        rules.never("at most one purchase day a day", "expected_purchases > clv_horizon_days"),
        rules.never("the horizon is the tenant's", f"clv_horizon_days <> {horizon:.0f}"),
        rules.no_rows("every buyer is forecast", missing),
        # Critical: a forecast of a person without consent to profiling must not exist.
        rules.no_rows("nobody else is forecast", coverage.uninvited(night)),
        # Warning, drift: three times, or a third, of what was lately spent is another world.
        rules.no_rows("the total is near what was lately spent", DRIFT, "warning"),
    ]
