"""What is taken back: goods of refunded orders, and accounts that are no longer tied. Feeds of their own."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.feeds_members import wechat_members
from demo.landing import Feed
from demo.orders import FULFILLED, REFUNDED, line_numbers
from demo.plan import DAY_MS, Ints
from demo.world import World

FIRST_RETURN = 100  # line numbers of what comes back stand above those of what was sold
FEWEST, ONE_IN, UNTIED_DAYS = 3, 8, 120


def undone_feeds(world: World) -> list[Feed]:
    """Goods returned, and links withdrawn."""
    return [_returns(world), _unlinks(world)]


def returned_lines(world: World) -> tuple[Ints, Ints]:
    """Lines whose goods came back by the last day, and how many units of each.

    All of an order refunded whole, and one unit of the first line of one refunded in part.
    """
    orders = world.orders
    back = (orders.refunded > 0) & (orders.fate_day < world.plan.days)
    whole = back & (orders.fate == REFUNDED)
    part = back & (orders.fate == FULFILLED)
    of_whole = whole[orders.line_order]
    of_part = part[orders.line_order] & (line_numbers(orders) == 1)
    line = np.flatnonzero(of_whole | of_part)
    return line, np.where(of_whole[line], orders.line_quantity[line], 1)


def withdrawn_links(world: World) -> tuple[Ints, Ints]:
    """Members who untie their WeChat account again, and when in local milliseconds."""
    rng, registered = world.plan.rng("unlinks"), world.profiles.registered
    tied = rng.permutation(wechat_members(world))
    tied = tied[: max(FEWEST, len(tied) // ONE_IN)]
    at = registered[tied] + rng.integers(1, UNTIED_DAYS, len(tied)) * DAY_MS
    in_time = at < world.plan.days * DAY_MS
    return tied[in_time], at[in_time]


def _returns(world: World) -> Feed:
    orders, goods = world.orders, world.goods
    line, units = returned_lines(world)
    number = line_numbers(orders)

    def build(row: Ints) -> pa.Table:
        sold = line[row]
        # The money is told by the order's refund, so the goods come back at no price.
        return c.table(
            order_id=c.numbered("SO", orders.line_order[sold] + 1, 7),
            line_number=c.whole(FIRST_RETURN + number[sold]),
            product_id=c.coded(orders.line_product[sold], goods.product_id),
            units=c.whole(units[row]),
        )

    return Feed(
        name="shop_returns",
        entity="order_items",
        stem="shop/returns",
        suffix=".csv",
        cadence="sparse",
        at=orders.fate_day[orders.line_order[line]] * DAY_MS,
        build=build,
        faults={},
    )


def _unlinks(world: World) -> Feed:
    person, at = withdrawn_links(world)

    def build(row: Ints) -> pa.Table:
        return c.table(
            openid=pa.array([f"wx-{number:06d}" for number in person[row].tolist()], pa.string()),
            member=c.coded(person[row], world.people.user_id),
            untied_at=c.wall_times(world.plan, at[row]),
        )

    return Feed(
        name="crm_unlinks",
        entity="identities",
        stem="crm/unlinks",
        suffix=".csv",
        cadence="sparse",
        at=at,
        build=build,
        faults={},
    )
