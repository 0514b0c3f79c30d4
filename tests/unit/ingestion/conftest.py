"""A small world per test: one feed, some landed files, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingestion import ledger, quarantine
from orchestration.ingestion.feed import Feed, load_feeds
from orchestration.ingestion.ledger import FileLoad
from orchestration.ingestion.load import pull
from orchestration.ingestion.reading import Refusal

AS_OF = date(2026, 6, 30)


@dataclass
class World:
    """A tenant's feeds, landing and data folders."""

    root: Path
    said: list[str] = field(default_factory=list)

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def data(self) -> Path:
        return self.root / "data"

    def land(self, name: str, content: bytes | str) -> Path:
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def write_feed(self, text: str, name: str = "feed.yml") -> None:
        folder = self.root / "feeds"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    def feeds(self) -> list[Feed]:
        return load_feeds(self.root / "feeds")

    def pull(self, as_of: date = AS_OF) -> list[FileLoad]:
        return [
            load
            for feed in self.feeds()
            for load in pull(
                feed, landing=self.landing, data=self.data, as_of=as_of, progress=self.said.append
            )
        ]

    def replay(self, as_of: date = AS_OF) -> list[FileLoad]:
        return quarantine.replay(
            self.feeds(), landing=self.landing, data=self.data, as_of=as_of, say=self.said.append
        )

    def loads(self) -> list[FileLoad]:
        return ledger.loads(self.data)

    def query(self, entity: str, columns: str, order: str = "_file, _line") -> list[tuple[Any, ...]]:
        pattern = f"{self.data}/raw/{entity}/*/*/*.parquet"
        return duckdb.execute(
            f"select {columns} from read_parquet('{pattern}', hive_partitioning = false) order by {order}"
        ).fetchall()

    def refused(self, feed: str = "shop") -> list[Refusal]:
        loads = quarantine.listing(self.data, feed)
        return [item for load in loads for item in quarantine.refused(self.data, load)]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.landing.mkdir()
    return made


ORDERS = """
feed: shop
source: {kind: files, path: "${LANDING}/orders*", format: csv}
entity: orders
time_zone: Asia/Shanghai
columns:
  order_id: id
  user_id: customer
  ordered_at: at
  status: state
  amount: qty * price
  currency: "'CNY'"
"""
HEADER = "id,customer,at,state,qty,price\n"


@pytest.fixture
def shop(world: World) -> Callable[[str], list[FileLoad]]:
    """Pull one CSV of orders given by its lines, at noon in Shanghai unless it says so."""

    def load(body: str) -> list[FileLoad]:
        world.write_feed(ORDERS)
        world.land("orders.csv", HEADER + body)
        return world.pull()

    return load
