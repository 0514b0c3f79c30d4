"""What is said of each topic and how it is meant, a bar per topic, as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from ml.picture import sheet

if TYPE_CHECKING:
    import pandas as pd

_NAMES, _BAR, _HIGH, _HEAD, _MOST = 150, 460, 24, 34, 20
_INK = {"negative": "#cf222e", "neutral": "#8c959f", "positive": "#1a7f37", "not told": "#d0d7de"}


def topics(counts: pd.DataFrame) -> str:
    """Texts by topic, the most spoken of first, by the class of their sentiment.

    Parameters
    ----------
    counts
        ``topic``, ``sentiment_class`` (null where no model tells it) and ``count``.
    """
    known = counts.assign(
        topic=counts["topic"].fillna("other").astype(str),
        sentiment_class=counts["sentiment_class"].fillna("not told").astype(str),
    )
    table = known.pivot_table(index="topic", columns="sentiment_class", values="count", aggfunc="sum")
    table = table.reindex(columns=list(_INK)).fillna(0.0)
    totals = table.sum(axis=1).sort_index().sort_values(ascending=False, kind="stable")[:_MOST]
    most = float(totals.max()) if len(totals) else 1.0
    body = "".join(_legend()) + "".join(
        part
        for place, topic in enumerate(totals.index)
        for part in _bar(place, str(topic), table.loc[topic].tolist(), most)
    )
    nothing = '<text x="10" y="20">nobody has said anything yet</text>'
    high = _HEAD + _HIGH * max(len(totals), 1)
    return sheet(_NAMES + _BAR + 70, high, body if len(totals) else nothing)


def _legend() -> Iterator[str]:
    for place, (name, ink) in enumerate(_INK.items()):
        x = _NAMES + place * 100
        yield f'<rect x="{x}" y="8" width="10" height="10" fill="{ink}"/>'
        yield f'<text x="{x + 14}" y="17">{name}</text>'


def _bar(place: int, topic: str, counts: list[float], most: float) -> Iterator[str]:
    y, x = _HEAD + place * _HIGH, float(_NAMES)
    yield f'<text x="4" y="{y + 15}">{escape(topic[:22])}</text>'
    for count, ink in zip(counts, _INK.values(), strict=True):
        wide = count / most * _BAR
        if count:
            yield f'<rect x="{x:.1f}" y="{y + 3}" width="{wide:.1f}" height="{_HIGH - 6}" fill="{ink}"/>'
        x += wide
    yield f'<text x="{x + 6:.1f}" y="{y + 15}">{sum(counts):,.0f}</text>'
