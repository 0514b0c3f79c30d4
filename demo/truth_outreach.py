"""Truths of what was sold, said and tried: orders, themes, campaign and experiment effects."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.feedback import KINDS
from demo.orders import CURRENCIES, FULFILLED, STATUSES
from demo.phrases import THEMES
from demo.trials import TRIALS, days_of
from demo.world import World


def order_table(world: World) -> pa.Table:
    """One row per order with its person (guests too) and its state as the last day ends."""
    orders, plan = world.orders, world.plan
    settled = orders.fate_day < plan.days
    cents = pa.array(np.where(settled, orders.refunded, 0) / 100).cast(pa.decimal128(18, 2))
    start = np.datetime64(plan.start, "D")
    return pa.table(
        {
            "order_id": c.numbered("SO", np.arange(len(orders)) + 1, 7),
            "person_id": c.coded(orders.person, world.people.person_id),
            "day": pa.array(start + orders.day, pa.date32()),
            "currency": c.coded(orders.currency, CURRENCIES),
            "amount": pa.array(orders.amount / 100).cast(pa.decimal128(18, 2)),
            "refunded_amount": cents,
            "status": c.coded(np.where(settled, orders.fate, len(STATUSES)), (*STATUSES, "paid")),
            "is_partly_refunded": settled & (orders.fate == FULFILLED) & (orders.refunded > 0),
        }
    )


def feedback_table(world: World) -> pa.Table:
    """One row per remark: kind, planted theme (none without words), sentiment and language."""
    said = world.feedback
    wordless = said.theme < 0
    return pa.table(
        {
            "feedback_id": c.numbered("F", np.arange(len(said)) + 1, 6),
            "person_id": c.coded(said.person, world.people.person_id),
            "kind": c.coded(said.kind, KINDS),
            "theme": c.coded(said.theme, THEMES),
            "sentiment": said.sentiment,
            "language": c.coded(np.where(wordless, -1, said.chinese.astype(np.int64)), ["en", "zh"]),
        }
    )


def campaign_tables(world: World) -> dict[str, pa.Table]:
    """Per campaign its true lift; per campaign and person the arm they were in."""
    outreach, plan = world.outreach, world.plan
    number = [np.full(len(t) + len(h), n) for n, (t, h) in enumerate(outreach.audience)]
    person = [np.concatenate(pair) for pair in outreach.audience]
    held = [np.repeat([0, 1], [len(t), len(h)]) for t, h in outreach.audience]
    ids = [campaign.campaign_id for campaign in outreach.campaigns]
    return {
        "campaigns": pa.table(
            {
                "campaign_id": ids,
                "start_day": pa.array([plan.date_of(x.start) for x in outreach.campaigns]),
                "effect_days": [x.days for x in outreach.campaigns],
                "lift": [x.lift for x in outreach.campaigns],
                "holdout_share": [x.holdout for x in outreach.campaigns],
                "treated": [len(t) for t, _ in outreach.audience],
                "held_out": [len(h) for _, h in outreach.audience],
            }
        ),
        "campaign_audiences": pa.table(
            {
                "campaign_id": c.coded(np.concatenate(number), ids),
                "person_id": c.coded(np.concatenate(person), world.people.person_id),
                "arm": c.coded(np.concatenate(held), ["treated", "holdout"]),
            }
        ),
    }


def trial_list(world: World) -> list[dict[str, object]]:
    """Each experiment's true lift and split; a split far from the intended half is the SRM."""
    facts: list[dict[str, object]] = []
    for number, trial in enumerate(TRIALS):
        first, end = days_of(world.plan, trial)
        own = (world.exposures.trial == number) & ~world.exposures.again
        facts.append(
            {
                "experiment_id": trial.experiment_id,
                "first_day": str(world.plan.date_of(first)),
                "end_day": str(world.plan.date_of(end)),
                "lift_on_purchase_chance": trial.lift,
                "intended_share": 0.5,
                "true_share": trial.share,
                "has_ratio_mismatch": trial.share != 0.5,
                "control": int((world.exposures.variant[own] == 0).sum()),
                "treatment": int((world.exposures.variant[own] == 1).sum()),
                "shown_both": int(((world.exposures.trial == number) & world.exposures.again).sum()),
            }
        )
    return facts
