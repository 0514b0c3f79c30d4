"""Lines of an invoice become one order, with an amount that is right or not there."""

from __future__ import annotations

from tests.unit.ingestion.conftest import World

FEED = """
feed: shop
source: {kind: files, path: "lines*.csv"}
time_zone: UTC
entities:
  order_items:
    columns: {order_id: no, product_id: sku, quantity: qty, unit_price: price}
  orders:
    one_row_per_key: true
    columns:
      order_id: no
      user_id: who
      ordered_at: at
      amount: qty * price
      currency: "'GBP'"
  users:
    one_row_per_key: true
    skip_when: who is null
    combine: {updated_at: max}
    columns: {user_id: who, country: land, updated_at: at}
"""
HEADER = "no,sku,qty,price,at,who,land,note\n"


def counts(world: World) -> dict[str, tuple[int, ...]]:
    return {
        load.entity: (load.physical, load.accepted, load.quarantined, load.duplicate, load.skipped, load.rows)
        for load in world.loads()
    }


def test_an_order_is_the_sum_of_its_lines(world: World) -> None:
    world.write_feed(FEED)
    world.land(
        "lines.csv",
        HEADER
        + "A,x,2,1.10,2026-06-01 10:00:00,u1,GB,first\n"
        + "A,y,1,0.01,2026-06-01 10:00:00,u1,GB,\n"
        + "A,x,2,1.10,2026-06-01 10:00:00,u1,GB,first\n"
        + "B,x,3,2.00,2026-06-02 10:00:00,,FR,\n"
        + "C,x,1,5.00,2026-06-03 10:00:00,u1,DE,\n",
    )
    world.pull()
    assert counts(world) == {
        "order_items": (5, 4, 0, 1, 0, 4),
        "orders": (5, 4, 0, 1, 0, 3),
        "users": (5, 4, 0, 1, 1, 1),
    }
    assert world.query("orders", "order_id, user_id, amount::varchar, attributes::varchar, _line") == [
        ("A", "u1", "2.2100", None, 2),
        ("B", None, "6.0000", None, 5),
        ("C", "u1", "5.0000", None, 6),
    ]
    assert world.query("users", "user_id, country, updated_at::varchar, _line") == [
        ("u1", "GB", "2026-06-03 10:00:00", 2)
    ]
    assert world.query("order_items", "order_id, line_number, quantity, extra::varchar") == [
        ("A", None, 2, '{"land":"GB","note":"first"}'),
        ("A", None, 1, '{"land":"GB"}'),
        ("B", None, 3, '{"land":"FR"}'),
        ("C", None, 1, '{"land":"DE"}'),
    ]


def test_an_order_with_a_bad_line_is_held_back_whole(world: World) -> None:
    world.write_feed(FEED)
    body = (
        HEADER
        + "A,x,2,1.10,2026-06-01 10:00:00,u1,GB,\n"
        + "A,y,one,3.00,2026-06-01 10:00:00,u1,GB,\n"
        + "B,x,3,2.00,2026-06-02 10:00:00,u1,GB,\n"
    )
    world.land("lines.csv", body)
    world.pull()
    loads = {load.entity: load for load in world.loads()}
    assert loads["orders"].reasons == {"bad_type": 1, "incomplete_key": 1}
    assert loads["order_items"].reasons == {"bad_type": 1}
    assert world.query("orders", "order_id") == [("B",)]
    world.write_feed(FEED.replace("amount: qty", "amount: replace(qty, 'one', '1')"))
    (load,) = world.replay()
    assert (load.entity, load.physical, load.accepted, load.rows) == ("orders", 3, 3, 2)
    assert world.query("orders", "order_id, amount::varchar") == [("A", "5.2000"), ("B", "6.0000")]
    assert world.replay() == []


def test_many_small_files_load_as_if_one_by_one(world: World) -> None:
    world.write_feed(FEED)
    for day in range(1, 10):
        world.land(
            f"lines_{day}.csv",
            HEADER
            + f"A,x,{day},1.10,2026-06-0{day} 10:00:00,u1,GB,\n" * 2
            + f"B{day},x,{'bad' if day == 4 else 3},2.00,2026-06-0{day} 10:00:00,u{day},GB,\n",
        )
    world.pull()
    alone = World(world.root / "alone")
    alone.root.mkdir()
    alone.landing.mkdir()
    alone.write_feed(FEED)
    for path in sorted(world.landing.iterdir()):
        alone.land(path.name, path.read_bytes())
        alone.pull()
    assert world.loads() == alone.loads()
    for entity in ("orders", "order_items", "users"):
        assert world.query(entity, "*") == alone.query(entity, "*")
    assert world.refused() == alone.refused()
    assert len(world.refused()) == 2
    assert {(item.line, item.offset) for item in world.refused()} == {
        (4, len(HEADER) + 2 * len("A,x,4,1.10,2026-06-04 10:00:00,u1,GB,\n"))
    }
