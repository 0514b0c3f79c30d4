"""The shop's exports: orders in GBK with Chinese headers, their lines, the catalogue, memberships."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.catalogue import CATEGORIES
from demo.feeds_behaviour import CHANNELS
from demo.landing import Feed, arrival_days
from demo.orders import COUPON_NAMES, CURRENCIES, STATUSES, line_numbers
from demo.plan import DAY_MS, HOUR_MS, Ints
from demo.subscriptions import PLANS, REASONS
from demo.world import World

STATUS_ZH = {"paid": "已支付", "fulfilled": "已完成", "cancelled": "已取消", "refunded": "已退款"}
PAYMENTS = ("bank_card", "e_wallet", "e_wallet", "balance")
CITY_ZH = (
    "上海",
    "北京",
    "广州",
    "深圳",
    "杭州",
    "成都",
    "武汉",
    "南京",
    "西安",
    "长沙",
    "厦门",
    "香港",
    "旧金山",
    "新加坡",
)


def shop_feeds(world: World) -> list[Feed]:
    """Orders, their lines, products and subscriptions."""
    return [_orders(world), _items(world), _products(world), _subscriptions(world)]


def order_times(world: World) -> Ints:
    """Local milliseconds of every order: those of its purchase event."""
    events = world.events
    rows = np.flatnonzero(events.order >= 0)
    at = np.zeros(len(world.orders), dtype=np.int64)
    at[events.order[rows]] = events.at[rows]
    return at


def _orders(world: World) -> Feed:
    plan, orders, people = world.plan, world.orders, world.people
    at = order_times(world)
    session = world.first_session[orders.visit]
    device = world.sessions.device[session]
    signed_in = world.sessions.signed_in[session]
    nameless = ~signed_in & (np.arange(len(orders)) % 10 == 0)  # guests without any id
    # Two versions of an order, paid and settled, unless one file would hold them both.
    cuts = arrival_days(plan, "usual")
    settled = np.flatnonzero(orders.fate_day < plan.days)
    together = np.searchsorted(cuts, orders.day) == np.searchsorted(cuts, orders.fate_day)
    fresh = np.flatnonzero(~together | (orders.fate_day >= plan.days))
    row = np.concatenate([fresh, settled])
    final = np.concatenate([np.zeros(len(fresh), bool), np.ones(len(settled), bool)])
    when = np.where(final, orders.fate_day[row] * DAY_MS, at[row])

    def build(chosen: Ints) -> pa.Table:
        order, done = row[chosen], final[chosen]
        back = done & (orders.refunded[order] > 0)
        person = orders.person[order]
        words = [STATUS_ZH[name] for name in (*STATUSES, "paid")]
        return c.table_of(
            {
                "订单号": c.numbered("SO", order + 1, 7),
                "用户编号": c.coded(np.where(signed_in[order], person, -1), people.user_id),
                "设备号": c.coded(
                    np.where(signed_in[order] | nameless[order], -1, device[order]), people.device_id
                ),
                "下单时间": c.wall_times(plan, at[order]),
                "状态": c.coded(np.where(done, orders.fate[order], len(STATUSES)), words),
                "实付金额": c.money(orders.amount[order]),
                "币种": c.coded(orders.currency[order], CURRENCIES),
                "优惠金额": c.money(orders.discount[order]),
                "运费": c.money(orders.shipping[order]),
                "退款金额": c.money(np.where(back, orders.refunded[order], -1)),
                "退款时间": c.wall_times(
                    plan,
                    np.where(back, orders.fate_day[order] * DAY_MS + 15 * HOUR_MS + order % 3600 * 1000, -1),
                ),
                "渠道": c.coded(people.device_kind[device[order]], CHANNELS),
                "优惠券": c.coded(orders.coupon[order], COUPON_NAMES),
                "支付方式": c.coded(order % len(PAYMENTS), PAYMENTS),
                "收货城市": c.coded(people.place[person], CITY_ZH),
            }
        )

    return Feed(
        name="shop_orders",
        entity="orders",
        stem="shop/orders",
        suffix=".csv",
        cadence="usual",
        at=when,
        build=build,
        faults={"bad_type": "实付金额", "missing_required": "订单号", "bad_enum": "状态", "key": "订单号"},
        encoding="gbk",
        again=0.003,
        twice=0.001,
    )


def _items(world: World) -> Feed:
    orders, goods = world.orders, world.goods
    number = line_numbers(orders)

    def build(line: Ints) -> pa.Table:
        return c.table(
            order_id=c.numbered("SO", orders.line_order[line] + 1, 7),
            line_number=c.whole(number[line]),
            product_id=c.coded(orders.line_product[line], goods.product_id),
            quantity=c.whole(orders.line_quantity[line]),
            unit_price=c.money(orders.line_price[line]),
            discount_amount=c.money(orders.line_discount[line]),
            warehouse=c.coded(orders.line_product[line] % 2, ["east", "south"]),
        )

    return Feed(
        name="shop_order_items",
        entity="order_items",
        stem="shop/order_items",
        suffix=".csv.gz",
        cadence="usual",
        at=order_times(world)[orders.line_order],
        build=build,
        faults={"bad_type": "quantity", "missing_required": "product_id", "key": "order_id"},
        again=0.003,
        twice=0.001,
    )


def _products(world: World) -> Feed:
    """The whole catalogue as known on a day, in a workbook, a few times over the years."""
    plan, goods = world.plan, world.goods
    issued = [0, *range(120, plan.days - 30, 180), plan.days - 1]
    product = np.concatenate([np.flatnonzero(goods.listed <= day) for day in issued])
    day = np.concatenate([np.full(int((goods.listed <= d).sum()), d) for d in issued])

    def build(chosen: Ints) -> pa.Table:
        row, when = product[chosen], day[chosen]
        gone = (goods.delisted[row] >= 0) & (goods.delisted[row] <= when)
        listed = [plan.date_of(max(d, 0)).isoformat() for d in goods.listed[row].tolist()]
        return c.table(
            product_id=c.coded(row, goods.product_id),
            name=c.coded(row, goods.name),
            name_zh=c.coded(row, goods.name_zh),
            category=c.coded(goods.category[row], [entry[1] for entry in CATEGORIES]),
            category_zh=c.coded(goods.category[row], [entry[2] for entry in CATEGORIES]),
            subcategory=c.coded(row, goods.subcategory),
            subcategory_zh=c.coded(row, goods.subcategory_zh),
            brand=c.coded(row, goods.brand),
            list_price=c.money(np.round(goods.price[row] * 100).astype(np.int64)),
            currency=c.coded(np.zeros(len(row), dtype=np.int64), ["CNY"]),
            listed_on=pa.array(listed, pa.string()),
            delisted_on=pa.array(
                [
                    plan.date_of(d).isoformat() if g else None
                    for d, g in zip(goods.delisted[row].tolist(), gone.tolist(), strict=True)
                ],
                pa.string(),
            ),
        )

    return Feed(
        name="shop_products",
        entity="products",
        stem="shop/products",
        suffix=".xlsx",
        cadence="sparse",
        at=day * DAY_MS,
        build=build,
        faults={"bad_type": "list_price", "missing_required": "product_id"},
        fixed_days=tuple(issued),
        broken=0.004,
    )


def _subscriptions(world: World) -> Feed:
    plan, subs = world.plan, world.subscriptions
    over = np.flatnonzero(subs.ended >= 0)
    row = np.concatenate([np.arange(len(subs)), over])
    ended = np.concatenate([np.zeros(len(subs), bool), np.ones(len(over), bool)])
    at = np.where(ended, subs.ended[row], subs.started[row])
    cuts = arrival_days(plan, "sparse")
    # A subscription begun and ended between two files comes once, as it ended.
    same = np.searchsorted(cuts, subs.started // DAY_MS) == np.searchsorted(cuts, subs.ended // DAY_MS)
    keep = ended | ~(same & (subs.ended >= 0))[row]
    row, ended, at = row[keep], ended[keep], at[keep]

    def build(chosen: Ints) -> pa.Table:
        which, done = row[chosen], ended[chosen]
        return c.table(
            subscription=c.numbered("SUB", which + 1, 5),
            member=c.coded(subs.person[which], world.people.user_id),
            plan=c.coded(subs.plan[which], [name for name, _ in PLANS]),
            started=c.wall_times(plan, subs.started[which]),
            ended=c.wall_times(plan, np.where(done, subs.ended[which], -1)),
            monthly=c.money(np.array([cents for _, cents in PLANS])[subs.plan[which]]),
            currency=c.coded(np.zeros(len(which), dtype=np.int64), ["CNY"]),
            why=c.coded(np.where(done, subs.reason[which], -1), REASONS),
            follows=c.numbered("SUB", np.where(subs.previous[which] >= 0, subs.previous[which] + 1, -1), 5),
        )

    return Feed(
        name="shop_subscriptions",
        entity="subscriptions",
        stem="shop/subscriptions",
        suffix=".csv",
        cadence="sparse",
        at=at,
        build=build,
        faults={"bad_type": "started", "missing_required": "member", "key": "subscription"},
        twice=0.004,
    )
