"""One row per activated person."""

from __future__ import annotations

from typing import Any

from data_quality import rules
from data_quality.night import Night

# Whoever began with a core action met the default rule by it; another rule may have met nobody.
FIRST_ACTIONS = """
select 1
from intermediate.int_behaviour__events as events
inner join intermediate.int_users__people as people on events.user_key = people.user_key
where
    events.is_core
    and events.occurred_at = people.first_seen_at
    and coalesce(people.registered_at, people.first_seen_at) >= people.first_seen_at
    and {by_default}
limit 1
"""


def expectations(night: Night) -> list[Any]:
    """The rules of intermediate.int_lifecycle__activations."""
    rule = night.settings.get("activation")
    own = isinstance(rule, dict) and (rule["events"] or rule["all_of"] or rule["at_least"] > 1)
    return [
        rules.filled(FIRST_ACTIONS.format(by_default=not own), "core actions to begin with"),
        rules.columns(["user_key", "activated_at"], exact=False),
        rules.pseudonymous(),
        *rules.not_null("activated_at"),
        *rules.happened(night, "activated_at"),
    ]
