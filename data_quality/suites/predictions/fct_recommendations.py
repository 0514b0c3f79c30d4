"""One row per person and rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data_quality import rules
from data_quality.night import Night

COLUMNS = ("user_key", "rank", "item_id", "score", "method", "model_version", "as_of")
# Whoever has not taken all that may be shown; a list can hold what those took who may be learned from.
DUE = """
select people.user_key
from features.ftr_people as people
left join (
    select taken.user_key, count(distinct taken.item_id) as items
    from ({taken}) as taken
    inner join features.ftr_items as items on taken.item_id = items.item_id
    where items.is_available
    group by taken.user_key
) as had on people.user_key = had.user_key
where {had} < (
    select count(distinct taken.item_id)
    from ({taken}) as taken
    inner join features.ftr_items as items on taken.item_id = items.item_id
    where items.is_available
)
"""
TAKEN = """
select days.user_key, days.item_id
from features.ftr_item_days as days
inner join intermediate.int_privacy__consents as consents
    on
        days.user_key = consents.user_key
        and consents.purpose = 'personalisation'
        and consents.status = 'granted'
"""
WRONG_PEOPLE = """
select 1 as offending
from (select user_key from {batch} group by user_key) as listed
full join (
    select people.user_key, due.user_key is not null as is_due
    from features.ftr_people as people
    left join ({due}) as due on people.user_key = due.user_key
) as people on listed.user_key = people.user_key
where people.user_key is null or (listed.user_key is null and people.is_due)
"""
GAPS = """
select 1 as offending
from {batch} group by user_key having min(rank) <> 1 or max(rank) <> count(*)
"""
DELISTED = """
select 1 as offending
from {batch} as listed
inner join features.ftr_items as items on listed.item_id = items.item_id
where not items.is_available
"""
OWNED = """
select 1 as offending
from {batch} as listed
inner join (select user_key, item_id from features.ftr_item_days group by user_key, item_id) as taken
    on listed.user_key = taken.user_key and listed.item_id = taken.item_id
where listed.method not in ('default', 'own_counts')
"""
CROWDED = """
select 1 as offending
from {batch} as listed
inner join features.ftr_items as items on listed.item_id = items.item_id
where items.category is not null
group by listed.user_key, items.category
having count(*) > {most}
"""
REFUSED = """
select 1 as offending
from {batch} as listed
left join intermediate.int_privacy__consents as consents
    on
        listed.user_key = consents.user_key
        and consents.purpose = 'personalisation'
        and consents.status = 'granted'
where listed.method <> 'default' and consents.user_key is null
"""
TWO_DEFAULTS = """
select 1 as offending
from {batch} where method = 'default' group by rank having count(distinct item_id) > 1
"""
CLIMBING = """
select 1 as offending
from (
    select score, lag(score) over (partition by user_key order by rank) as above from {batch}
)
where score > above
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_recommendations."""
    most = f"{night.number('recommendations.per_category', 3):.0f}"
    due = DUE.format(taken=TAKEN, had="0" if _repeats(night) else "coalesce(had.items, 0)")
    return [
        rules.filled(due, "people, and items to recommend"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.unique("user_key", "rank"),
        rules.unique("user_key", "item_id"),
        *rules.not_null("item_id", "score", "method"),
        # Critical: nobody is left with nothing while there is something, and nobody deleted is served.
        rules.no_rows("a list for everybody there is something for", WRONG_PEOPLE.replace("{due}", due)),
        rules.no_rows("ranks run from 1 without a gap", GAPS),
        rules.no_rows("ranks follow the scores", CLIMBING),
        rules.no_rows("nothing delisted", DELISTED),
        rules.no_rows("nothing they have", OWNED),
        rules.no_rows("no more of a category than set", CROWDED.replace("{most}", most)),
        # Critical: without consent to personalisation a list rests on nothing of the person's.
        rules.no_rows("personal only with consent", REFUSED),
        rules.no_rows("the default is the same for all", TWO_DEFAULTS),
    ]


def _repeats(night: Night) -> bool:
    """Whether what a person has may be listed again."""
    group = night.settings.get("recommendations")
    return isinstance(group, Mapping) and bool(group.get("repeat_goods"))
