"""A replay lives through the landed days in order, each with only what had landed by then."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration import backfill, replay
from orchestration.night import Night
from orchestration.tenant import TenantError

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
WORDS = st.text("abcxyz_-. ", max_size=8)


@given(before=WORDS, day=DAYS, after=WORDS, separator=st.sampled_from(["", "-"]))
def test_a_date_in_a_name_is_found(before: str, day: date, after: str, separator: str) -> None:
    assert replay.day_of(before + day.strftime(f"%Y{separator}%m{separator}%d") + after) == day


@given(first=DAYS, second=DAYS)
def test_the_last_date_of_a_name_counts(first: date, second: date) -> None:
    assert replay.day_of(f"orders_{first}_to_{second}.csv") == second


@given(st.text(max_size=40))
def test_any_name_is_read_without_an_error(name: str) -> None:
    found = replay.day_of(name)
    assert found is None or 1900 <= found.year < 2100


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("orders_20111209101500.csv", date(2011, 12, 9)),
        ("orders_20111209T101500Z.csv", date(2011, 12, 9)),
        ("orders_2011-12-09T10-15.csv.gz", date(2011, 12, 9)),
        ("orders_201112091015.csv", date(2011, 12, 9)),
        ("2011-12-31_part-20111301.csv", date(2011, 12, 31)),
        ("orders_2011-1209.csv", None),
        ("orders_2011-02-30.csv", None),
        ("customer_120111209.csv", None),
        ("sku_00010203.csv", None),
        ("orders.csv", None),
    ],
)
def test_numbers_that_are_no_date_are_not_taken_for_one(name: str, day: date | None) -> None:
    assert replay.day_of(name) == day


@given(st.lists(st.tuples(DAYS, st.integers(0, 2)), min_size=1, unique=True), st.integers(0, 3))
def test_every_file_arrives_once_and_undated_ones_first(files: list[tuple[date, int]], undated: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        landing = Path(name)
        for day, number in files:
            (landing / f"folder_{number}").mkdir(exist_ok=True)
            (landing / f"folder_{number}" / f"orders_{day}.csv").touch()
        for number in range(undated):
            (landing / f"products_{number}.csv").touch()
        due = replay.arrivals(landing)
        arrived = [path for paths in due.values() for path in paths]
        assert sorted(arrived) == sorted(path for path in landing.rglob("*") if path.is_file())
        assert list(due) == sorted({day for day, _ in files})
        for day, paths in due.items():
            expected = {day, None} if day == min(due) else {day}
            assert {replay.day_of(path.name) for path in paths} <= expected


def test_a_folder_with_no_dated_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").touch()
    with pytest.raises(TenantError, match="carries a date such as 2011-12-09 in its name"):
        replay.arrivals(tmp_path)


def test_files_are_delivered_where_they_lay_and_once(tmp_path: Path) -> None:
    landing, target = tmp_path / "landing", tmp_path / "by_night"
    file = landing / "shop" / "orders_2026-03-01.csv"
    file.parent.mkdir(parents=True)
    file.write_text("first")
    replay.deliver([file], landing, target)
    replay.deliver([file], landing, target)
    assert (target / "shop" / file.name).read_text() == "first"


def test_the_nights_are_the_landed_days_between_the_bounds(tonight: Callable[[date], Night]) -> None:
    now = tonight(date(2026, 3, 10))
    days = [date(2026, 3, day) for day in (2, 3, 7, 9)]
    assert replay.chosen(now, days, "", "") == days
    assert replay.chosen(now, days, "2026-03-03", "2026-03-08") == days[1:3]
    for first, last, said in (
        ("soon", "", "FROM and TO are days"),
        ("2026-03-04", "2026-03-06", "no file landed between FROM=2026-03-04 and TO=2026-03-06"),
    ):
        with pytest.raises(TenantError, match=said):
            replay.chosen(now, days, first, last)
    with pytest.raises(TenantError, match="before first_day"):
        replay.chosen(now, [date(2026, 2, 1), *days], "", "")


@given(first=DAYS, length=st.integers(0, 400))
def test_a_backfill_is_every_day_from_first_to_last(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    days = backfill.span(argparse.Namespace(from_=str(first), to=str(last)))
    assert (days[0], days[-1], len(days)) == (first, last, length + 1)
    assert days == sorted(set(days))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "2026-03-01", "give FROM=YYYY-MM-DD and TO=YYYY-MM-DD"),
        ("2026-03-01", "", "give FROM"),
        ("2026-03-01", "2026-02-30", "give FROM"),
        ("2026-03-02", "2026-03-01", "FROM=2026-03-02 lies after TO=2026-03-01"),
    ],
)
def test_a_range_that_is_none_is_refused(first: str, last: str, said: str) -> None:
    with pytest.raises(TenantError, match=said):
        backfill.span(argparse.Namespace(from_=first, to=last))
