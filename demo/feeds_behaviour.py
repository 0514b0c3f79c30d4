"""The two event logs: the app's NDJSON with its own ids, the web's with none."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.catalogue import CATEGORIES
from demo.events import (
    ADD,
    ARTICLE,
    CART,
    CATEGORY,
    CLICK,
    FAVOURITE,
    HOME,
    IMPRESSION,
    PRODUCT,
    PURCHASE,
    PUSH,
    REGISTER,
    SEARCH,
    SHARE,
    VIDEO,
)
from demo.landing import Feed
from demo.names import PLACES
from demo.orders import CURRENCIES
from demo.people import DEVICE_KINDS
from demo.plan import DAY_MS, Ints
from demo.world import World

WEB = DEVICE_KINDS.index("web")
VIEWS = (HOME, CATEGORY, PRODUCT, ARTICLE, CART)
NAMES = {
    SEARCH: "search", ADD: "add_to_cart", FAVOURITE: "favourite", SHARE: "share", VIDEO: "video_play",
    REGISTER: "register", PURCHASE: "purchase", IMPRESSION: "impression", PUSH: "delivered",
    CLICK: "click",
}  # fmt: skip
SCREENS = (
    "home", "category", "product", "article", "search", "cart", "product", "product", "product",
    "article", "register", "checkout", "home", None, "home",
)  # fmt: skip
MENU = ("menu", "menu", "search_box", "banner", "客服 help")
CHANNELS = ("app", "app", "mini_program", "web")
PLATFORMS = ("ios", "android", "wechat", "web")
SYSTEMS = ("iOS", "Android", "Android", "Windows")
VERSIONS = ("3.2.0", "3.4.1", "4.0.0", "4.1.2")
TOUCH_MEDIUM = {"email": "email", "sms": "sms", "push": "push", "social": "paid_social"}
ORGANIC = (None, None, None, "search", "feed")


def event_names(view: str) -> list[str]:
    """Name of every kind of event, views being called `view`."""
    return [view if kind in VIEWS else NAMES[kind] for kind in range(len(SCREENS))]


class Pages:
    """One code per page of the shop, with its path and title."""

    def __init__(self, world: World) -> None:
        goods = world.goods
        self.paths = ["/", "/search", "/cart", "/checkout", "/register"]
        self.titles = ["首页 Home", "搜索 Search", "购物车 Cart", "结算 Checkout", "注册 Register"]
        self.category_from = len(self.paths)
        self.paths += [f"/c/{key}" for key, *_ in CATEGORIES]
        self.titles += [f"{zh} {en}" for _, en, zh, *_ in CATEGORIES]
        self.product_from = len(self.paths)
        self.paths += [f"/p/{key}" for key in goods.product_id]
        self.titles += [f"{zh} {en}" for zh, en in zip(goods.name_zh, goods.name, strict=True)]
        self.article_from = len(self.paths)
        self.paths += [f"/read/{key}" for key in goods.article_id]
        self.titles += list(goods.article_title)

    def code(self, kind: Ints, category: Ints, item: Ints) -> Ints:
        """The page on which each event happens, -1 for pushes."""
        of_item = [PRODUCT, ADD, FAVOURITE, SHARE]
        return np.select(
            [kind == CATEGORY, np.isin(kind, of_item), np.isin(kind, (ARTICLE, VIDEO)), kind == SEARCH,
             kind == CART, kind == PURCHASE, kind == REGISTER, kind == PUSH],
            [self.category_from + category, self.product_from + item, self.article_from + item,
             1, 2, 3, 4, -1],
            0,
        )  # fmt: skip


def event_feeds(world: World) -> list[Feed]:
    """The app's and the web's logs."""
    device = world.people.device_kind[world.events.device]
    return [_app(world, np.flatnonzero(device != WEB)), _web(world, np.flatnonzero(device == WEB))]


def _app(world: World, rows: Ints) -> Feed:
    plan, events, people = world.plan, world.events, world.people
    pages = Pages(world)

    def build(chosen: Ints) -> pa.Table:
        at = rows[chosen]
        kind, device, person = events.kind[at], events.device[at], events.person[at]
        hardware = people.device_kind[device]
        page = pages.code(kind, events.category[at], events.item[at])
        return c.table(
            event_id=c.numbered("e", at, 8),
            event=c.coded(kind, event_names("screen_view")),
            ts=c.instants(plan, events.at[at]),
            uid=c.coded(np.where(events.identified[at], person, -1), people.user_id),
            did=c.coded(device, people.device_id),
            sid=c.numbered("s", events.session[at], 7),
            channel=c.coded(hardware, CHANNELS),
            platform=c.coded(hardware, PLATFORMS),
            os=c.coded(hardware, SYSTEMS),
            ver=c.coded(np.where(hardware < 2, events.at[at] // (DAY_MS * 200) % 4, -1), VERSIONS),
            screen=c.coded(kind, SCREENS),
            title=c.coded(page, pages.titles),
            **_subject(world, at),
            dur=c.whole(events.dwell[at]),
            props=c.nested(_properties(world, at)),
        )

    return Feed(
        name="app_events",
        entity="events",
        stem="app/events",
        suffix=".ndjson.zst",
        cadence="dense",
        at=events.at[rows],
        build=build,
        faults={"bad_type": "ts", "missing_required": "event", "bad_enum": "channel", "key": "event_id"},
        late=0.012,
        again=0.003,
        twice=0.001,
        broken=0.0008,
    )


def _web(world: World, rows: Ints) -> Feed:
    plan, events, people = world.plan, world.events, world.people
    pages = Pages(world)
    addresses = [f"https://shop.example.test{path}" for path in pages.paths]

    def build(chosen: Ints) -> pa.Table:
        at = rows[chosen]
        kind, device, person = events.kind[at], events.device[at], events.person[at]
        page = pages.code(kind, events.category[at], events.item[at])
        home = people.place[person]
        by_mail = events.campaign[at]
        organic = np.where(by_mail >= 0, 0, events.session[at] * 40503 % len(ORGANIC))
        campaigns = world.outreach.campaigns
        return c.table(
            type=c.coded(kind, event_names("page_view")),
            time=c.offset_instants(plan, events.at[at]),
            user=c.coded(np.where(events.identified[at], person, -1), people.user_id),
            visitor=c.coded(device, people.device_id),
            channel=c.coded(np.zeros(len(at), dtype=np.int64), ["web"]),
            url=c.coded(page, addresses),
            title=c.coded(page, pages.titles),
            referrer=c.coded(organic, [None if s is None else f"https://{s}.example.test/" for s in ORGANIC]),
            utm_source=c.coded(
                np.where(by_mail >= 0, by_mail, len(campaigns) + organic),
                [*(x.channel for x in campaigns), *ORGANIC],
            ),
            utm_medium=c.coded(
                np.where(by_mail >= 0, by_mail, len(campaigns) + organic),
                [*(TOUCH_MEDIUM[x.channel] for x in campaigns), None, None, None, "organic", "cpc"],
            ),
            utm_campaign=c.coded(by_mail, [x.campaign_id for x in campaigns]),
            country=c.coded(home, [place[0] for place in PLACES]),
            region=c.coded(home, [place[1] for place in PLACES]),
            **_subject(world, at),
            properties=c.nested(_properties(world, at)),
        )

    return Feed(
        name="web_events",
        entity="events",
        stem="web/pageviews",
        suffix=".ndjson.gz",
        cadence="usual",
        at=events.at[rows],
        build=build,
        faults={"bad_type": "time", "missing_required": "type", "bad_enum": "channel", "key": "visitor"},
        late=0.012,
        again=0.003,
        twice=0.001,
        broken=0.0008,
    )


def _subject(world: World, at: Ints) -> dict[str, pa.Array]:
    """What an event is about: item, category, search words, value."""
    events, goods = world.events, world.goods
    kind, category, order = events.kind[at], events.category[at], events.order[at]
    read = np.isin(kind, (ARTICLE, VIDEO))
    item = np.where(read, events.item[at] + len(goods.product_id), events.item[at])
    terms = [word for _, _, _, _, things in CATEGORIES for en, zh in things for word in (zh, en.lower())]
    wanted = category * 8 + events.at[at] // 1000 % 4 * 2 + ~world.people.chinese[events.person[at]]
    amount = np.where(order >= 0, world.orders.amount[order], -1)
    named = np.isin(kind, (HOME, SEARCH, CART, REGISTER, PUSH)) | ((kind == CLICK) & (item < 0))
    return {
        "item": c.coded(item, [*goods.product_id, *goods.article_id]),
        "category": c.coded(np.where(named, -1, category), [row[1] for row in CATEGORIES]),
        "q": c.coded(np.where(kind == SEARCH, wanted, -1), terms),
        "value": c.money(amount),
        "cur": c.coded(np.where(order >= 0, world.orders.currency[order], -1), CURRENCIES),
    }


def _properties(world: World, at: Ints) -> pa.Array:
    """The rest, as an object: the order, the slot, the campaign or the element clicked."""
    events = world.events
    kind, order = events.kind[at].tolist(), events.order[at].tolist()
    campaign, when = events.campaign[at].tolist(), events.at[at].tolist()
    shown = (events.item[at] >= 0).tolist()
    texts = [
        f'{{"order_id":"SO{order[i] + 1:07d}"}}' if kind[i] == PURCHASE
        else f'{{"slot":{when[i] % 6 + 1}}}' if kind[i] == IMPRESSION
        else f'{{"campaign":"{world.outreach.campaigns[campaign[i]].campaign_id}"}}' if kind[i] == PUSH
        else f'{{"element":"{"item_card" if shown[i] else MENU[when[i] % len(MENU)]}"}}' if kind[i] == CLICK
        else None
        for i in range(len(at))
    ]  # fmt: skip
    return pa.array(texts, pa.string())
