"""What the company does: campaigns, their spend and touches, experiments and who saw them."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.campaigns import ACTIONS, CLICKED
from demo.landing import Feed
from demo.plan import DAY_MS, HOUR_MS, Ints
from demo.trials import TRIALS, days_of
from demo.world import World

ALWAYS_ON = (
    ("A_SEARCH", "搜索投放 Search ads", "search", 60_000),
    ("A_FEED", "信息流投放 Feed ads", "social", 90_000),
)


def outreach_feeds(world: World) -> list[Feed]:
    """Campaigns, spend, touches, experiments and exposures."""
    return [_campaigns(world), _spend(world), _touches(world), _experiments(world), _exposures(world)]


def _campaigns(world: World) -> Feed:
    plan, campaigns = world.plan, world.outreach.campaigns
    rows = [(key, name, channel, "acquisition", 0, -1, -1) for key, name, channel, _ in ALWAYS_ON]
    rows += [
        (x.campaign_id, x.name, x.channel, x.objective, x.start, x.start + x.days, int(x.planned_cost * 100))
        for x in campaigns
    ]
    ids, names, channels, objectives, start, end, cost = zip(*rows, strict=True)
    starts, ends, costs = np.array(start), np.array(end), np.array(cost)

    def build(row: Ints) -> pa.Table:
        return c.table(
            campaign_id=c.coded(row, ids),
            name=c.coded(row, names),
            channel=c.coded(row, channels),
            objective=c.coded(row, objectives),
            started_at=c.wall_times(plan, starts[row] * DAY_MS + 10 * HOUR_MS),
            ended_at=c.wall_times(plan, np.where(ends[row] >= 0, ends[row] * DAY_MS, -1)),
            planned_cost=c.money(costs[row]),
            currency=c.coded(np.zeros(len(row), dtype=np.int64), ["CNY"]),
        )

    return Feed(
        name="ops_campaigns",
        entity="campaigns",
        stem="ops/campaigns",
        suffix=".csv",
        cadence="sparse",
        at=starts * DAY_MS,
        build=build,
        faults={},
    )


def _spend(world: World) -> Feed:
    plan, campaigns = world.plan, world.outreach.campaigns
    rng = plan.rng("spend")
    every = np.arange(plan.days)
    parts = [
        (np.full(plan.days, n), every, np.full(plan.days, daily))
        for n, (_, _, _, daily) in enumerate(ALWAYS_ON)
    ]
    for number, campaign in enumerate(campaigns):
        days = np.arange(campaign.start, min(campaign.start + campaign.days, plan.days))
        share = int(campaign.planned_cost * 100) // campaign.days
        parts.append((np.full(len(days), number + len(ALWAYS_ON)), days, np.full(len(days), share)))
    which, day, base = (np.concatenate(part) for part in zip(*parts, strict=True))
    amount = np.round(base * rng.uniform(0.8, 1.2, len(base))).astype(np.int64)
    impressions = amount // 4 + rng.integers(0, 50, len(amount))
    clicks = rng.binomial(impressions, 0.02)
    ids = [row[0] for row in ALWAYS_ON] + [x.campaign_id for x in campaigns]

    def build(row: Ints) -> pa.Table:
        return c.table(
            campaign_id=c.coded(which[row], ids),
            spend_date=c.days(plan, day[row]),
            amount=c.money(amount[row]),
            currency=c.coded(np.zeros(len(row), dtype=np.int64), ["CNY"]),
            impressions=c.whole(impressions[row]),
            clicks=c.whole(clicks[row]),
        )

    return Feed(
        name="ops_spend",
        entity="spend",
        stem="ops/spend",
        suffix=".csv",
        cadence="sparse",
        at=day * DAY_MS,
        build=build,
        faults={"bad_type": "impressions", "missing_required": "campaign_id", "key": "campaign_id"},
        twice=0.003,
    )


def touch_times(world: World) -> Ints:
    """Local milliseconds of every touch; a click comes two seconds before the visit it begins."""
    touches = world.outreach.touches
    first = world.first_session[np.maximum(touches.visit, 0)]
    begun = np.maximum(world.sessions.start[first] - 2000, 0)
    return np.where(touches.action == CLICKED, begun, touches.at)


def _touches(world: World) -> Feed:
    plan, touches, campaigns = world.plan, world.outreach.touches, world.outreach.campaigns
    at = touch_times(world)

    def build(row: Ints) -> pa.Table:
        return c.table(
            touch_id=c.numbered("T", row + 1, 7),
            campaign_id=c.coded(touches.campaign[row], [x.campaign_id for x in campaigns]).cast(pa.string()),
            user_id=c.coded(touches.person[row], world.people.user_id).cast(pa.string()),
            action=c.coded(touches.action[row], ACTIONS).cast(pa.string()),
            occurred_at=c.stamps(plan, at[row]),
            channel=c.coded(touches.campaign[row], [x.channel for x in campaigns]).cast(pa.string()),
            template=c.coded(touches.campaign[row] % 3, ["a", "b", "c"]).cast(pa.string()),
        )

    return Feed(
        name="ops_touches",
        entity="touches",
        stem="ops/touches",
        suffix=".parquet",
        cadence="usual",
        at=at,
        build=build,
        faults={"bad_enum": "action", "missing_required": "campaign_id", "key": "touch_id"},
        late=0.005,
        again=0.002,
        twice=0.001,
        broken=0.0005,
    )


def _experiments(world: World) -> Feed:
    """Each experiment when it begins and again when it is over; hold-outs are experiments too."""
    plan = world.plan
    halves = json.dumps({"control": 0.5, "treatment": 0.5})
    rows = [(t.experiment_id, t.name, *days_of(plan, t), halves, "purchase") for t in TRIALS]
    for campaign in world.outreach.campaigns:
        if campaign.holdout:
            split = json.dumps({"holdout": campaign.holdout, "treated": 1 - campaign.holdout})
            name = f"{campaign.name} 对照组 hold-out"
            after = campaign.start + campaign.days
            rows.append((f"holdout_{campaign.campaign_id}", name, campaign.start, after, split, "purchase"))
    ids, names, first, end, variants, metric = zip(*rows, strict=True)
    starts, ends = np.array(first), np.array(end)
    ended = np.flatnonzero(ends < plan.days)
    row_of = np.concatenate([np.arange(len(rows)), ended])
    done = np.concatenate([np.zeros(len(rows), bool), np.ones(len(ended), bool)])

    def build(row: Ints) -> pa.Table:
        which, over = row_of[row], done[row]
        return c.table(
            experiment_id=c.coded(which, ids),
            name=c.coded(which, names),
            started_at=c.offset_instants(plan, starts[which] * DAY_MS),
            ended_at=c.offset_instants(plan, np.where(over, ends[which] * DAY_MS, -1)),
            variants=c.nested(c.coded(which, variants)),
            primary_metric=c.coded(which, metric),
            unit=c.coded(np.zeros(len(which), dtype=np.int64), ["user"]),
        )

    return Feed(
        name="lab_experiments",
        entity="experiments",
        stem="lab/experiments",
        suffix=".ndjson",
        cadence="sparse",
        at=np.where(done, ends[row_of], starts[row_of]) * DAY_MS,
        build=build,
        faults={},
    )


def _exposures(world: World) -> Feed:
    plan, shown, outreach = world.plan, world.exposures, world.outreach
    at = world.sessions.start[world.first_session[shown.visit]] + 500
    experiments = [t.experiment_id for t in TRIALS]
    parts = [(shown.trial, shown.person, shown.variant, at)]
    for campaign, (treated, held) in zip(outreach.campaigns, outreach.audience, strict=True):
        if campaign.holdout:
            people = np.concatenate([treated, held])
            arm = np.concatenate([np.full(len(treated), 2), np.full(len(held), 3)])
            when = np.full(len(people), campaign.start * DAY_MS + 10 * HOUR_MS)
            parts.append((np.full(len(people), len(experiments)), people, arm, when))
            experiments.append(f"holdout_{campaign.campaign_id}")
    trial, person, variant, seen = (np.concatenate(part) for part in zip(*parts, strict=True))

    def build(row: Ints) -> pa.Table:
        unit = c.coded(person[row], world.people.user_id).cast(pa.string())
        return c.table(
            experiment_id=c.coded(trial[row], experiments).cast(pa.string()),
            unit_id=unit,
            variant=c.coded(variant[row], ["control", "treatment", "treated", "holdout"]).cast(pa.string()),
            exposed_at=c.stamps(plan, seen[row]),
            user_id=unit,
        )

    return Feed(
        name="lab_exposures",
        entity="exposures",
        stem="lab/exposures",
        suffix=".parquet",
        cadence="sparse",
        at=seen,
        build=build,
        faults={"missing_required": "variant"},
        again=0.002,
        broken=0.0005,
    )
