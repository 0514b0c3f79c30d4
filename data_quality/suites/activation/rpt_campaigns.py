"""One row per campaign."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night
from orchestration.contract import TOUCH_ACTIONS

EVIDENCE = """
select 1 from staging.stg_campaigns
union all
select 1 from staging.stg_touches
union all
select 1 from staging.stg_spend
"""
TOUCHES = """
select 1 as offending
from (select coalesce(sum(touches), 0) as touches from {batch}) as reported
where touches <> (select count(*) from intermediate.int_campaigns__touches)
"""
SPENT = """
select 1 as offending
from (select coalesce(sum(spend), 0) as spend from {batch}) as reported
where spend <> (select coalesce(sum(amount), 0) from intermediate.int_campaigns__spend)
"""
CREDITED = """
select 1 as offending
from (
    select model, sum(credit) as credit, sum(revenue) as revenue
    from activation.fct_attribution where campaign_id is not null group by model
) as credited
inner join (
    unpivot (
        select
            sum(conversions_first) as first,
            sum(conversions_last) as last,
            sum(conversions_last_non_direct) as last_non_direct,
            sum(conversions_linear) as linear,
            sum(conversions_position) as position,
            sum(conversions_time_decay) as time_decay,
            sum(conversions_markov) as markov
        from {batch}
    ) on columns(*) into name model value credit
) as reported
    on credited.model = reported.model
where credited.credit <> reported.credit
"""
COUNTS = [{"impression": "impressions"}.get(action, action) for action in TOUCH_ACTIONS]


def expectations(night: Night) -> list[Any]:
    """The rules of activation.rpt_campaigns."""
    return [
        rules.filled(EVIDENCE, "campaigns, touches or spend"),
        rules.columns(PUBLIC["rpt_campaigns"].columns, exact=False),
        rules.as_of(night),
        *(rules.between(column, 0, None) for column in ("spend", "open_rate", "click_through_rate")),
        # Critical: every touch and every cent is in one campaign.
        rules.never("touches are the sum of the actions", f"touches <> {' + '.join(COUNTS)}"),
        rules.no_rows("the campaigns' touches are all there are", TOUCHES),
        rules.no_rows("the campaigns' spend is all there is", SPENT),
        # Critical: a purchase credited to two campaigns, or lost to all, would pay for what it did not.
        rules.no_rows("the campaigns' conversions are those credited", CREDITED),
        rules.never("without spend no return, and with spend one", "(spend = 0) <> (roi is null)"),
        rules.never(
            "the interval holds the incremental return",
            "incremental_roi not between incremental_roi_low and incremental_roi_high",
        ),
        # Warning: nobody can tell what such a campaign was for.
        rules.never("every campaign with spend or touches is declared", "not is_declared", "warning"),
    ]
