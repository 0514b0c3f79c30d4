"""One row per link between two identifiers and its evidence."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

EVIDENCE = (
    "seen_together",
    "same_email",
    "same_phone",
    "same_device",
    "declared",
    "probabilistic",
    "rule",
    "seen_alone",
)
REASONS = ("too_many_users", "too_many_links", "generic_value", "unverified", "kept_apart", "withdrawn")
TWO_PERSONS = """
select 1 as offending
from (
    select identifier_key, user_key from {batch}
    union all
    select linked_identifier_key, linked_user_key from {batch} where linked_identifier_key is not null
) as ends
group by identifier_key
having count(distinct user_key) > 1
"""

UNEXPLAINED = """
select 1 as offending
from marts.dim_users as people
left join (
    select user_key from {batch}
    union
    select linked_user_key from {batch}
) as listed on people.user_key = listed.user_key
where listed.user_key is null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.dim_identities."""
    return [
        rules.filled("select 1 from marts.dim_users", "people"),
        rules.columns(PUBLIC["dim_identities"].columns, exact=False),
        # Critical: identifiers leave the private layers as keyed pseudonyms only.
        rules.pseudonymous("identifier_key"),
        rules.pseudonymous("user_key", optional=True),
        rules.pseudonymous("linked_identifier_key", optional=True),
        rules.pseudonymous("linked_user_key", optional=True),
        rules.no_addresses("id_type", "linked_id_type", "feed"),
        rules.as_of(night),
        rules.in_set("evidence", EVIDENCE),
        rules.in_set("status", ["linked", "over_cap", "excluded", "alone"]),
        rules.in_set("reason", REASONS),
        # Critical: an identifier of two persons would have its history counted twice.
        rules.no_rows("an identifier is one person's", TWO_PERSONS),
        # Critical: everybody is made of identifiers that can be looked up.
        rules.no_rows("everyone's identifiers are listed", UNEXPLAINED),
        # Critical: linked means one person, and a link that counts means linked.
        rules.never(
            "linked is one person",
            "status = 'linked' and user_key is distinct from linked_user_key",
        ),
        rules.never(
            "over the cap is not one person",
            "status = 'over_cap' and user_key is not distinct from linked_user_key and user_key is not null",
        ),
        *rules.happened(night, "linked_at", "withdrawn_at"),
    ]
