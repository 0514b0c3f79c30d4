"""One row per identifier: whose it is."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ["id_type", "id", "person_id", "user_key", "first_seen_at"]
SPLIT = """
select 1 as offending from {batch} group by person_id having count(distinct user_key) > 1
"""
# Two ends of a declared link that was withdrawn, whom other evidence joins all the same.
STILL_JOINED = """
select 1 as offending
from intermediate.int_users__links as links
inner join {batch} as identifiers on links.node = identifiers.node
inner join {batch} as linked on links.linked_node = linked.node and identifiers.user_key = linked.user_key
group by links.node, links.linked_node
having
    max(links.withdrawn_at) is not null
    and count(case when links.withdrawn_at is null and links.exclusion is null then 1 end) = 0
"""


def crowd(largest: float) -> str:
    """People of more identifiers than a person is thought to have."""
    return f"select 1 as offending from {{batch}} group by person_id having count(*) > {largest:.0f}"


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__identifiers."""
    largest = night.number("identity.largest_person", 100)
    return [
        rules.filled("select 1 from staging.stg_users", "users"),
        rules.columns(COLUMNS, exact=False),
        rules.pseudonymous(),
        *rules.not_null("person_id"),
        *rules.happened(night, "first_seen_at"),
        # Critical: one person under two keys would be counted and erased by halves.
        rules.no_rows("a person has one key", SPLIT),
        rules.pseudonymous("identifier_key"),
        # Warning: so many identifiers are rather a robot's, or a value that should never link; all
        # of them are listed in marts.dim_identities.
        rules.no_rows(f"at most {largest:.0f} identifiers a person", crowd(largest), "warning"),
        # Warning: somebody said these are two people, and only other evidence says they are one.
        rules.no_rows("who was declared apart is apart", STILL_JOINED, "warning"),
    ]
