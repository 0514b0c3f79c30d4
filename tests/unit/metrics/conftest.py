"""A published file of five people's days, sessions and orders."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

ROWS = """
create schema marts;
create table marts.dim_user_profiles as
select *, null as region, null as city, null as gender, null as age_band, null as language,
    null as activity_level, null as favourite_category, 'mid' as value_tier, null as rfm_class,
    null as preferred_channel, null as next_action, true as is_activated, false as is_converted,
    true as marketing_consent, null as clv, null as churn_probability, null as churn_band
from (values
    ('ann', timestamp '2026-01-01 10:00', 'CN', 'web', 'ads', 'active', 'one'),
    ('bo', timestamp '2026-01-05 10:00', 'CN', 'ios', 'ads', 'active', 'two'),
    ('cy', timestamp '2026-01-09 10:00', 'US', 'web', 'store', 'churned', 'one'),
    ('di', null, null, null, null, 'new', null)
) as t (user_key, registered_at, country, platform, acquisition_channel, lifecycle_state, segment_name);
create table marts.fct_user_days as select * from (values
    ('ann', date '2026-01-01', 1), ('ann', date '2026-01-10', 2), ('bo', date '2026-01-05', 1),
    ('cy', date '2026-01-10', 3), ('di', date '2026-01-10', 0)
) as t (user_key, day, core_event_count);
create table marts.fct_sessions as select *, null as channel, null as platform, null as country,
    null as entry_page, null as exit_page, null as utm_source, null as utm_medium, null as utm_campaign,
    view_count as event_count from (values
    ('s1', 'ann', date '2026-01-01', true, false, true, 2, 30),
    ('s2', 'bo', date '2026-01-05', false, true, false, 1, 0),
    ('s3', 'cy', date '2026-01-10', true, false, false, 4, 90)
) as t (session_id, user_key, session_day, is_engaged, is_bounce, is_converted, view_count, dwell_seconds);
create table marts.fct_orders as select *, null as status, null as channel, null as payment_method,
    null as coupon_code, false as is_first_order from (values
    ('o1', 'ann', date '2026-01-01', true, 100.00, 20.00, 80.00),
    ('o2', 'ann', date '2026-01-10', true, 50.00, 0.00, 50.00),
    ('o3', 'cy', date '2026-01-10', true, 10.00, 0.00, 10.00),
    ('o4', null, date '2026-01-10', true, 5.00, 0.00, 5.00),
    ('o5', 'bo', date '2026-01-10', false, 70.00, 70.00, 0.00)
) as t (order_id, user_key, order_day, is_purchase, gross_amount, refunded_amount, revenue);
create table marts.rpt_growth_accounting as select *, true as is_complete, new as active, 0 as retained
from (values
    ('day', date '2026-01-01', 2, 1, 1), ('day', date '2026-01-02', 1, 0, 0),
    ('month', date '2026-01-01', 5, 3, 4)
) as t (granularity, period_start, new, resurrected, churned);
"""


@pytest.fixture(scope="module")
def published() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(ROWS)
        yield connection
