"""Names in English and Chinese, and the number of each, from where a segment's typical member stands.

Spend is ranked among those who have spent and activity among those who are active, as people who do neither
would crowd everybody else to the top. A number always means the same spend and activity, whatever else a fit
finds: a refit calls people something else only where what they typically do has changed, or where a segment
alike to theirs is found beside it or no more.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from ml.frames import FloatArray
from ml.segments.clustering import Labels
from ml.segments.rows import COLUMNS

Name = tuple[str, str]

EVERYONE: Name = ("Everyone", "全部用户")
#: The number of everybody.
ALL = 1
_SPENDERS: list[Name] = [
    ("high spenders", "高价值用户"),
    ("regular spenders", "中价值用户"),
    ("small spenders", "低价值用户"),
    ("non-buyers", "未购用户"),
    ("users", "用户"),
]
_STATES: list[Name] = [("Active", "活跃"), ("Occasional", "低频"), ("New", "新晋"), ("Silent", "沉默")]
_ORDERS, _REVENUE = COLUMNS.index("orders_all"), COLUMNS.index("revenue_all")
_TENURE, _ACTIVITY = COLUMNS.index("tenure_days"), COLUMNS.index("active_days_90")

#: What the lower and the upper of two like-named segments are called, by the first measure they part on.
_APART: dict[str, tuple[Name, Name]] = {
    "tenure_days": (("shorter tenure", "加入较晚"), ("longer tenure", "加入较早")),
    "days_since_last_order": (("ordered recently", "近期下单"), ("ordered long ago", "久未下单")),
    "revenue_all": (("lower spend", "消费较低"), ("higher spend", "消费较高")),
    "orders_all": (("fewer orders", "订单较少"), ("more orders", "订单较多")),
    "active_days_90": (("less active", "活跃较低"), ("more active", "活跃较高")),
}


def names(x: FloatArray, labels: Labels) -> list[tuple[int, Name]]:
    """The number and the unique (English, Chinese) name of each segment, in order of label."""
    typical = np.array([np.median(x[labels == one], axis=0) for one in range(int(labels.max()) + 1)])
    place = _place(x, typical)
    anybody_buys = bool((x[:, _ORDERS] > 0).any())
    alike: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number in range(len(typical)):
        value = _value(typical[number], place[number]) if anybody_buys else len(_SPENDERS) - 1
        alike[value, _state(typical[number], place[number])].append(number)
    found: dict[int, tuple[int, Name]] = {}
    for (value, state), members in alike.items():
        of, who = _STATES[state], _SPENDERS[value]
        called = (f"{of[0]} {who[0]}", f"{of[1]}{who[1]}")
        for rank, (number, apart) in enumerate(_apart(members, typical, place)):
            told = (called[0] + f" ({apart[0]})", called[1] + f"（{apart[1]}）") if apart[0] else called
            found[number] = (100 * rank + 10 * (value + 1) + state + 1, told)
    return [found[number] for number in range(len(typical))]


def _place(x: FloatArray, typical: FloatArray) -> FloatArray:
    """The share of people below each typical measure, midway through its ties: segments by measures."""
    place = np.zeros(typical.shape)
    for measure in range(len(COLUMNS)):
        among = x[:, measure]
        if measure in (_ORDERS, _REVENUE, _ACTIVITY):
            among = among[among > 0]
        if len(among):
            below = among[None] < typical[:, [measure]]
            place[:, measure] = (below.mean(axis=1) + (among[None] <= typical[:, [measure]]).mean(axis=1)) / 2
    return place


def _state(typical: FloatArray, place: FloatArray) -> int:
    if typical[_ACTIVITY] < 1:
        return 3
    if place[_TENURE] <= 0.3:
        return 2
    return 0 if place[_ACTIVITY] >= 0.6 else 1


def _value(typical: FloatArray, place: FloatArray) -> int:
    if typical[_ORDERS] < 1:
        return 3
    return 0 if place[_REVENUE] >= 0.75 else 1 if place[_REVENUE] >= 0.5 else 2


def _apart(members: list[int], typical: FloatArray, place: FloatArray) -> list[tuple[int, Name]]:
    """Like-named segments by what parts them, one of two words or a rank among more; the upper first.

    Measures that go together part segments about as widely: the widest would change from fit to fit, so the
    first that parts them half as widely is taken.
    """
    if len(members) == 1:
        return [(members[0], ("", ""))]
    gaps = np.ptp(place[members], axis=0)
    word = next(one for one in _APART if gaps[COLUMNS.index(one)] >= gaps.max() / 2)
    lower, upper = _APART[word]
    measure = COLUMNS.index(word)
    ranked = sorted(members, key=lambda one: (-typical[one, measure], one))
    if len(ranked) == 2:
        return list(zip(ranked, (upper, lower), strict=True))
    return [
        (one, (f"{upper[0]}, rank {rank}", f"{upper[1]}，第{rank}"))
        for rank, one in enumerate(ranked, start=1)
    ]
