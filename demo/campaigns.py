"""Messages sent, who was left out on purpose, and what the messages truly changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.behaviour import Behaviour
from demo.consents import PURPOSES, Consents
from demo.members import Members
from demo.people import People
from demo.plan import DAY_MS, HOUR_MS, Floats, Ints, Plan
from demo.season import Season

EFFECT_DAYS = 14
CHANNELS = ("email", "sms", "push", "email", "push", "sms")
SENT, DELIVERED, OPENED, CLICKED, BOUNCED, UNSUBSCRIBED, COMPLAINED, IMPRESSION = range(8)
ACTIONS = (
    "sent", "delivered", "opened", "clicked", "bounced", "unsubscribed", "complained", "impression",
)  # fmt: skip
OPEN_RATE = {"email": 0.30, "sms": 0.0, "push": 0.15}
OPENS = np.array([0.6, 1.0, 1.3, 0.3, 0.3])  # by level, then LAPSED, then never seen: unread mail is telling


@dataclass(frozen=True)
class Campaign:
    """One campaign; `lift` is the true relative change of the chance to buy on a day visited."""

    campaign_id: str
    name: str
    channel: str
    objective: str
    start: int
    days: int
    lift: float
    holdout: float
    planned_cost: float


@dataclass(frozen=True)
class Touches:
    """One position per touch; a click at visit row v happens as that visit begins."""

    campaign: Ints
    person: Ints
    action: Ints
    at: Ints
    visit: Ints


@dataclass(frozen=True)
class Outreach:
    """Campaigns, their audiences and touches.

    Attributes
    ----------
    audience : list of (treated, held) pairs of ndarray
        People per campaign who got it, and who were held out at random.
    boost : ndarray of shape (visits,)
        Multiplier on the chance to buy at each visit.
    source : ndarray of shape (visits,)
        Campaign whose click began the visit, else -1.
    """

    campaigns: list[Campaign]
    audience: list[tuple[Ints, Ints]]
    touches: Touches
    boost: Floats
    source: Ints


def schedule(plan: Plan, season: Season) -> list[Campaign]:
    """One campaign about every four weeks, and one before each festival's top day."""
    regular = [(day, False) for day in range(40, plan.days - 10, 29)]
    tops = [(int(day) - 3, True) for day in np.flatnonzero(season.festival >= 0.9) if 40 < day < plan.days]
    campaigns = []
    for number, (day, festive) in enumerate(sorted(regular + tops)):
        when = plan.date_of(day)
        reactivates = not festive and number % 3 == 2
        name = "11.11 大促" if when.month == 11 else "6.18 年中大促"
        campaigns.append(
            Campaign(
                campaign_id=f"C{number + 1:03d}",
                name=f"{when.year} {name}"
                if festive
                else f"{when:%Y-%m} {'回来看看 We miss you' if reactivates else '本月精选 Monthly picks'}",
                channel=CHANNELS[number % len(CHANNELS)],
                objective="reactivation" if reactivates else "conversion",
                start=day,
                days=EFFECT_DAYS,
                lift=(0.5 if festive else (0.35, 0.15, 0.0)[number % 3]),
                holdout=0.2 if festive or number % 4 == 0 else 0.0,
                planned_cost=8000.0 if festive else 2500.0,
            )
        )
    return campaigns


