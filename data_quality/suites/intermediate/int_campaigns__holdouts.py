"""One row per campaign with a hold-out."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = [
    "campaign_id",
    "treated_people",
    "held_out_people",
    *(
        f"{arm}_{measure}"
        for measure in ("conversions", "revenue")
        for arm in ("treated", "held_out", "incremental")
    ),
    "incremental_conversions_margin",
    "incremental_revenue_margin",
]
EVIDENCE = """
select 1
from intermediate.int_campaigns__exposures as exposures
where starts_with(exposures.experiment_id, '{prefix}') and not exposures.saw_several
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__holdouts."""
    attribution = night.settings.get("attribution")
    prefix = attribution.get("holdout_prefix") if isinstance(attribution, dict) else None
    evidence = EVIDENCE.format(prefix=str(prefix or "holdout_").replace("'", "''"))
    return [
        rules.filled(evidence, "people exposed to a hold-out"),
        rules.columns(COLUMNS, exact=False),
        *(rules.between(column, 0, None) for column in ("treated_people", "held_out_people")),
        rules.never("everybody is in one arm", "treated_people + held_out_people < 1"),
        # Warning: what nobody was held out of has no counterfactual.
        rules.never("both arms have people", "treated_people = 0 or held_out_people = 0", "warning"),
    ]
