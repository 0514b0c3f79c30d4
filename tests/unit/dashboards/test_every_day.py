"""A line by day has a point for each day: nothing ordered is no revenue, and no rate of anything."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashboards.answers import every_day


def test_a_day_without_orders_has_no_revenue_and_no_rate() -> None:
    found = pd.DataFrame(
        {
            "day": pd.to_datetime(["2026-02-27", "2026-03-01", "2026-03-04"]),
            "revenue": [10.5, 7.0, 3.25],
            "registrations": [2, 1, 4],
            "conversion_rate": [0.5, 0.25, 1.0],
        }
    )
    found.attrs["of_everyone"] = True
    filled = every_day(found, ["revenue", "registrations", "conversion_rate"], date(2026, 3, 5))
    assert [str(day.date()) for day in filled["day"]] == [
        "2026-02-27",
        "2026-02-28",
        "2026-03-01",
        "2026-03-02",
        "2026-03-03",
        "2026-03-04",
        "2026-03-05",
    ]
    assert filled["revenue"].tolist() == [10.5, 0, 7.0, 0, 0, 3.25, 0]
    assert filled["registrations"].tolist() == [2, 0, 1, 0, 0, 4, 0]
    assert filled["registrations"].dtype == found["registrations"].dtype
    assert filled["conversion_rate"].isna().tolist() == [False, True, False, True, True, False, True]
    assert filled.attrs == {"of_everyone": True}


def test_days_that_are_all_there_stay_as_they_are() -> None:
    found = pd.DataFrame({"day": pd.to_datetime(["2026-06-29", "2026-06-30"]), "sessions": [3, 5]})
    filled = every_day(found, ["sessions"], date(2026, 6, 30))
    pd.testing.assert_frame_equal(filled, found, check_index_type=False, check_freq=False)
