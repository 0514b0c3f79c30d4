"""A million people's experiment on ten metrics on the clock, and what looking on does to false alarms.

The first table is the SQL of ftr_experiment_statistics and the report on it, the second simulated
experiments without any effect, looked at twenty times with a fixed-horizon test and with the always-valid
one. That one promises to call at most 5 % of them different, whatever the share and the split; its winners
are those it calls different and better.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from ml.experiments.comparison import compare
from ml.experiments.moments import Sums, plain
from orchestration import dbt, dbt_manifest, environment, night, tenant
from orchestration.experiments import ExperimentRules

LOOKS, EXPERIMENTS = 20, 2_000
SHARES, ARMS = (0.01, 0.05, 0.1, 0.2), ((500, 500), (100, 900))
METRICS = [
    {"metric": "buyers", "kind": "proportion", "measure": "orders"},
    {"metric": "orders", "kind": "mean", "measure": "orders"},
    {"metric": "spent", "kind": "revenue"},
    {"metric": "basket", "kind": "ratio", "measure": "revenue", "per": {"measure": "orders"}},
    {"metric": "views", "kind": "mean", "event": "page_view", "winsorise": 0.99},
    {"metric": "carts", "kind": "mean", "event": "add_to_cart"},
    {"metric": "carters", "kind": "proportion", "event": "add_to_cart"},
    {"metric": "back", "kind": "retention", "after_days": 1, "within_days": 7},
    {"metric": "visits", "kind": "mean", "measure": "sessions"},
    {"metric": "carts_a_visit", "kind": "ratio", "event": "add_to_cart", "per": {"measure": "sessions"}},
]
# Five events, one session and a third of an order a person, from two weeks before to two weeks after.
WORLD = """
create schema intermediate; create schema staging; create schema features;
create table intermediate.int_campaigns__exposures as
select 'big' as experiment_id, md5(i::text) as user_key,
    case when i % 2 = 0 then 'control' else 'new' end as variant,
    timestamp '2026-06-01' + to_seconds(i * 7919 % 604800) as exposed_at,
    false as saw_several, true as is_counted, timestamp '2026-06-21' as counted_until
from range({people}) as t(i);
create table intermediate.int_behaviour__events as
select md5((i // 5)::text) as user_key,
    ['page_view', 'add_to_cart', 'page_view', 'search', 'page_view'][i % 5 + 1] as event_name,
    timestamp '2026-05-20' + to_seconds(hash(i) % 2764800) as occurred_at, true as is_core,
    cast(1 as decimal(18, 4)) as value
from range({people} * 5) as t(i);
create table intermediate.int_behaviour__sessions as
select md5(i::text) as user_key, timestamp '2026-05-20' + to_seconds(hash(i + 1) % 2764800) as started_at
from range({people}) as t(i);
create table intermediate.int_value__orders as
select md5((i * 3)::text) as user_key,
    timestamp '2026-05-20' + to_seconds(hash(i + 2) % 2764800) as ordered_at,
    true as is_purchase, cast(1 + hash(i) % 50000 / 100 as decimal(18, 4)) as revenue
from range({people} // 3) as t(i);
create table staging.stg_experiments as
select 'big' as experiment_id, 'Big' as name, json('{{"control": 0.5, "new": 0.5}}') as variants,
    'orders' as primary_metric, timestamp '2026-06-01' as started_at, timestamp '2026-06-21' as ended_at;
"""


def statistics(people: int) -> dict[str, float]:
    """Seconds of the SQL and of the report, and the peak memory in MB."""
    from ml.experiments import SPEC
    from orchestration import modelling

    rules = ExperimentRules.model_validate(
        {"metrics": [{"name_en": one["metric"], "name_zh": one["metric"], **one} for one in METRICS]}
    )
    with tempfile.TemporaryDirectory() as folder:
        environment.write("data", folder)
        owner = replace(tenant.load("demo"), experiments=rules.rendered())
        now = replace(night.of("2026-06-30"), tenant=owner, data=Path(folder))
        with now.warehouse.open() as connection:
            for statement in WORLD.format(people=people).split(";\n"):
                connection.execute(statement)
        # A night has read the project long before it comes to experiments.
        dbt_manifest.parse(now)
        began = time.perf_counter()
        result = dbt.invoke(now, "run", ["ftr_experiment_arms", "ftr_experiment_statistics"])
        if not result.success:
            raise SystemExit(f"the statistics did not build: {result.exception or result.result}")
        built = sum(one.execution_time for one in result.result.results)  # type: ignore[union-attr]
        told = time.perf_counter()
        with now.warehouse.open() as connection:
            frames = modelling.frames(connection, SPEC, now.as_of)
            trained = SPEC.train(frames, modelling.settings(now, SPEC.name))
            SPEC.score(trained, frames, as_of=now.as_of)
        ended = time.perf_counter()
    return {
        "sql_seconds": built,
        "dbt_seconds": told - began,
        "report_seconds": ended - told,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def peeking(share: float, arms: tuple[int, int], seed: int = 7) -> dict[str, float]:
    """Share of experiments without an effect that either test calls one, at the end or at any look.

    Parameters
    ----------
    arms
        People who come to the control and to the treatment between two looks.
    """
    rng = np.random.default_rng(seed)
    found = dict.fromkeys(("at the end", "naive", "always valid", "winners"), 0)
    drawn = rng.binomial(np.array(arms)[:, None], share, (EXPERIMENTS, 2, LOOKS)).cumsum(axis=2)
    people = np.outer(arms, np.arange(1, LOOKS + 1))
    for counts in drawn:
        looks = [
            compare(plain(Sums(n, c, c)), plain(Sums(m, t, t)), alpha=0.05, tau=0.01, of="share")
            for (n, m), (c, t) in zip(people.T, counts.T, strict=True)
        ]
        sure = [look for look in looks if look.always_p < 0.05]
        found["at the end"] += looks[-1].p < 0.05
        found["naive"] += any(look.p < 0.05 for look in looks)
        found["always valid"] += bool(sure)
        found["winners"] += any(look.difference > 0 for look in sure)
    return {name: count / EXPERIMENTS for name, count in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    people = parser.parse_args().people
    print(f"\n{people:,} people, {len(METRICS)} metrics\n\n| seconds in SQL | with dbt | report | peak MB |")
    print("|---|---|---|---|")
    took = statistics(people)
    print("| " + " | ".join(f"{took[name]:.1f}" for name in took) + " |")
    print(f"\n{EXPERIMENTS:,} experiments without an effect, {LOOKS} looks\n")
    print("| share | people a look | at the end | naive, any look | always valid, any look | its winners |")
    print("|---|---|---|---|---|---|")
    for arms in ARMS:
        for share in SHARES:
            rates = peeking(share, arms).values()
            print(f"| {share:.0%} | {arms[0]}, {arms[1]} | " + " | ".join(f"{r:.2%}" for r in rates) + " |")


if __name__ == "__main__":
    main()
