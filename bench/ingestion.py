"""What the conservation law costs: `python -m bench.ingestion`. Prints a table; asserts nothing.

One clean CSV of orders is loaded by the project (typed, checked, counted, with quarantine and ledger,
fsynced) and by bare DuckDB, which casts the same columns and writes the same Parquet with no check.
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from datetime import date
from pathlib import Path

from orchestration import warehouse
from orchestration.ingestion.feed import load_feeds
from orchestration.ingestion.load import pull

BUILD = Path(__file__).resolve().parent.parent / "build" / "bench-ingestion"
FEED = """
feed: shop
source: {kind: files, path: "orders.csv"}
entity: orders
columns: {order_id: id, user_id: customer, ordered_at: at, status: state, amount: amount,
  currency: currency, channel: channel}
"""
BARE = """
copy (
    select
        id as order_id, customer as user_id, cast("at" as timestamp) as ordered_at, "state" as status,
        cast(amount as decimal(18, 4)) as amount, currency, channel
    from read_csv('{file}', all_varchar = true, header = true)
) to '{to}' (format parquet, compression zstd)
"""


def write(path: Path, rows: int) -> None:
    """A clean file; the same rows, the same bytes."""
    dice = random.Random(7)
    states, channels = ("placed", "paid", "fulfilled"), ("web", "app", "offline")
    with path.open("w", encoding="utf-8") as out:
        out.write("id,customer,at,state,amount,currency,channel\n")
        for number in range(rows):
            day, second = dice.randrange(1, 29), dice.randrange(86_400)
            at = f"2026-05-{day:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
            out.write(
                f"o{number},u{dice.randrange(rows // 5 + 1)},{at},{states[number % 3]},"
                f"{dice.randrange(1, 50_000) / 100},EUR,{channels[number % 3]}\n"
            )


def ours(landing: Path, data: Path) -> tuple[float, float]:
    shutil.rmtree(data, ignore_errors=True)
    (feed,) = load_feeds(BUILD / "feeds")
    started, busy = time.monotonic(), time.process_time()
    (load,) = pull(feed, landing=landing, data=data, as_of=date(2026, 6, 30))
    assert load.accepted == load.physical
    return time.monotonic() - started, time.process_time() - busy


def bare(file: Path) -> tuple[float, float]:
    started, busy = time.monotonic(), time.process_time()
    with warehouse.scratch() as connection:
        connection.execute(BARE.format(file=file, to=BUILD / "bare.parquet"))
    return time.monotonic() - started, time.process_time() - busy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    shutil.rmtree(BUILD, ignore_errors=True)
    landing = BUILD / "landing"
    (BUILD / "feeds").mkdir(parents=True)
    landing.mkdir()
    (BUILD / "feeds" / "shop.yml").write_text(FEED)
    write(landing / "orders.csv", options.rows)
    # In turn, so that a machine that is busy is so for both; the best of each is shown.
    pairs = [(ours(landing, BUILD / "data"), bare(landing / "orders.csv")) for _ in range(options.times)]
    best = [min(times) for times in zip(*pairs, strict=True)]
    print(f"{'':32}{'seconds':>10}{'rows/s':>14}{'CPU seconds':>14}")
    for name, (wall, cpu) in zip(
        ("typed, checked and conserved", "bare DuckDB, same columns"), best, strict=True
    ):
        print(f"{name:32}{wall:10.2f}{options.rows / wall:14,.0f}{cpu:14.2f}")
    print(
        f"{'cost of the law':32}{best[0][0] / best[1][0] - 1:10.0%}{'':14}{best[0][1] / best[1][1] - 1:14.0%}"
    )
    shutil.rmtree(BUILD)


if __name__ == "__main__":
    main()
