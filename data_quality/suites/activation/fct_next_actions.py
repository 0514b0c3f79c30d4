"""One row per person and ranked next action."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.interface import PUBLIC
from data_quality.night import Night

UNTOLD = """
select 1 as offending
where (select count(*) from {batch} where rank = 1) <> (
    select count(*) from activation.dim_user_profiles where next_action is not null
)
"""
NOBODY = """
select 1 as offending
where
    not exists (select 1 from {batch})
    and (select count(*) from activation.dim_user_profiles where marketing_consent) >= 100
"""
GAPS = """
select 1 as offending
from {batch}
group by user_key
having min(rank) <> 1 or max(rank) <> count(*)
"""
NO_CONSENT = """
select 1 as offending
from {batch} as actions
left join intermediate.int_privacy__consents as consents
    on actions.user_key = consents.user_key and actions.purpose = consents.purpose
where actions.purpose is not null and consents.status is distinct from 'granted'
"""
NO_CHANNEL_CONSENT = """
select 1 as offending
from {batch} as actions
left join intermediate.int_privacy__consents as consents
    on
        actions.user_key = consents.user_key
        and consents.purpose = 'marketing_' || actions.channel
where actions.channel in ('email', 'sms', 'push') and consents.status is distinct from 'granted'
"""
HAS_LEFT = """
select 1 as offending
from {batch} as actions
inner join (
    select user_key, channel, max(occurred_at) as left_at
    from intermediate.int_campaigns__touches
    where action in ('unsubscribed', 'complained')
    group by user_key, channel
) as gone on actions.user_key = gone.user_key and actions.channel = gone.channel
left join intermediate.int_privacy__consents as consents
    on actions.user_key = consents.user_key and consents.purpose = 'marketing_' || actions.channel
where consents.changed_at is null or consents.changed_at <= gone.left_at
"""


def expectations(night: Night) -> list[Any]:
    """The rules of activation.fct_next_actions."""
    return [
        # Critical: actions promised to profiles are there; a tenant without rules has none.
        rules.filled(
            "select 1 from activation.dim_user_profiles where next_action is not null",
            "profiles with a next action",
        ),
        rules.columns(PUBLIC["fct_next_actions"].columns, exact=False),
        rules.pseudonymous(),
        rules.as_of(night),
        rules.between("send_hour", 0, 23),
        # Critical: the profile shows the first action, and both must be of the same people.
        rules.no_rows("as many first actions as profiles show", UNTOLD),
        # Warning: a tenant may have no rules; rules that fit nobody are more often mistaken.
        rules.no_rows("somebody has an action", NOBODY, "warning"),
        rules.no_rows("ranks run from 1 without a gap", GAPS),
        # Critical: nobody is addressed without consent to the action's purpose.
        rules.no_rows("only with consent to the purpose", NO_CONSENT),
        # Critical: nor on a channel whose marketing they have not consented to.
        rules.no_rows("only with consent to the channel", NO_CHANNEL_CONSENT),
        # Critical: who has left a channel is not written to on it, unless they have consented again since.
        rules.no_rows("nobody who has left the channel", HAS_LEFT),
    ]
