"""CDNOW's sample of 2,357 customers, against the summary its authors' model is taught with.

The file is aligned with blanks, which no feed reads; it is rewritten as CSV, as one would before
landing it. A day on which somebody bought twice is one purchase day, and what was had for nothing counts.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.company import Company
from tests.peers.published import given, rows

FEED = """
feed: purchases
source: {kind: files, path: "${LANDING}/cdnow.csv"}
entity: orders
time_zone: America/New_York
columns:
  order_id: id
  user_id: customer
  ordered_at: day
  amount: amount
  status: "'paid'"
  currency: "'USD'"
"""
LAST = date(1997, 9, 30)


@pytest.fixture(scope="module")
def shop(company: Company) -> Company:
    text = given("cdnow", "CDNOW_sample.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if line.strip()]
    company.land(
        "cdnow.csv",
        [
            {
                "id": number,
                "customer": sample,
                "day": f"{day[:4]}-{day[4:6]}-{day[6:]} 12:00:00",
                "amount": amount,
            }
            for number, (_, sample, day, _, amount) in enumerate(lines)
        ],
    )
    company.settings(
        business_time_zone="America/New_York",
        base_currency="USD",
        first_day=date(1997, 1, 1),
        free_orders_are_purchases=True,
    )
    company.feed(FEED)
    company.night(LAST)
    return company


def test_every_customer_has_the_frequency_recency_and_age_of_the_summary(shop: Company) -> None:
    expected = {
        f"u:{int(row['ID']):04}": (float(row["frequency"]), float(row["recency"]), float(row["T"]))
        for row in rows(given("cdnow", "cdnow_customers_summary.csv"))
    }
    found = shop.query(
        """
        select
            identifiers.id,
            value.clv_frequency,
            value.clv_recency / 7.0 as recency,
            value.clv_age / 7.0 as age
        from public_db.marts.fct_user_value as value
        inner join intermediate.int_users__identifiers as identifiers
            on value.user_key = identifiers.user_key and identifiers.id_type = 'user_id'
        """
    )
    ours = {f"u:{row.id}": (row.clv_frequency, row.recency, row.age) for row in found.itertuples()}
    assert len(expected) == 2357
    assert ours.keys() == expected.keys()
    # The summary's weeks are rounded to the hundredth.
    off = {
        who
        for who, said in expected.items()
        if any(abs(a - b) > 0.0051 for a, b in zip(said, ours[who], strict=True))
    }
    assert not off
