"""One row per pair of states that people went between."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

UNEVEN = """
select 1 as offending
from (
    select from_state as channel, sum(transitions) as gone, 0 as come from {batch} group by from_state
    union all
    select to_state, 0, sum(transitions) from {batch} group by to_state
)
where channel not in ('(start)', '(conversion)', '(null)')
group by channel
having sum(gone) <> sum(come)
"""
MISCOUNTED = """
select 1 as offending
where
    (select coalesce(sum(transitions), 0) from {batch} where from_state <> '(start)')
    <> (select count(*) from intermediate.int_campaigns__arrivals)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_campaigns__transitions."""
    return [
        rules.filled("select 1 from intermediate.int_campaigns__arrivals", "arrivals"),
        rules.columns(["from_state", "to_state", "transitions"], exact=False),
        rules.between("transitions", 1, None),
        # Critical: who comes to a channel leaves it, else the chain converts more or less than people did.
        rules.no_rows("as many leave a channel as came to it", UNEVEN),
        rules.no_rows("every arrival leads somewhere once", MISCOUNTED),
    ]
