"""One row per conversion, touchpoint and model that credits it."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

MODELS = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "markov")
UNSHARED = f"""
select 1 as offending
from (
    select conversion_id, model, sum(credit) as credit, sum(revenue) as revenue
    from {{batch}}
    group by conversion_id, model
) as shared
full outer join (
    select conversions.conversion_id, conversions.revenue, models.model
    from intermediate.int_campaigns__look_backs as conversions
    cross join (select unnest({list(MODELS)}) as model) as models
) as whole
    on shared.conversion_id = whole.conversion_id and shared.model = whole.model
where shared.credit is distinct from 1 or shared.revenue is distinct from whole.revenue
"""


def expectations(night: Night) -> list[Any]:
    """The rules of activation.fct_attribution."""
    return [
        rules.filled("select 1 from intermediate.int_campaigns__look_backs", "touchpoints"),
        rules.columns(PUBLIC["fct_attribution"].columns, exact=False),
        rules.as_of(night),
        rules.in_set("model", MODELS),
        # Critical: a purchase counted more or less than once by any model is money nobody earned.
        rules.no_rows("credits of a conversion add up to 1, their revenue to its own", UNSHARED),
    ]
