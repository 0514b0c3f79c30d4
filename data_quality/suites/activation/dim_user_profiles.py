"""One row per person with all that is predicted of them."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

NOT_EVERYONE = """
select 1 as offending
where
    (select count(*) from {batch}) <> (select count(*) from intermediate.int_users__people)
    or exists (
        select 1 from intermediate.int_users__people as people
        left join {batch} as profiles on people.user_key = profiles.user_key
        where profiles.user_key is null
    )
"""
NOT_CONSENTED = """
select 1 as offending
from {batch} as profiles
inner join intermediate.int_privacy__consents as consents
    on
        profiles.user_key = consents.user_key
        and consents.purpose = 'profiling'
        and consents.status <> 'granted'
where
    profiles.churn_probability is not null
    or profiles.churn_band is not null
    or profiles.segment_name is not null
    or profiles.clv is not null
"""


def expectations(night: Night) -> list[Any]:
    """The rules of activation.dim_user_profiles."""
    return [
        rules.filled("select 1 from intermediate.int_users__people", "people"),
        rules.columns(PUBLIC["dim_user_profiles"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        # Critical: everyone has a profile, with or without predictions.
        rules.no_rows("one profile per person", NOT_EVERYONE),
        rules.between("churn_probability", 0, 1),
        rules.between("clv", 0, None),
        rules.in_set("churn_band", ["low", "medium", "high"]),
        rules.between("preferred_hour", 0, 23),
        # Critical: a prediction of a person who has not consented to profiling must not be shown.
        rules.no_rows("predictions only with consent", NOT_CONSENTED),
        rules.no_addresses("country", "region", "city"),
    ]
