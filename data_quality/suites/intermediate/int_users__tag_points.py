"""One row per person, part of a tag and day on which its value may change."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night


def _stated(night: Night) -> str:
    """People of whom something is stated that a tag repeats for good."""
    stated = [
        f"select 1 from staging.stg_user_versions where {tag['property']} is not null"
        for tag in night.tags
        if tag["kind"] == "property" and tag["property"] != "lifecycle_state" and not tag["validity_days"]
    ]
    return " union all ".join(["select 1 where false", *stated])


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_users__tag_points."""
    return [
        rules.filled(_stated(night), "properties that are tags"),
        rules.columns(["user_key", "part", "day", "value", "share"]),
        rules.pseudonymous(),
        rules.never("no value of tomorrow", f"day > {night.as_of_sql}"),
        # Critical: an empty text would stand for no value in one place and for a value in another.
        rules.never("a value is a text with something in it", "value = ''"),
        rules.between("share", 0, 1),
    ]