def outreach_of(
    plan: Plan, season: Season, people: People, behaviour: Behaviour, members: Members, consents: Consents
) -> Outreach:
    """Send every campaign in turn; an unsubscribe is heard by the next one."""
    rng = plan.rng("campaigns")
    campaigns, audience, parts = schedule(plan, season), [], []
    boost = np.ones(len(behaviour.day))
    source = np.full(len(behaviour.day), -1, dtype=np.int64)
    for number, campaign in enumerate(campaigns):
        purpose = f"marketing_{campaign.channel}"
        willing = consents.granted_by(purpose, campaign.start, members)
        if campaign.objective == "reactivation":
            recent = (behaviour.day >= campaign.start - 30) & (behaviour.day < campaign.start)
            willing[behaviour.person[recent]] = False
        chosen = np.flatnonzero(willing & (rng.random(len(people)) < 0.75))
        held = rng.random(len(chosen)) < campaign.holdout
        treated = chosen[~held]
        audience.append((treated, chosen[held]))
        late = campaign.start + EFFECT_DAYS
        visits = np.flatnonzero((behaviour.day >= campaign.start) & (behaviour.day < late))
        is_treated = np.zeros(len(people), dtype=bool)
        is_treated[treated] = True
        boost[visits[is_treated[behaviour.person[visits]]]] *= 1 + campaign.lift
        touches, quitters = _touch(number, campaign, treated, visits, behaviour, source, rng)
        parts.append(touches)
        what = np.full(len(quitters), PURPOSES.index(purpose))
        consents.add(touches.person[quitters], what, np.zeros(len(quitters), bool), touches.at[quitters])
    joined = Touches(
        *(
            np.concatenate([getattr(p, f) for p in parts])
            for f in ("campaign", "person", "action", "at", "visit")
        )
    )
    keep = joined.at < plan.days * DAY_MS
    joined = Touches(*(getattr(joined, f)[keep] for f in ("campaign", "person", "action", "at", "visit")))
    return Outreach(campaigns, audience, joined, boost, source)


def _touch(
    number: int,
    campaign: Campaign,
    treated: Ints,
    visits: Ints,
    behaviour: Behaviour,
    source: Ints,
    rng: np.random.Generator,
) -> tuple[Touches, Ints]:
    """All touches of one campaign, and which of them are people leaving its channel."""
    count = len(treated)
    sent = campaign.start * DAY_MS + 10 * HOUR_MS + rng.integers(0, 3_600_000, count)
    bounced = rng.random(count) < (0.03 if campaign.channel == "email" else 0.01)
    arrived = sent + rng.integers(1000, 20_000, count)
    level = behaviour.level[campaign.start // 7, treated]
    opened = ~bounced & (rng.random(count) < OPEN_RATE[campaign.channel] * OPENS[level])
    # The first visit within three days of the message may have begun with a click on it.
    soon = visits[(behaviour.day[visits] > campaign.start) & (behaviour.day[visits] <= campaign.start + 3)]
    who, at = np.unique(behaviour.person[soon], return_index=True)
    position = np.full(int(max(treated.max(initial=-1), behaviour.person.max())) + 1, -1)
    position[who] = soon[at]
    row = position[treated]
    clicked = ~bounced & (row >= 0) & (source[row] < 0) & (rng.random(count) < 0.35)
    source[row[clicked]] = number
    leaves = ~bounced & ~clicked & (rng.random(count) < 0.006)
    complains = leaves & (rng.random(count) < 0.1)
    reads = arrived + rng.integers(60_000, 30 * HOUR_MS, count)
    steps = [
        (SENT, np.ones(count, bool), sent),
        (BOUNCED, bounced, arrived),
        (DELIVERED, ~bounced, arrived),
        (OPENED, opened, reads),
        (CLICKED, clicked, reads),  # moved to the visit's beginning once that is known
        (UNSUBSCRIBED, leaves, reads + 45_000),
        (COMPLAINED, complains, reads + 90_000),
    ]
    touches = Touches(
        campaign=np.full(sum(int(mask.sum()) for _, mask, _ in steps), number, dtype=np.int64),
        person=np.concatenate([treated[mask] for _, mask, _ in steps]),
        action=np.concatenate([np.full(int(mask.sum()), code) for code, mask, _ in steps]),
        at=np.concatenate([when[mask] for _, mask, when in steps]),
        visit=np.concatenate([np.where(code == CLICKED, row[mask], -1) for code, mask, _ in steps]),
    )
    return touches, np.flatnonzero(touches.action == UNSUBSCRIBED)
