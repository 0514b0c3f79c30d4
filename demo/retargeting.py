"""One campaign shown to people about to buy: it is there before their purchases and changes none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from demo.behaviour import Behaviour
from demo.campaigns import CLICKED, IMPRESSION, Campaign, Outreach, Touches
from demo.consents import Consents
from demo.members import Members
from demo.orders import Orders
from demo.plan import DAY_MS, HOUR_MS, Plan

BEGINS, DAYS, SEEN_BEFORE, HOLDOUT = 0.66, 28, 30, 0.3
TAKEN = 0.8  # of the days with a purchase, those that begin with a click on it


def retargeted(
    plan: Plan, outreach: Outreach, behaviour: Behaviour, members: Members, consents: Consents, orders: Orders
) -> Outreach:
    """Add the campaign to what was sent; it comes after the orders, so it has caused none of them.

    An impression in the small hours of the day, a click as its first visit begins: whoever credits the
    last touch credits it with the purchase, and people held out buy as much without it.
    """
    rng = plan.rng("retargeting")
    start = int(plan.days * BEGINS)
    campaign = Campaign(
        "R001", f"{plan.date_of(start):%Y-%m} 购物车召回 Still in your cart", "social", "conversion",
        start, DAYS, 0.0, HOLDOUT, 3000.0,
    )  # fmt: skip
    recent = (behaviour.day >= start - SEEN_BEFORE) & (behaviour.day < start)
    willing = consents.granted_by("personalisation", start, members)
    chosen = np.flatnonzero(np.isin(np.arange(len(willing)), behaviour.person[recent]) & willing)
    held = rng.random(len(chosen)) < HOLDOUT
    treated = chosen[~held]
    # Not the first day: its small hours are over when people are told apart.
    inside = (orders.day > start) & (orders.day < start + DAYS) & np.isin(orders.person, treated)
    visit = orders.visit[inside & (outreach.source[orders.visit] < 0)]
    visit = visit[rng.random(len(visit)) < TAKEN]
    person, number = behaviour.person[visit], len(outreach.campaigns)
    shown = behaviour.day[visit] * DAY_MS + rng.integers(0, 5 * HOUR_MS, len(visit))
    source = outreach.source.copy()
    source[visit] = number
    before, twice = outreach.touches, 2 * len(visit)
    action = np.repeat([IMPRESSION, CLICKED], len(visit))
    added = Touches(
        campaign=np.full(twice, number, dtype=np.int64),
        person=np.tile(person, 2),
        action=action,
        at=np.tile(shown, 2),  # a click is moved to its visit's beginning
        visit=np.where(action == CLICKED, np.tile(visit, 2), -1),
    )
    return replace(
        outreach,
        campaigns=[*outreach.campaigns, campaign],
        audience=[*outreach.audience, (treated, chosen[held])],
        touches=Touches(
            *(
                np.concatenate([getattr(part, name) for part in (before, added)])
                for name in ("campaign", "person", "action", "at", "visit")
            )
        ),
        source=source,
    )
