"""Nothing a file or a feed holds is run, and nothing outside the landing folder is read."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from orchestration.ingestion import engine
from orchestration.ingestion.errors import FeedError, LandingError
from tests.unit.ingestion.conftest import HEADER, ORDERS, World

GOOD = "o1,u1,2026-06-01 12:00:00,paid,2,1.50\n"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.csv",
        "${LANDING}/../secret.csv",
        "a/../../secret.csv",
        "$HOME/x.csv",
        "${LANDNG}/x.csv",
        "x/${LANDING}/y.csv",
        "/etc/passwd.csv",
        "${LANDING}",
    ],
)
def test_a_path_cannot_leave_the_landing_folder(world: World, path: str) -> None:
    (world.root / "secret.csv").write_text(HEADER + GOOD)
    world.write_feed(ORDERS.replace("${LANDING}/orders*", path))
    # Read, not pulled: a night with such a feed writes nothing at all.
    with pytest.raises(
        FeedError, match=r"feed\.yml, line \d+: source\.path .* must stay below \$\{LANDING\}"
    ):
        world.feeds()


@pytest.mark.parametrize("path", ["s3://bucket/x.csv", "https://x.test/x.csv"])
def test_an_address_is_not_fetched(world: World, path: str) -> None:
    world.write_feed(ORDERS.replace("${LANDING}/orders*", path))
    with pytest.raises(FeedError, match="object stores"):
        world.feeds()


def test_a_link_out_of_the_landing_folder_is_refused(world: World) -> None:
    outside = world.root / "secret.csv"
    outside.write_text(HEADER + GOOD)
    os.symlink(outside, world.landing / "orders.csv")
    world.write_feed(ORDERS)
    with pytest.raises(LandingError, match="links out of the landing folder"):
        world.pull()


@pytest.mark.parametrize(
    "name",
    [
        'x"; drop table source; --',
        "x' || (select 1) || '",
        "x`",
        "c0",
        "_line",
        "source",
        "select",
        "a.b",
        "é\u202e",
    ],
)
def test_a_column_name_is_only_a_name(world: World, name: str) -> None:
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [["id", "customer", "at", "state", "qty", "price", name],
         ["o1", "u1", "2026-06-01 12:00:00", "paid", "2", "1", "kept"]]
    )  # fmt: skip
    world.write_feed(ORDERS)
    world.land("orders.csv", text.getvalue())
    (load,) = world.pull()
    assert load.accepted == 1
    import json

    assert json.loads(world.query("orders", "attributes::varchar")[0][0]) == {name: "kept"}


@pytest.mark.parametrize("kind", ["csv", "parquet", "ndjson"])
def test_a_file_name_is_only_a_name(world: World, kind: str) -> None:
    names = ["orders'); drop table x; --", "orders_[1]", "orders_1", "orders_*", "orders_?{b}", "orders_x"]
    for name in names:
        path = world.landing / f"{name}.{kind}"
        columns = f"select {len(name)} || '{name[-2:]}' as id, '2026-06-01T00:00:00Z' as at, 1 as qty"
        options = {"csv": "header", "parquet": "format parquet", "ndjson": "format json"}[kind]
        duckdb.execute(f"copy ({columns}) to '{world.landing}/made' ({options})")
        (world.landing / "made").rename(path)
    world.write_feed(
        f"feed: shop\nsource: {{kind: files, path: 'orders*', format: {kind}}}\nentity: orders\n"
        "columns: {order_id: id, ordered_at: at, amount: qty, currency: \"'CNY'\"}\n"
    )
    assert [load.accepted for load in world.pull()] == [1] * len(names)
    found = {row[0]: row[1] for row in world.query("orders", "_file, order_id")}
    assert found == {f"{name}.{kind}": f"{len(name)}{name[-2:]}" for name in names}


def test_values_are_only_values(world: World) -> None:
    world.write_feed(ORDERS)
    world.land(
        "orders.csv",
        HEADER + "\"'; drop table source; --\",=cmd|' /C calc'!A0,2026-06-01 12:00:00,paid,1,1\n",
    )
    world.pull()
    assert world.query("orders", "order_id, user_id") == [("'; drop table source; --", "=cmd|' /C calc'!A0")]


def test_the_scratch_database_sees_two_folders_and_stays_so(world: World, tmp_path: Path) -> None:
    world.land("a.csv", "x\n1\n")
    secret = tmp_path / "elsewhere.csv"
    secret.write_text("x\n1\n")
    with engine.scratch(world.data, world.landing) as (connection, temporary):
        assert connection.execute(f"select count(*) from read_csv('{world.landing}/a.csv')").fetchone()
        assert temporary.is_dir()
        for query in (
            f"select * from read_csv('{secret}')",
            f"copy (select 1) to '{tmp_path}/out.csv'",
            f"attach '{tmp_path}/x.duckdb' as x",
            "install httpfs",
            "load httpfs",
            "set enable_external_access = true",
            "set allowed_directories = ['/']",
            "select * from read_text('/etc/passwd')",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(query)
    assert not temporary.exists()


def test_the_first_record_of_a_file_without_its_header_is_told_nowhere(world: World) -> None:
    world.write_feed(ORDERS)
    world.land("orders1.csv", HEADER + GOOD)  # columns are new beside those of an earlier file
    world.pull()
    world.land("orders2.csv", "o2,lin.secret@example.test,2026-06-01 12:00:00,paid,2,1.50\n" + GOOD)
    (load,) = world.pull()
    assert load.status == "refused"
    assert any("orders2.csv" in line and "refused whole" in line for line in world.said)
    assert "lin.secret" not in "\n".join(world.said)


@pytest.mark.parametrize("way", ["quick", "together", "careful"])
def test_a_file_still_being_written_is_not_half_loaded(
    world: World, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    from orchestration.ingestion import bundle, clean, in_memory
    from orchestration.ingestion import loader as loading
    from orchestration.ingestion.errors import ChangedFileError

    world.write_feed(ORDERS)
    path = world.land("orders.csv", HEADER + GOOD)
    steps = {"quick": (clean, "write"), "together": (bundle, "read_taken"), "careful": (loading, "read")}
    module, name = steps[way]
    read, found = getattr(module, name), []

    def slow(*args: object) -> object:
        found.append(read(*args))
        path.write_text(HEADER + GOOD + GOOD.replace("o1", "o2"))
        return found[-1]

    if way != "quick":
        monkeypatch.setattr(clean, "write", lambda *_: None)
    if way == "careful":
        monkeypatch.setattr(in_memory, "take", lambda *_: None)
    monkeypatch.setattr(module, name, slow)
    with pytest.raises(ChangedFileError):
        world.pull()
    monkeypatch.undo()
    (load,) = world.pull()
    assert load.accepted == 2
    assert [item is not None for item in found] == [True]
