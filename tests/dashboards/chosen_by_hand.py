"""What panels show of some people as SQL written by hand; `{who}` is a condition on their profile."""

from __future__ import annotations

from dataclasses import dataclass

WHO = "(select user_key from marts.dim_user_profiles where {who})"
# People's finished months since the one of their first core action, by each kind, asked of every day.
COHORTS = f"""
with here as (
    select distinct user_key, date_trunc('month', day)::date as month from marts.fct_user_days
    where user_key in {WHO}
),
born as (select user_key, min(month) as cohort from here group by user_key),
lived as (select user_key, cohort, unnest(range(13)) as n from born),
told as (
    select lived.cohort, lived.n, lived.user_key,
        bool_or(here.month = cohort + to_months(n::int)) as on_n,
        bool_or(here.month >= cohort + to_months(n::int)) as on_or_after_n,
        count(*) filter (here.month between cohort and cohort + to_months(n::int)) = any_value(n) + 1
            as every_period
    from lived inner join here using (user_key)
    where last_day(cohort + to_months(n::int)) <= $last and cohort >= date_trunc('month', $first::date)
    group by lived.cohort, lived.n, lived.user_key
)
"""
HEAT = f"{COHORTS} select cohort::varchar, n::varchar, avg(on_n::int) from told group by all"
MEANS = f"""{COHORTS}, cohorts as (select cohort, n, avg(on_n::int) as rate from told group by all)
select 'weighted by cohort size', n::varchar, avg(on_n::int) from told group by n
union all select 'simple mean of cohorts', n::varchar, avg(rate) from cohorts group by n
"""
KINDS = f"""{COHORTS}
select 'in period n', n::varchar, avg(on_n::int) from told group by n
union all select 'in n or later', n::varchar, avg(on_or_after_n::int) from told group by n
union all select 'every period through n', n::varchar, avg(every_period::int) from told group by n
"""
# The demo's checkout, from the events: put into the cart, at once to it, at once to the purchase.
CHECKOUT = f"""
with following as (
    select user_key, event_id, event_name, platform, occurred_at, page,
        lead(event_name, 1) over p in ('page_view', 'screen_view')
            and lead(page, 1) over p in ('/cart', 'cart') as is_cart,
        lead(event_name, 2) over p = 'purchase' as is_purchase,
        epoch(lead(occurred_at, 1) over p - occurred_at) as to_cart,
        epoch(lead(occurred_at, 2) over p - occurred_at) as to_purchase
    from marts.fct_events where user_key in {WHO}
    window p as (partition by user_key order by occurred_at, event_id)
),
attempts as (
    select user_key, coalesce(platform, 'unknown') as platform, to_cart, to_purchase, case
        when is_cart and to_cart <= 1800 and is_purchase and to_purchase <= 1800 then 3
        when is_cart and to_cart <= 1800 then 2
        else 1
    end as depth
    from following where event_name = 'add_to_cart'
    qualify row_number() over (partition by user_key order by depth desc, occurred_at, event_id) = 1
),
timed as (
    select 'everyone' as of_what, 'everyone' as who, depth, to_cart, to_purchase from attempts
    union all
    select 'platform (of the event)', platform, depth, to_cart, to_purchase from attempts
),
groups as (
    select of_what, who, number, name, count(*) filter (depth >= number) as people,
        median(seconds[number]) filter (depth >= number) as middle,
        avg(seconds[number]) filter (depth >= number) as mean
    from (select *, [0, to_cart, to_purchase] as seconds from timed)
    cross join (values (1, 'add to cart'), (2, 'cart'), (3, 'purchase')) as s (number, name)
    group by all
)
"""
SEGMENT = f"""
with chosen as (
    select segment_name, user_key from marts.fct_user_segments where user_key in {WHO}
)
"""
RECOMMENDED = f"select * from marts.fct_recommendations where user_key in {WHO}"
FIRST_ACTIONS = f"select * from marts.fct_next_actions where rank = 1 and user_key in {WHO}"


@dataclass(frozen=True)
class Told:
    """A panel and the query that must say the same of people chosen.

    Attributes
    ----------
    page, title
        Where it stands, its title in English.
    sql
        Of a chart: the series where it has several, the name, the value. Of a table: the cells at
        `keys`, then those at `values`. Takes $first and $last, the days of the period.
    keys, values
        Of a table: places of the cells that name a row, and of those compared as numbers.
    """

    page: str
    title: str
    sql: str
    keys: tuple[int, ...] = ()
    values: tuple[int, ...] = ()


TOLD = (
    Told("retention", "Cohorts", HEAT),
    Told("retention", "Mean retention", MEANS),
    Told("retention", "The three kinds", KINDS),
    Told(
        "funnels",
        "Step by step",
        f"{CHECKOUT} select name, people from groups where of_what = 'everyone'",
    ),
    Told(
        "funnels",
        "Through to the end by breakdown",
        f"""{CHECKOUT}
        select if(of_what = 'everyone', who, of_what || ' · ' || who),
            sum(people) filter (number = 3) / sum(people) filter (number = 1)
        from groups group by all
        """,
    ),
    Told(
        "funnels",
        "Every step",
        f"""{CHECKOUT}
        select of_what, who, name, number, people, people / first_value(people) over g,
            people / nullif(lag(people) over g, 0), middle, mean
        from groups window g as (partition by of_what, who order by number)
        """,
        (0, 1, 3),
        (2, 4, 5, 6, 7, 8),
    ),
    Told("segments", "People by segment", f"{SEGMENT} select segment_name, count(*) from chosen group by 1"),
    Told(
        "segments",
        "Revenue per person",
        f"""{SEGMENT}
        select segment_name, sum(coalesce(bought.revenue, 0)) / count(distinct user_key)
        from chosen
        left join (select * from marts.fct_orders where order_day between $first and $last) as bought
            using (user_key)
        group by 1
        """,
    ),
    Told(
        "segments",
        "Life cycle within each segment",
        f"""{SEGMENT}
        select spans.state, segment_name, count(*)
        from chosen inner join marts.fct_lifecycle_spans as spans using (user_key)
        where spans.is_current group by all
        """,
    ),
    Told(
        "segments",
        "Churn bands within each segment",
        f"""{SEGMENT}
        select scores.churn_band, segment_name, count(*)
        from chosen inner join marts.fct_churn_scores as scores using (user_key) group by all
        """,
    ),
    Told(
        "segments",
        "What each segment is",
        f"""{SEGMENT}
        select segment_name, count(*), count(*) / (select count(*) from chosen) from chosen group by 1
        """,
        (0,),
        (1, 2),
    ),
    Told(
        "recommendations",
        "People by next action",
        f"select name_en, count(*) from ({FIRST_ACTIONS}) group by 1",
    ),
    Told(
        "recommendations",
        "Value expected of each action",
        f"select name_en, sum(expected_value) from ({FIRST_ACTIONS}) group by 1",
    ),
    Told(
        "recommendations",
        "Items most often recommended",
        f"""
        select coalesce(p.name, r.item_id), count(*), avg(r.rank), sum(if(r.rank = 1, 1, 0))
        from ({RECOMMENDED}) as r left join marts.rpt_products as p on r.item_id = p.product_id
        group by r.item_id, p.name
        """,
        (0,),
        (1, 2, 3),
    ),
    Told(
        "recommendations",
        "How items came into the lists",
        f"""
        select case method when 'default' then 'popular' when 'ease' then 'EASE' else method end, count(*)
        from ({RECOMMENDED}) group by 1
        """,
    ),
)
