"""The main table of each page as SQL written by hand, from the facts where these tell it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A table as shown and the query that must say the same.

    Attributes
    ----------
    page, title
        Where it stands, its title in English.
    keys, values
        Places of the cells that name a row, and of those compared as numbers; the query gives them in
        this order.
    sql
        Takes $first and $last, the days of the page's period.
    only
        The first cell of the rows compared; all of them where it is empty.
    """

    page: str
    title: str
    keys: tuple[int, ...]
    values: tuple[int, ...]
    sql: str
    only: str = ""


TABLES = (
    Table(
        "acquisition",
        "Channels and campaigns",
        (1,),
        (2, 3, 4, 5, 8),
        """
        select coalesce((select name from marts.rpt_campaigns as c where c.campaign_id = a.campaign_id),
                campaign_id, 'none'), sum(registrations), sum(activated), sum(converted),
            sum(converted) / nullif(sum(registrations), 0), sum(spend)
        from marts.rpt_acquisition as a
        where period_start >= date_trunc('month', $first::date) and period_start <= $last
        group by acquisition_channel, campaign_id
        """,
    ),
    Table(
        "behaviour",
        "Pages",
        (0,),
        (1, 2, 4, 5, 6),
        """
        select page, sum(views), coalesce(max(entered.entries), 0), coalesce(max(entered.bounces), 0),
            sum(clicks), sum(clicks) / nullif(sum(impressions), 0)
        from marts.rpt_pages
        left join (
            select entry_page, count(*) as entries, count(*) filter (is_bounce) as bounces
            from marts.fct_sessions where session_day between $first and $last group by 1
        ) as entered on page = entered.entry_page
        where day between $first and $last group by page
        """,
    ),
    Table(
        "funnels",
        "Every step",
        (3,),
        (2, 4, 5, 6),
        """
        select step_name, step_number, people, people / first_value(people) over steps,
            people / lag(people) over steps
        from marts.rpt_funnels
        where breakdown = 'all' and funnel = (select min(funnel) from marts.rpt_funnels)
        window steps as (order by step_number)
        """,
        only="everyone",
    ),
    Table(
        "portrait",
        "Tags",
        (0, 1),
        (2, 3),
        """
        select t.name_en, u.value, count(*), count(*) / (select count(*) from marts.dim_users)
        from marts.fct_user_tags as u inner join marts.dim_tags as t on u.tag = t.tag
        where u.valid_to is null and u.amount is null group by all
        """,
    ),
    Table(
        "segments",
        "What each segment is",
        (0,),
        (1, 2),
        """
        select segment_name, count(*), count(*) / (select count(*) from marts.fct_user_segments)
        from marts.fct_user_segments group by segment_name
        """,
    ),
    Table(
        "value",
        "Products",
        (0,),
        (2, 3),
        """
        select p.name, count(distinct o.user_key), count(distinct o.order_id)
        from marts.rpt_products as p
        left join marts.fct_order_items as i on p.product_id = i.product_id
        left join marts.fct_orders as o on i.order_id = o.order_id and o.is_purchase
        group by p.product_id, p.name
        """,
    ),
    Table(
        "churn",
        "Who to save first",
        (0,),
        (1, 2, 3),
        """
        select left(s.user_key, 12) || '…', s.churn_probability, v.clv, s.churn_probability * v.clv
        from marts.fct_churn_scores as s left join marts.fct_value_forecasts as v using (user_key)
        where s.churn_band = 'high'
        """,
    ),
    Table(
        "recommendations",
        "Items most often recommended",
        (0,),
        (1, 2, 3),
        """
        select coalesce(p.name, r.item_id), count(*), avg(r.rank), sum(if(r.rank = 1, 1, 0))
        from marts.fct_recommendations as r left join marts.rpt_products as p on r.item_id = p.product_id
        group by r.item_id, p.name
        """,
    ),
    Table(
        "campaigns",
        "Every campaign",
        (0,),
        (2, 3, 4),
        """
        select coalesce(c.name, c.campaign_id), count(*) filter (t.action = 'sent'),
            count(*) filter (t.action = 'opened'), count(*) filter (t.action = 'clicked')
        from marts.rpt_campaigns as c left join marts.fct_touches as t on c.campaign_id = t.campaign_id
        where not c.started_at >= $last::date + 1 and not coalesce(c.ended_at < $first, false)
        group by c.campaign_id, c.name
        """,
    ),
    Table(
        "experiments",
        "Every experiment by this metric",
        (0,),
        (2, 3, 4, 5, 9),
        """
        select t.name, t.units, t.mean, c.mean, t.lift, t.srm_p_value from marts.rpt_experiment_history as t
        left join marts.rpt_experiment_history as c
            on t.experiment_id = c.experiment_id and c.metric = t.metric and c.as_of = t.as_of
            and c.variant = t.control
        where t.metric = 'purchase' and t.as_of = $last and t.variant <> t.control
            and t.started_at < $last::date + 1 and not coalesce(t.ended_at < $first, false)
        """,
    ),
    Table(
        "feedback",
        "What people need most",
        (0,),
        (1, 2, 3, 4),
        """
        select name_en, people, value_at_stake, severity, priority from marts.rpt_needs
        """,
    ),
    Table(
        "models",
        "Quality against the plain rule",
        (6,),
        (2, 3, 4),
        """
        select model_version, value, baseline_value, value - baseline_value from marts.rpt_model_quality
        where not starts_with(metric, 'psi_')
        """,
    ),
    Table(
        "quality",
        "Files",
        (0, 2),
        (3, 4, 5, 6),
        """
        select feed, file, accepted + quarantined + duplicate, accepted, quarantined, duplicate
        from marts.rpt_loads where loaded_on >= $first and loaded_on <= $last
        """,
    ),
)
# Of every state on the last day of a month, the states of the same people on the last day of the next one.
MOVES = """
with days as (
    select last_day(m) as was, last_day(m + interval 1 month) as is_now
    from generate_series(
        date_trunc('month', $first::date) - interval 1 month, $last::date, interval 1 month
    ) as months (m)
)
select date_trunc('month', is_now)::date::varchar as month, a.state, b.state, count(*)
from days
inner join marts.fct_lifecycle_spans as a on was between a.from_day and coalesce(a.to_day, $last)
inner join marts.fct_lifecycle_spans as b
    on a.user_key = b.user_key and is_now between b.from_day and coalesce(b.to_day, $last)
where is_now <= $last group by 1, 2, 3
"""
ACTIVE = """
with days as (
    select cast(d as date) as day
    from generate_series($first::date, $last::date, interval 1 day) as series (d)
)
select days.day, count(distinct user_key) filter (u.day = days.day),
    count(distinct user_key) filter (u.day > days.day - 7), count(distinct user_key)
from days
inner join marts.fct_user_days as u on u.core_event_count > 0 and u.day between days.day - 29 and days.day
group by days.day order by days.day
"""
WEEKS = """
with here as (
    select distinct user_key, date_trunc('week', day)::date as week from marts.fct_user_days
    where core_event_count > 0
),
told as (
    select week, lag(week) over (partition by user_key order by week) as was,
        lead(week) over (partition by user_key order by week) as next
    from here
)
select week, count(*) filter (was = week - 7), count(*) filter (was is null),
    count(*) filter (was < week - 7),
    -(select count(*) from told as gone where gone.week = told.week - 7
        and (gone.next is null or gone.next > told.week))
from told where week >= $first and week + 6 <= $last group by week order by week
"""
COHORTS = """
with here as (
    select distinct user_key, date_trunc('month', day)::date as month from marts.fct_user_days
    where core_event_count > 0
),
born as (select user_key, min(month) as cohort from here group by user_key),
sizes as (select cohort, count(*) as size from born group by cohort)
select cohort::varchar, datediff('month', cohort, month)::varchar, count(*) / any_value(size)
from here inner join born using (user_key) inner join sizes using (cohort)
where last_day(month) <= $last group by cohort, month
"""
