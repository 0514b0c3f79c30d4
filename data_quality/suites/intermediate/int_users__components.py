"""One row per linked identifier: the group it belongs to."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

# Two users declared one, each of whom is declared one with nobody else: no cap can be in the way.
JOINED = """
select 1
from (
    select
        node,
        linked_node,
        count(*) over (partition by node) as links,
        count(*) over (partition by linked_node) as linked_links
    from intermediate.int_users__links
    where
        id_type = 'user_id' and linked_id_type = 'user_id'
        and exclusion is null and withdrawn_at is null
) as pairs
where links = 1 and linked_links = 1
"""
TORN = """
select 1 as offending
from intermediate.int_users__links as links
inner join {batch} as members on links.node = members.node
inner join {batch} as linked on links.linked_node = linked.node and members.root = linked.root
where links.evidence = 'rule' and links.exclusion = 'kept_apart'
"""
TOGETHER = """
select 1 as offending
from intermediate.int_users__links as links
left join {batch} as members on links.node = members.node
left join {batch} as linked on links.linked_node = linked.node
where
    links.evidence = 'rule' and links.exclusion is null
    and (members.root is null or members.root is distinct from linked.root)
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__components."""
    return [
        rules.filled(JOINED, "users declared one"),
        rules.columns(["node", "root"]),
        # Critical: a group whose root lies in another group is one person cut in two.
        rules.no_rows(
            "every root is in its own group",
            "select 1 as offending from {batch} as members"
            " left join {batch} as roots on members.root = roots.node"
            " where roots.root is distinct from members.root",
        ),
        # Critical: the tenant's own word on who is one and who is not.
        rules.no_rows("pairs kept apart are apart", TORN),
        rules.no_rows("pairs put together are together", TOGETHER),
    ]
