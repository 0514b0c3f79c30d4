"""What the conservation law costs: `python -m bench.ingestion`. Prints a table; asserts nothing.

One clean CSV of orders is loaded by the project (typed, checked, counted, with quarantine and ledger,
fsynced) and by bare DuckDB, which casts the same columns and writes the same Parquet with no check.
Beside it the same file with a last record that is refused.
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


REFUSED = "x,u1,2026-05-01T00:00:00Z,placed,oops,EUR,web\n"


def write(path: Path, rows: int, last: str = "") -> None:
    """A clean file but for a last record; the same rows, the same bytes."""
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
        out.write(last)


def ours(landing: Path, data: Path, refused: int) -> tuple[float, float]:
    shutil.rmtree(data, ignore_errors=True)
    (feed,) = load_feeds(BUILD / "feeds")
    started, busy = time.monotonic(), time.process_time()
    (load,) = pull(feed, landing=landing, data=data, as_of=date(2026, 6, 30))
    assert (load.accepted, load.quarantined) == (load.physical - refused, refused)
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
    clean, dirty = BUILD / "clean", BUILD / "dirty"
    (BUILD / "feeds").mkdir(parents=True)
    clean.mkdir()
    dirty.mkdir()
    (BUILD / "feeds" / "shop.yml").write_text(FEED)
    write(clean / "orders.csv", options.rows)
    write(dirty / "orders.csv", options.rows, REFUSED)
    # In turn, so that a machine that is busy is so for all; the best of each is shown.
    turns = [
        (ours(clean, BUILD / "data", 0), ours(dirty, BUILD / "data", 1), bare(clean / "orders.csv"))
        for _ in range(options.times)
    ]
    best = [min(times) for times in zip(*turns, strict=True)]
    print(f"{'':32}{'seconds':>10}{'rows/s':>14}{'CPU seconds':>14}")
    names = ("typed, checked and conserved", "the same, one record refused", "bare DuckDB, same columns")
    for name, (wall, cpu) in zip(names, best, strict=True):
        print(f"{name:32}{wall:10.2f}{options.rows / wall:14,.0f}{cpu:14.2f}")
    print(
        f"{'cost of the law':32}{best[0][0] / best[2][0] - 1:10.0%}{'':14}{best[0][1] / best[2][1] - 1:14.0%}"
    )
    shutil.rmtree(BUILD)


if __name__ == "__main__":
    main()
