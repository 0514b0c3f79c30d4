"""Names in English and Chinese from where a segment's typical member stands among everybody."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from ml.frames import FloatArray
from ml.segments.clustering import Labels
from ml.segments.rows import COLUMNS

Name = tuple[str, str]

EVERYONE: Name = ("Everyone", "全部用户")
_ORDERS, _REVENUE = COLUMNS.index("orders_all"), COLUMNS.index("revenue_all")
_TENURE, _ACTIVITY = COLUMNS.index("tenure_days"), COLUMNS.index("active_days_90")

#: What the lower and the upper of two like-named segments are called, by the measure they part on.
_APART: dict[str, tuple[Name, Name]] = {
    "days_since_last_order": (("ordered recently", "近期下单"), ("ordered long ago", "久未下单")),
    "orders_all": (("fewer orders", "订单较少"), ("more orders", "订单较多")),
    "revenue_all": (("lower spend", "消费较低"), ("higher spend", "消费较高")),
    "tenure_days": (("shorter tenure", "加入较晚"), ("longer tenure", "加入较早")),
    "active_days_90": (("less active", "活跃较低"), ("more active", "活跃较高")),
}


def names(x: FloatArray, labels: Labels) -> list[Name]:
    """A unique (English, Chinese) name for each segment, in order of label."""
    typical = np.array([np.median(x[labels == one], axis=0) for one in range(int(labels.max()) + 1)])
    # Midway between the share below and the share at most: ties stand in their own middle.
    place = ((x[None] < typical[:, None]).mean(axis=1) + (x[None] <= typical[:, None]).mean(axis=1)) / 2
    anybody_buys = bool((x[:, _ORDERS] > 0).any())
    found = [_name(typical[one], place[one], anybody_buys) for one in range(len(typical))]
    return _unique(found, typical, place)


def _name(typical: FloatArray, place: FloatArray, anybody_buys: bool) -> Name:
    if typical[_ACTIVITY] < 1:
        state: Name = ("Silent", "沉默")
    elif place[_TENURE] <= 0.3:
        state = ("New", "新晋")
    elif place[_ACTIVITY] >= 0.6:
        state = ("Active", "活跃")
    else:
        state = ("Occasional", "低频")
    if not anybody_buys:
        return f"{state[0]} users", f"{state[1]}用户"
    if typical[_ORDERS] < 1:
        value: Name = ("non-buyers", "未购用户")
    elif place[_REVENUE] >= 0.75:
        value = ("high spenders", "高价值用户")
    elif place[_REVENUE] >= 0.5:
        value = ("regular spenders", "中价值用户")
    else:
        value = ("small spenders", "低价值用户")
    return f"{state[0]} {value[0]}", f"{state[1]}{value[1]}"


def _unique(found: list[Name], typical: FloatArray, place: FloatArray) -> list[Name]:
    """Like-named segments get what parts them: one of two words, or a rank among more."""
    alike: dict[Name, list[int]] = defaultdict(list)
    for number, name in enumerate(found):
        alike[name].append(number)
    result = list(found)
    for name, members in alike.items():
        if len(members) == 1:
            continue
        measure = int(np.argmax(np.ptp(place[members], axis=0)))
        ranked = sorted(members, key=lambda one: (typical[one, measure], one))
        for rank, number in enumerate(ranked):
            if len(ranked) == 2:
                english, chinese = _APART[COLUMNS[measure]][rank]
            else:
                upper = _APART[COLUMNS[measure]][1]
                position = len(ranked) - rank
                english, chinese = f"{upper[0]}, rank {position}", f"{upper[1]}，第{position}"
            result[number] = (f"{name[0]} ({english})", f"{name[1]}（{chinese}）")
    return result
