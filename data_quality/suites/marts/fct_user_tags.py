"""One row per person, tag and run of days with one value."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

OVERLAPS = """
select 1 as offending
from (
    select
        valid_from,
        lag(coalesce(valid_to, as_of)) over (partition by user_key, tag order by valid_from) as before
    from {batch}
)
where valid_from <= before
"""
BEFORE_KNOWN = """
select 1 as offending
from {batch} as tags
inner join (
    select user_key, min(from_day) as first_day from marts.fct_lifecycle_spans group by user_key
) as known on tags.user_key = known.user_key
where tags.valid_from < known.first_day
"""
UNDECLARED = """
select 1 as offending
from {batch} as tags
left join marts.dim_tags as declared on tags.tag = declared.tag
where declared.tag is null
"""
UNINVITED = """
select 1 as offending
from (select distinct tag, user_key from {batch}) as tags
inner join marts.dim_tags as declared on tags.tag = declared.tag
inner join marts.fct_consents as consents on tags.user_key = consents.user_key
where
    list_contains(string_split(declared.purpose, ', '), consents.purpose)
    and consents.status <> 'granted'
"""


def expectations(night: Night) -> list[Any]:
    """The rules of marts.fct_user_tags."""
    return [
        rules.filled("select 1 from marts.dim_tags where people > 0", "tags that people have"),
        rules.columns(PUBLIC["fct_user_tags"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        *rules.not_null("tag", "value", "valid_from"),
        # Critical: a tag has one value on a day, or every count by tag is wrong.
        rules.no_rows("the intervals of a person and tag do not overlap", OVERLAPS),
        rules.never("intervals run forward", "valid_to < valid_from"),
        rules.never(
            "intervals lie within the days of the build",
            f"valid_from > {night.as_of_sql} or valid_to >= {night.as_of_sql}",
        ),
        rules.no_rows("nobody has a tag before being known", BEFORE_KNOWN),
        rules.no_rows("every tag is declared", UNDECLARED),
        # Critical: nobody is profiled without consent.
        rules.no_rows("only people who granted the tag's purposes", UNINVITED),
        # Critical: names and addresses end left of the marts.
        rules.no_addresses("value"),
    ]
