"""`make reload`: a feed's files again after a correction, and the night after it builds all anew."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestration.ingestion import feed as feeds
from orchestration.ingestion import ledger
from orchestration.ingestion.load import pull
from tests.orchestration import conftest
from tests.orchestration.conftest import Command

FEED = conftest.FEED.replace("csv}", "csv, columns: [id, at, amount, before]}")
DAY = date(2026, 3, 10)
HEADER = "id,at,amount,before\n"
PROVEN = json.dumps({"proven": {"as_of_end": "2026-03-10", "rules": "", "files": []}}, sort_keys=True) + "\n"
Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ask(folder: Path, tmp_path: Path, command: Command) -> Ask:
    """Ask a folder into which two files were loaded, amounts from the wrong column, and a night proven."""
    data, landing = tmp_path / "state", tmp_path / "landing"
    landing.mkdir()
    feed = folder / "feeds" / "shop_orders.yml"
    feed.write_text(FEED.replace("amount: amount", "amount: before"))
    (landing / "orders_1.csv").write_text(HEADER + "o1,2026-03-01 12:00:00,5,6\no2,2026-03-01 12:00:00,7,x\n")
    (landing / "orders_2.csv").write_text(HEADER + "o3,2026-03-01 12:00:00,8,9\n")
    (landing / "orders_3.csv").write_text(HEADER + "o4,2026-03-01 12:00:00,4,4\n")
    for found in feeds.load_feeds(folder / "feeds"):
        pull(found, landing=landing, data=data, as_of=DAY)
    feed.write_text(FEED)
    (data / "history.json").write_text(PROVEN)
    return lambda *given: command(
        "orchestration.reload", "--tenant", folder, "--data", data, "--landing", landing, *given
    )


def test_what_changed_is_said_file_by_file_and_only_once(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "landing" / "orders_3.csv").unlink()
    told = ask("--feed", "shop_orders")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "shop_orders  orders  orders_1.csv: accepted 1 before, 2 now; quarantined 1 before, 0 now",
        "shop_orders  orders  orders_2.csv: 1 accepted and 0 quarantined as before, with other values",
        "shop_orders  orders  orders_3.csv: no longer in landing, stays as it is",
        "2 of 3 files changed; the next night builds on them, all of history anew",
    ]
    assert not (tmp_path / "state" / "history.json").exists(), "what the tables hold is doubted"
    assert (
        ask("--feed", "shop_orders").stdout.splitlines()[-1] == "0 of 3 files changed; nothing is to be done"
    )


def test_where_nothing_changes_the_next_night_adds_as_it_would_have(
    ask: Ask, folder: Path, tmp_path: Path
) -> None:
    (folder / "feeds" / "shop_orders.yml").write_text(FEED.replace("amount: amount", "amount: before"))
    assert ask("--feed", "shop_orders").stdout == "0 of 3 files changed; nothing is to be done\n"
    assert (tmp_path / "state" / "history.json").read_text() == PROVEN


def test_an_earlier_day_takes_nothing_back(ask: Ask, tmp_path: Path) -> None:
    assert ask("--feed", "shop_orders", "--as-of", "2026-03-02").returncode == 0
    loads = ledger.loads(tmp_path / "state")
    assert [load.quarantined for load in loads] == [0, 0, 0]
    assert {load.loaded_on for load in loads} == {DAY}


def test_an_entity_that_the_feed_no_longer_fills_is_told(ask: Ask, folder: Path) -> None:
    (folder / "feeds" / "shop_orders.yml").write_text(
        'feed: shop_orders\nsource: {kind: files, path: "orders_*.csv"}\n'
        "entity: users\ncolumns: {user_id: id}\n"
    )
    assert ask("--feed", "shop_orders").stdout == (
        "shop_orders  orders: no longer filled by this feed, 3 rows stay; to take them away, "
        'map it with `skip_when: "true"` and reload\n'
        "0 of 3 files changed; nothing is to be done\n"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "which feed? name it by FEED=: this tenant has shop_orders"),
        (("--feed", "shop"), "no feed 'shop': this tenant has shop_orders"),
    ],
)
def test_a_feed_that_is_not_there_is_refused(ask: Ask, given: tuple[str, ...], said: str) -> None:
    told = ask(*given)
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"error: {said}\n")


def test_a_feed_that_loaded_nothing_has_nothing_to_reload(ask: Ask, folder: Path) -> None:
    (folder / "feeds" / "till.yml").write_text(FEED.replace("shop_orders", "till"))
    told = ask("--feed", "till")
    assert (told.returncode, told.stderr) == (
        2,
        "error: nothing of feed till is loaded yet: a night loads it\n",
    )


def test_while_a_night_runs_it_is_refused(ask: Ask, tmp_path: Path) -> None:
    before = ledger.loads(tmp_path / "state")
    with open(tmp_path / "state" / "night.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = ask("--feed", "shop_orders")
    assert told.returncode == 3
    assert "another night is writing" in told.stderr
    assert ledger.loads(tmp_path / "state") == before
    assert (tmp_path / "state" / "history.json").read_text() == PROVEN


def test_without_a_raw_file_that_is_gone_nothing_is_reloaded(ask: Ask, tmp_path: Path) -> None:
    next((tmp_path / "state").glob("raw/*/*/*/*.parquet")).unlink()
    told = ask("--feed", "shop_orders")
    assert told.returncode == 2
    assert "has lost 1 of its raw files" in told.stderr
    assert (tmp_path / "state" / "history.json").read_text() == PROVEN
