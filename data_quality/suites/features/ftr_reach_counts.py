"""One row per person, aspect and choice."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = (
    "user_key",
    "aspect",
    "choice",
    "learn_times",
    "test_times",
    "test_times_2",
    "test_times_3",
    "earlier_times",
    "times",
    "as_of",
)
OCCASIONS = """
select 1 from intermediate.int_behaviour__sessions where user_key is not null
union all
select 1 from intermediate.int_value__orders where is_purchase and user_key is not null
"""
LOST = """
select 1 as offending
from (select sum(times) as counted from {batch} where aspect = 'hour') as here
cross join (
    select
        (select count(*) from intermediate.int_behaviour__sessions where user_key is not null)
        + (select count(*) from intermediate.int_value__orders where is_purchase and user_key is not null)
            as happened
) as there
where coalesce(counted, 0) <> happened
"""


def expectations(night: Night) -> list[Any]:
    """The rules of features.ftr_reach_counts."""
    return [
        rules.filled(OCCASIONS, "sessions or purchases of people"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.in_set("aspect", ["channel", "hour"]),
        # Critical: what is tested on must not be in what was learned from, and neither in more than all.
        rules.never(
            "parts within the whole",
            "learn_times < 0 or learn_times + test_times > times or earlier_times not between 0 and times",
        ),
        # Critical: an earlier cut learns from what is left when the days of its test are taken out.
        rules.never(
            "earlier tests are of what may be learned from",
            "test_times_2 < 0 or test_times_3 < 0 or test_times_2 + test_times_3 > learn_times",
        ),
        rules.no_rows("every occasion has an hour", LOST),
    ]
