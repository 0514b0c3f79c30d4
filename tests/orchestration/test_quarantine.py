"""`make quarantine`: what was refused is counted and shown as it was written, and no name is guessed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from orchestration.ingestion import feed as feeds
from orchestration.ingestion.load import pull
from tests.orchestration.conftest import FEED, Command

DAY = date(2026, 3, 10)
GOOD = "o{},2026-03-01 12:00:00,5\n"
TEXT = "一单,昨天,五元"
Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ask(folder: Path, tmp_path: Path, command: Command) -> Ask:
    """Ask a folder into which two files of a GBK feed and one of a UTF-8 feed were loaded."""
    data, landing = tmp_path / "state", tmp_path / "landing"
    landing.mkdir()
    (folder / "feeds" / "shop_orders.yml").write_text(
        FEED.replace("orders_*.csv", "orders_*.csv, encoding: gbk") + "max_quarantine_share: 1\n"
    )
    (folder / "feeds" / "till.yml").write_text(
        FEED.replace("shop_orders", "till").replace("orders_*.csv", "till_*.csv")
    )
    head = "id,at,amount\n"
    files = {
        "orders_1.csv": (head + GOOD.format(1) + TEXT + "\n").encode("gbk"),
        "orders_2.csv": (head + "o2,2026-03-02 12:00:00,much\no3,never,6\n").encode() + b"\xff\x80,x,7\n",
        "till_1.csv": (head + GOOD.format(4) + "t1,2026-03-02 12:00:00,\x1b[2J\n").encode(),
    }
    for name, content in files.items():
        (landing / name).write_bytes(content)
    for feed in feeds.load_feeds(folder / "feeds"):
        pull(feed, landing=landing, data=data, as_of=DAY)
    return lambda *given: command(
        "orchestration.quarantine", "--tenant", folder, "--data", data, "--landing", landing, *given
    )


def test_records_are_counted_by_reason_and_by_file_when_asked(ask: Ask) -> None:
    assert ask("list").stdout.splitlines() == [
        "shop_orders  orders  bad_encoding  1 in 1 file",
        "shop_orders  orders  bad_type  3 in 2 files",
        "till  orders  bad_type  1 in 1 file",
        "5 refused records",
    ]
    assert ask("list", "--files", "--feed", "shop_orders").stdout.splitlines() == [
        "shop_orders  orders  orders_1.csv  bad_type  1",
        "shop_orders  orders  orders_2.csv  bad_encoding  1",
        "shop_orders  orders  orders_2.csv  bad_type  2",
        "4 refused records",
    ]
    assert ask("list", "--reason", "bad_encoding").stdout.splitlines()[-1] == "1 refused records"
    assert ask("list", "--file", "orders_2.csv").stdout.splitlines()[-1] == "3 refused records"


def test_refused_bytes_are_shown_in_the_encoding_of_their_feed(ask: Ask) -> None:
    head, text = ask("show", "--file", "orders_1.csv").stdout.splitlines()
    assert head.startswith("shop_orders  orders  orders_1.csv:3 (byte ")
    assert text == f"    {TEXT}"
    # What is no text of that encoding, and what a terminal would obey, is escaped.
    assert ask("show", "--reason", "bad_encoding").stdout.splitlines()[1] == "    \\xff\\x80,x,7"
    assert ask("show", "--feed", "till").stdout.splitlines()[1] == "    t1,2026-03-02 12:00:00,\\x1b[2J"


def test_no_more_are_shown_than_asked_for(ask: Ask) -> None:
    said = ask("show", "--limit", "2").stdout.splitlines()
    assert len(said) == 5
    assert said[-1] == "only the first 2 are shown: --limit shows more"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("show --feed shop", "no feed 'shop': this tenant has shop_orders, till"),
        ("list --feed shop", "no feed 'shop': this tenant has shop_orders, till"),
        (
            "show --reason bad_typ",
            "no record was refused as 'bad_typ'; the reasons found are bad_encoding, bad_type",
        ),
        (
            "list --feed till --reason bad_encoding",
            "no record of till was refused as 'bad_encoding'; the reasons found are bad_type",
        ),
        ("show --file orders.csv", "no record was refused in 'orders.csv': `list --files` names the files"),
        (
            "replay --reason bad_type",
            "replay takes all that a feed refused: --feed chooses, --reason and --file do not",
        ),
    ],
)
def test_a_name_that_is_not_there_is_refused(ask: Ask, given: str, said: str) -> None:
    told = ask(*given.split())
    assert (told.returncode, told.stdout, told.stderr) == (2, "", f"error: {said}\n")


@pytest.mark.parametrize("limit", ["-3", "0", "many"])
def test_a_limit_is_a_number_of_records(ask: Ask, limit: str) -> None:
    told = ask("show", "--limit", limit)
    assert told.returncode == 2
    assert told.stderr.splitlines()[-1].endswith(
        f"argument --limit: {limit} is not a number of records, from 1"
    )
