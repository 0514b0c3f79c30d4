"""A company that receives odd input of every kind in one night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tests.company import Company

FEEDS = {
    "clicks": """
feed: clicks
source: {kind: files, path: "${LANDING}/clicks*.csv"}
entity: events
time_zone: UTC
max_quarantine_share: 0.5
columns:
  event_id: id
  event_name: name
  occurred_at: at
  user_id: user
  anonymous_id: device
  page_url: page
  page_title: title
  item_category: category
  search_term: search
  utm_campaign: campaign
""",
    "plans": """
feed: plans
source: {kind: files, path: "${LANDING}/plans.csv"}
entity: subscriptions
time_zone: UTC
columns:
  subscription_id: id
  user_id: user
  started_at: begins
  ended_at: ends
  monthly_amount: "10"
  currency: "'USD'"
""",
    "people": """
feed: people
source: {kind: files, path: "${LANDING}/people.csv"}
entity: users
time_zone: UTC
columns: {user_id: id, registered_at: at, name: name, city: city, occupation: work, country: country}
""",
    "orders": """
feed: orders
source: {kind: files, path: "${LANDING}/orders.csv"}
entity: orders
time_zone: UTC
columns:
  order_id: id
  user_id: user
  ordered_at: at
  amount: amount
  currency: currency
  coupon_code: coupon
  refunded_amount: refund
  refunded_at: refunded
  status: "'paid'"
""",
}
LAST = date(2026, 3, 31)
START = datetime(2026, 3, 1)
# Emoji of several code points, right-to-left scripts with marks, and a text that only mixes them.
TEXTS = ("👩‍👩‍👧‍👦🏳️‍🌈 tea", "شاي بالنعناع ١٢٣", "תה נענע \u200f(חם)\u200f", "茶🍵 & שלום", "🇨🇳")
KIOSK_USERS = 3000


def clicks() -> Iterator[dict[str, object]]:
    """What people do, mostly on a page."""

    def click(who: str, at: datetime, number: int, **more: object) -> dict[str, object]:
        return {"id": f"{who}-{number}", "name": "page_view", "at": at.isoformat(" "), "user": who} | more

    for number in range(10_000):
        yield click("bot", START + timedelta(seconds=0.36 * number), number, page="/p")
    for number in range(100_000):
        day, minute = divmod(number, 5_000)
        yield click("reader", START + timedelta(days=day, seconds=10 * minute), number, page="/r")
    for number in range(3 * 72 + 1):
        yield click("wakeful", START + timedelta(minutes=20 * number), number, page="/w")
    # A clock that jumps: written in this order, said to be in another.
    for number, minute in enumerate((10, 0, 5, 4, 65)):
        yield click("skewed", START + timedelta(minutes=minute), number, page=f"/s{minute}")
    yield click("early", datetime(2026, 4, 1, 10), 0)
    yield click("prophet", datetime(2027, 1, 1), 0)
    yield click("oracle", datetime(2999, 12, 31), 0)
    yield click("ancient", datetime(1, 1, 1), 0)
    for number in range(KIOSK_USERS):
        yield click(f"visitor{number}", START + timedelta(hours=1, seconds=number), 0, device="kiosk")
    yield click("", START, 0, id="kiosk-alone", device="kiosk")
    for number, text in enumerate(TEXTS):
        yield click(
            "poet",
            START + timedelta(seconds=number),
            number,
            name=text,
            page=f"/{text}",
            title=text,
            category=text,
            search=text,
            campaign=text,
        )


def land(company: Company) -> None:
    """Write the feeds and settings, and let everything land."""
    for text in FEEDS.values():
        company.feed(text)
    company.settings(business_time_zone="Etc/UTC", base_currency="USD", core_actions=["page_view", *TEXTS])
    company.land("clicks.csv", list(clicks()))
    person = {"id": "poet", "at": START.isoformat(" ")}
    company.land(
        "people.csv",
        [person | {"name": TEXTS[0], "city": TEXTS[1], "work": TEXTS[2], "country": TEXTS[3]}],
    )
    order = {"at": START.isoformat(" "), "currency": "USD", "coupon": "", "refund": "", "refunded": ""}
    day_before = (START - timedelta(days=1)).isoformat(" ")
    company.land(
        "orders.csv",
        [
            order | {"id": "guest", "user": "", "amount": 30},
            order | {"id": "poem", "user": "poet", "amount": 12, "coupon": TEXTS[4]},
            order | {"id": "nothing", "user": "reader", "amount": 0},
            order | {"id": "taken", "user": "reader", "amount": -7},
            order | {"id": "undone", "user": "reader", "amount": 20, "refund": 20, "refunded": day_before},
            order | {"id": "never", "user": "poet", "amount": 0, "refunded": "0001-01-01"},
        ],
    )
    company.land(
        "plans.csv",
        [
            {"id": ends or "none", "user": "poet", "begins": "2026-03-01", "ends": ends}
            for ends in ("", "2999-12-31", "9999-12-31 23:59:59", "0001-01-01", "2026-03-15")
        ],
    )
