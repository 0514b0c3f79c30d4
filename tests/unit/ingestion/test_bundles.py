"""Files are read together as far as that saves planning, and each loader has a share of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.ingestion import bundle
from orchestration.ingestion.arrivals import Arrival
from orchestration.ingestion.feed import load_feeds
from orchestration.ingestion.landing import Landed

FEED = """
feed: shop
source: {kind: files, path: "*.csv"}
entity: orders
columns: {order_id: id, user_id: customer, ordered_at: at, status: state, amount: amount, currency: currency}
"""
KILOBYTE = 1 << 10


@pytest.mark.parametrize(
    ("kilobytes", "loaders", "expected"),
    [
        ([200] * 20, 1, [20]),
        ([200] * 20, 2, [10, 10]),
        ([200] * 4, 2, [4]),
        ([2000, 200, 200, 2000, 200], 2, [1, 2, 1, 1]),
        ([900] * 40, 2, [18, 18, 4]),
    ],
    ids=["one loader", "two loaders", "too little to share", "large ones alone", "no more than fits"],
)
def test_each_loader_has_a_share_and_no_file_is_left_or_moved(
    kilobytes: list[int], loaders: int, expected: list[int], tmp_path: Path
) -> None:
    (tmp_path / "shop.yml").write_text(FEED, encoding="utf-8")
    (feed,) = load_feeds(tmp_path)
    waiting = [
        Arrival(Landed(tmp_path / f"{n:02}.csv", f"{n:02}.csv"), f"{n:064}", [0, size * KILOBYTE], ["orders"])
        for n, size in enumerate(kilobytes)
    ]
    found = list(bundle.bundles(feed, waiting, loaders))
    assert [len(together) for together in found] == expected
    assert [arrival for together in found for arrival in together] == waiting
