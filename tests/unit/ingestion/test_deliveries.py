"""However a source delivers its records, raw holds the same ones, each once a file.

Staging takes each key once of all files: tests/e2e/test_increments.py.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.ingestion.conftest import HEADER, ORDERS, World

CLEAN = [f"o{n},u{n % 3},2026-06-{n + 1:02} 12:00:00,paid,{n + 1},1.50\n" for n in range(8)]
KEYS = "order_id, user_id, ordered_at::varchar, status, amount::varchar"

# A delivery: which records, in which order and perhaps twice, under one of few names, and whether it
# is pulled at once or together with the next.
DELIVERY = st.tuples(
    st.lists(st.integers(0, len(CLEAN) - 1), max_size=12),
    st.sampled_from(["orders_a.csv", "orders_b.csv", "orders_c.csv"]),
    st.booleans(),
)


def _accepted(root: Path, deliveries: list[tuple[list[int], str, bool]]) -> list[tuple[object, ...]]:
    """The accepted records after all deliveries; every physical one is accounted for on the way."""
    world = World(root)
    world.landing.mkdir()
    world.write_feed(ORDERS)
    for numbers, name, is_pulled in deliveries:
        world.land(name, HEADER + "".join(CLEAN[number] for number in numbers))
        if is_pulled:
            world.pull()
    world.pull()
    for load in world.loads():
        assert load.physical == load.accepted + load.quarantined + load.duplicate, load
    assert world.refused() == []
    every = world.query("orders", f"_file_sha256, {KEYS}")
    assert len(set(every)) == len(every), "a record twice in one file is a duplicate"
    return sorted({row[1:] for row in every})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deliveries=st.lists(DELIVERY, max_size=4), order=st.permutations(range(len(CLEAN))))
def test_repeated_late_split_shuffled_and_overlapping_deliveries_come_to_the_same_records(
    deliveries: list[tuple[list[int], str, bool]], order: list[int]
) -> None:
    # The last delivery has all of it, so that nothing is wanting; before it anything may have come.
    with tempfile.TemporaryDirectory() as root:
        found = _accepted(Path(root), [*deliveries, (order, "orders_last.csv", True)])
    # Noon in Shanghai is four in the morning UTC; 1.50 apiece.
    assert found == [
        (f"o{n}", f"u{n % 3}", f"2026-06-{n + 1:02} 04:00:00", "paid", f"{1.5 * (n + 1):.4f}")
        for n in range(len(CLEAN))
    ]
