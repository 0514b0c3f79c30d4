"""What a comparison lands: what is new, and what is taken back; without Splink."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import matching.__main__ as match
from orchestration import night
from orchestration.night import Night
from tests.company import Company

FEED = """
feed: members
source: {kind: files, path: "${LANDING}/members/*.csv", format: csv}
entity: users
time_zone: UTC
columns: {user_id: id, registered_at: at}
"""


def _night(company: Company, landing: Path) -> Night:
    company.feed(FEED)
    company.settings(name="club", business_time_zone="Asia/Shanghai", base_currency="CNY")
    (landing / "matching").mkdir(parents=True)
    return replace(night.of(date(2026, 6, 1)), landing=landing)


def test_only_what_changed_is_landed_and_the_newest_word_counts(company: Company, tmp_path: Path) -> None:
    now, folder = _night(company, tmp_path), tmp_path / "matching"
    told = []
    for found in (
        {("a", "b"): 0.995, ("c", "d"): 1.0},
        {("c", "d"): 1.0},
        {("c", "d"): 1.0},
        {("a", "b"): 0.99},
    ):
        rows = match.delivery(now, found, match.held(folder))
        told.append([(row["user_id"], row["evidence"], row["probability"]) for row in rows])
        if rows:
            match.land(now, rows)
        assert match.held(folder) == set(found)
    assert told == [
        [("a", "probabilistic", "0.995000"), ("c", "probabilistic", "1.000000")],
        [("a", "probabilistic_withdrawn", "")],
        [],
        [("a", "probabilistic", "0.990000"), ("c", "probabilistic_withdrawn", "")],
    ]


def test_a_link_is_dated_in_the_last_second_of_the_business_day(company: Company, tmp_path: Path) -> None:
    """A day of Shanghai ends at 16:00 UTC."""
    now = _night(company, tmp_path)
    (row,) = match.delivery(now, {("a", "b"): 1.0}, set())
    assert row["linked_at"] == "2026-06-01T15:59:59+00:00"


def test_a_file_is_never_written_over(company: Company, tmp_path: Path) -> None:
    now, folder = _night(company, tmp_path), tmp_path / "matching"
    rows = match.delivery(now, {("a", "b"): 1.0}, set())
    first, second = match.land(now, rows), match.land(now, rows)
    first.unlink()
    third = match.land(now, rows)
    assert [path.name[:12] for path in (second, third)] == ["links_000002", "links_000003"]
    assert sorted(folder.iterdir()) == [second, third]
    with third.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == rows
