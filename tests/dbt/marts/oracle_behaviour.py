"""Retention read literally: people's sets of active periods, cohort by cohort, no SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pandas as pd

from tests.dbt.marts.oracle import days_between, period_of
from tests.dbt.marts.world import World

KEPT = {"day": 30, "week": 12, "month": 12}
KINDS = ("on_n", "on_or_after_n", "every_period_through_n")


def first_days(world: World, as_of: date) -> dict[str, dict[str, date]]:
    """For each basis the day that puts a person into a cohort."""
    bought: dict[str, date] = {}
    for order in sorted(world.orders, key=lambda order: order.day):
        if order.person and order.is_purchase:
            bought.setdefault(order.person, order.day)
    return {
        "first_core_action": {p: days[0] for p, days in world.active_days().items() if days},
        "registration": {p: day for p, (day, _) in world.known.items() if day and day <= as_of},
        "first_order": bought,
    }


def retention(world: World, as_of: date) -> pd.DataFrame:
    """Every cohort's people, asked one by one in every period that has begun."""
    rows = []
    active_days = world.active_days()
    for basis, first in first_days(world, as_of).items():
        for granularity, kept in KEPT.items():
            cohorts: dict[date, list[set[date]]] = defaultdict(list)
            for person, day in first.items():
                periods = {period_of(active, granularity) for active in active_days[person]}
                cohorts[period_of(day, granularity)].append(periods)
            for start, people in cohorts.items():
                begun = sorted({period_of(day, granularity) for day in days_between(start, as_of)})
                for number, period in enumerate(begun[: kept + 1]):
                    is_complete = period_of(as_of + pd.Timedelta(days=1), granularity) > period
                    through = set(begun[: number + 1])
                    counts = (
                        sum(period in active for active in people),
                        sum(any(later >= period for later in active) for active in people),
                        sum(through <= active for active in people),
                    )
                    rows += [
                        (basis, granularity, start, number, kind, len(people), count, is_complete)
                        for kind, count in zip(KINDS, counts, strict=True)
                    ]
    names = ["cohort_basis", "granularity", "cohort_start", "period_number", "kind"]
    found = pd.DataFrame(rows, columns=[*names, "cohort_size", "retained", "is_complete"])
    return found.assign(retention_rate=found.retained / found.cohort_size)


def curves(cells: pd.DataFrame) -> pd.DataFrame:
    """The two means of complete cells."""
    groups = cells[cells.is_complete].groupby(["cohort_basis", "granularity", "kind", "period_number"])
    return groups.apply(
        lambda found: pd.Series(
            {
                "cohorts": len(found),
                "people": found.cohort_size.sum(),
                "weighted_rate": found.retained.sum() / found.cohort_size.sum(),
                "simple_rate": found.retention_rate.mean(),
            }
        ),
        include_groups=False,
    ).reset_index()


def active_days(world: World) -> Counter[tuple[str, int]]:
    """How many people were active on so many days of a month, by the month as text."""
    per_person = Counter(
        (person, day.isoformat()[:7]) for person, days in world.active_days().items() for day in days
    )
    return Counter((month, number) for (_, month), number in per_person.items())
