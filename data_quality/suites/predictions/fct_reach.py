"""One row per person who was ever there and lets us profile."""

from __future__ import annotations

from typing import Any

from data_quality import coverage, rules
from data_quality.night import Night

COLUMNS = (
    "user_key",
    "preferred_channel",
    "channel_probability",
    "preferred_hour",
    "hour_probability",
    "occasions",
    "method",
    "model_version",
    "as_of",
)
SEEN = "select user_key from features.ftr_reach_counts group by user_key"
# One choice for all although people were there on others too.
ALIKE = """
select 1 as offending
from (
    select max(share) as most
    from (select count(*) / sum(count(*)) over () as share from {{batch}} group by preferred_{aspect})
)
where
    most > 0.98 and (select count(*) from {{batch}}) >= 1000
    and (
        select max(times) / sum(times)
        from (
            select sum(times) as times from features.ftr_reach_counts
            where aspect = '{aspect}' group by choice
        )
    ) < 0.9
"""


def expectations(night: Night) -> list[Any]:
    """The rules of predictions.fct_reach."""
    missing = coverage.missing("reach", night, SEEN)
    return [
        # Critical: who was there and is not told of would be reached at anybody's hour.
        rules.filled(missing.replace("{batch}", "(select null as user_key)"), "people seen, and a model"),
        rules.columns(COLUMNS),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.unique("user_key"),
        *rules.not_null("preferred_hour", "hour_probability", "method"),
        rules.between("preferred_hour", 0, 21),
        rules.never("the first of three hours", "preferred_hour % 3 <> 0"),
        rules.between("hour_probability", 0, 1),
        rules.between("channel_probability", 0, 1),
        rules.no_rows("everyone seen is told of", missing),
        # Critical: a habit of a person without consent to profiling must not be told.
        rules.no_rows("nobody else is told of", coverage.uninvited(night)),
        # Warning: one hour, or channel, for all is everybody's habit, not a person's.
        rules.no_rows("hours tell people apart", ALIKE.format(aspect="hour"), "warning"),
        rules.no_rows("channels tell people apart", ALIKE.format(aspect="channel"), "warning"),
    ]
