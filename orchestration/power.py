"""How large an experiment must be, told from the published file: `python -m orchestration.power`."""

from __future__ import annotations

from datetime import timedelta
from math import sqrt

import duckdb

from ml.experiments.power import Baseline, days_needed, people_needed
from orchestration import nightly, served, warehouse
from orchestration.errors import Unusable
from orchestration.night import Night

STRETCH_DAYS = 56
_OF_DAYS = {
    "sessions": "session_count",
    "orders": "order_count",
    "revenue": "revenue",
    "events": "event_count",
}
NEWCOMERS = """
select count(first_days.day)
from generate_series(?::date, ?::date, interval 1 day) as days(day)
left join (
    select user_key, min(day) as day from marts.fct_user_days where day between ? and ? group by user_key
) as first_days on days.day = first_days.day
group by days.day order by days.day
"""
MEASURED = """
select mean, deviation, experiment_id, reduction
from marts.rpt_experiments as control
left join (
    select experiment_id, metric, min(variance_reduction) as reduction
    from marts.rpt_experiments where not is_control group by experiment_id, metric
) as treated using (experiment_id, metric)
where metric = ? and is_control and is_valid and units >= ?
order by started_at desc nulls last, experiment_id limit 1
"""


class Unmeasured(Unusable):
    """Nothing published says what the metric is today."""


def baseline(connection: duckdb.DuckDBPyConnection, now: Night, name: str) -> tuple[Baseline, str]:
    """What a metric is today, and where that was seen: the newest experiment, else people's days.

    Raises
    ------
    Unmeasured
        There is no such metric, or nothing published tells it.
    """
    metrics = {str(metric["metric"]): metric for metric in now.tenant.experiments["metrics"]}
    if name not in metrics:
        known = ", ".join(sorted(metrics)) or "none"
        raise Unmeasured(f"METRIC={name} is no metric of experiments.yml; known are {known}")
    metric = metrics[name]
    is_share = metric["kind"] in ("proportion", "retention")
    found = connection.execute(MEASURED, [name, now.tenant.experiments["min_units"]]).fetchone()
    if found and found[0]:
        mean, deviation, experiment, reduction = found
        return Baseline(mean, deviation, max(reduction or 0.0, 0.0), is_share), f"experiment {experiment}"
    column = _OF_DAYS.get(metric["of"]["measure"])
    if (
        metric["kind"] in ("ratio", "retention")
        or column is None
        or metric["of"]["event"]
        or metric["of"]["where"]
    ):
        raise Unmeasured(
            f"no valid experiment has measured {name} yet, and people's days do not tell it; "
            "plan by a metric of sessions, orders or revenue"
        )
    amount = f"least(sum({column}), 1)" if is_share else f"sum({column})"
    mean, deviation = connection.execute(
        f"select avg(amount), stddev_samp(amount) from (select cast({amount} as double) as amount"
        " from marts.fct_user_days where day > ? group by user_key)",
        [now.as_of - timedelta(days=STRETCH_DAYS)],
    ).fetchone() or (None, None)
    if is_share and mean is not None:
        deviation = sqrt(mean * (1 - mean))
    return Baseline(mean or 0.0, deviation or 0.0, 0.0, is_share), f"the last {STRETCH_DAYS} days"


def plan(now: Night, metric: str, lift: float, share: float, alpha: float, power: float) -> str:
    """The plan of one experiment, in words.

    Raises
    ------
    Unusable
        Nothing is published, or the question has no answer.
    """
    with warehouse.open_file(served.found(now.data), read_only=True) as connection:
        found, seen = baseline(connection, now, metric)
        last = (connection.execute("select max(as_of) from marts.rpt_loads").fetchone() or (now.as_of,))[0]
        first = last - timedelta(days=STRETCH_DAYS - 1)
        newcomers = [int(n) for (n,) in connection.execute(NEWCOMERS, [first, last, first, last]).fetchall()]
    try:
        people = people_needed(found, lift, share=share, alpha=alpha, power=power)
    except ValueError as error:
        raise Unmeasured(f"{metric}: {error}") from error
    days = days_needed(people, newcomers)
    return "\n".join(
        (
            f"{metric}: {found.mean:.4g} per person, deviation {found.deviation:.4g}, as in {seen}",
            f"days before the exposure explain {found.reduction:.0%} of its variance",
            f"to find a lift of {lift:+.1%} with {power:.0%} chance at alpha {alpha:g}:",
            f"  {people:,} people, {share:.0%} of them in the new variant",
            f"  {days:,} days at the traffic of {first} to {last}"
            if days
            else f"  never at the traffic of {first} to {last}: nobody comes",
        )
    )


def main(argv: list[str] | None = None) -> int:
    parser = nightly.arguments("How large an experiment must be.")
    parser.add_argument("--metric", default="", help="a metric of experiments.yml")
    parser.add_argument("--lift", default="", help="smallest lift worth finding, such as 0.05")
    parser.add_argument("--share", default="0.5", help="share of people in the new variant")
    parser.add_argument("--alpha", default="0.05", help="two-sided error allowed")
    parser.add_argument("--power", default="0.8", help="chance to find such a lift")
    options = parser.parse_args(argv)

    def command() -> int:
        now = nightly.settle(options)
        numbers = {}
        for name in ("lift", "share", "alpha", "power"):
            try:
                numbers[name] = float(getattr(options, name))
            except ValueError as error:
                raise Unmeasured(
                    f"{name.upper()}={getattr(options, name)} is not a number such as 0.05"
                ) from error
        print(plan(now, options.metric, **numbers))
        return 0

    return nightly.explained(command)


if __name__ == "__main__":
    raise SystemExit(main())
