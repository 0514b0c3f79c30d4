"""Twenty years of commits to git, ansible and rails: the accounts add up, person by person."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tests.company import Company
from tests.peers.published import given

FEED = """
feed: commits
source: {kind: files, path: "${LANDING}/commits_*.parquet"}
entity: events
time_zone: UTC
columns:
  event_id: commit_sha
  event_name: "'commit'"
  occurred_at: commit_ts
  user_id: author_id
"""
PROJECTS = ("git", "ansible", "rails")
LAST = date(2026, 8, 31)
GROWTH = ["active", "new", "retained", "resurrected", "churned"]


@pytest.fixture(scope="module")
def commits() -> pd.DataFrame:
    """The person and the day of every commit, once."""
    files = [given("git_history_events", f"commits_{project}.parquet") for project in PROJECTS]
    found = pd.concat(pd.read_parquet(file, columns=["author_id", "commit_ts"]) for file in files)
    found["day"] = found["commit_ts"].dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()
    days = found[["author_id", "day"]].drop_duplicates()
    return days[days["day"] <= pd.Timestamp(LAST)].reset_index(drop=True)


@pytest.fixture(scope="module")
def history(company: Company, commits: pd.DataFrame) -> Company:
    for project in PROJECTS:
        company.take(given("git_history_events", f"commits_{project}.parquet"))
    company.settings(business_time_zone="Etc/UTC", base_currency="USD", first_day=date(2004, 1, 1))
    company.feed(FEED)
    company.night(LAST)
    return company


@pytest.fixture(scope="module")
def growth(history: Company) -> pd.DataFrame:
    return history.mart("rpt_growth_accounting").sort_values(["granularity", "period_start"])


def test_growth_accounts_carry_over_every_day_week_and_month(growth: pd.DataFrame) -> None:
    for granularity, account in growth.groupby("granularity"):
        arrived = account["new"] + account["resurrected"]
        assert (account["active"] == arrived + account["retained"]).all(), granularity
        opening = account["active"].shift(fill_value=0)
        assert (account["active"] == opening + arrived - account["churned"]).all(), granularity
        assert len(account) > 12 * 20, granularity


@pytest.mark.parametrize(("granularity", "frequency"), [("day", "D"), ("week", "W-SUN"), ("month", "M")])
def test_growth_equals_sets_of_people_counted_one_period_after_another(
    growth: pd.DataFrame, commits: pd.DataFrame, granularity: str, frequency: str
) -> None:
    periods = commits["day"].dt.to_period(frequency)
    people = {period: set(who) for period, who in commits["author_id"].groupby(periods)}
    expected, before, ever = [], set(), set()
    for period in pd.period_range(min(people), pd.Period(LAST, frequency), freq=frequency):
        now = people.get(period, set())
        counts = (len(now), len(now - ever), len(now & before), len((now & ever) - before), len(before - now))
        expected.append((period.start_time, *counts))
        before, ever = now, ever | now
    found = growth[growth["granularity"] == granularity]
    assert [tuple(row) for row in found[["period_start", *GROWTH]].to_numpy()] == expected


def test_spans_partition_every_persons_days(history: Company, commits: pd.DataFrame) -> None:
    spans = history.mart("fct_lifecycle_spans").sort_values(["user_key", "from_day"])
    assert (spans["from_day"] <= spans["to_day"]).all()
    first = spans.groupby("user_key")["from_day"].min()
    last = spans.groupby("user_key")["to_day"].max()
    assert (last == pd.Timestamp(LAST)).all()
    days = (spans["to_day"] - spans["from_day"]).dt.days + 1
    # As many days as from the first to the last, and no two spans overlap: no day is missed or held twice.
    assert (days.groupby(spans["user_key"]).sum() == (last - first).dt.days + 1).all()
    following = spans.groupby("user_key")["from_day"].shift(-1)
    assert (following.dropna() == spans.loc[following.notna(), "to_day"] + pd.Timedelta(days=1)).all()
    starts = commits.groupby("author_id")["day"].min()
    assert sorted(first) == sorted(starts)


@pytest.mark.parametrize("day", ["2009-03-31", "2016-12-31", "2026-08-31"])
def test_states_are_those_of_the_days_since_each_persons_last_commit(
    history: Company, commits: pd.DataFrame, day: str
) -> None:
    then = pd.Timestamp(day)
    silent = (then - commits[commits["day"] <= then].groupby("author_id")["day"].max()).dt.days
    expected = {
        "here": int((silent <= 14).sum()),
        "dormant": int(silent.between(15, 60).sum()),
        "churned": int((silent > 60).sum()),
    }
    spans = history.mart("fct_lifecycle_spans")
    states = spans.loc[(spans["from_day"] <= then) & (spans["to_day"] >= then), "state"]
    here = states.replace({"new": "here", "active": "here", "resurrected": "here"})
    assert here.value_counts().to_dict() == expected
