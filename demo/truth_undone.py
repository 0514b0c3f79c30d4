"""The truths about what is taken back, and about screens left on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.screens import left_on
from demo.undone import returned_lines, withdrawn_links
from demo.world import World


def undone_tables(world: World) -> dict[str, pa.Table]:
    """Units back per product, links no longer held, and members with a session over the cap."""
    line, units = returned_lines(world)
    back = np.bincount(world.orders.line_product[line], units, len(world.goods.product_id)).astype(np.int64)
    product = np.flatnonzero(back)
    member, at = withdrawn_links(world)
    watcher, since = left_on(world)
    return {
        "returns": pa.table({"product_id": c.coded(product, world.goods.product_id), "units": back[product]}),
        "withdrawn_links": pa.table(
            {
                "user_id": c.coded(member, world.people.user_id),
                "withdrawn_at": world.plan.utc(at).astype("datetime64[s]"),
            }
        ),
        "screens_left_on": pa.table(
            {"person_id": c.coded(watcher, world.people.person_id), "since": world.plan.utc(since)}
        ),
    }
