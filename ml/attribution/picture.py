"""Where people go from each channel: the most travelled ways to a purchase or away, as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from ml.attribution.markov import AWAY, CONVERSION, START, select
from ml.picture import sheet

if TYPE_CHECKING:
    import pandas as pd

_NAMES = 150
_CELL, _HIGH, _HEAD, _MOST = 78, 26, 40, 10


def paths(transitions: pd.DataFrame) -> str:
    """A row per channel, most arrivals first: of those at it, the share that goes on to each other.

    Parameters
    ----------
    transitions
        All rows of ``int_campaigns__transitions``.
    """
    known = select(transitions)
    counts = known.set_index(["from_state", "to_state"])["transitions"].astype("float64")
    leaving = counts.groupby(level=0).sum().sort_index().sort_values(ascending=False, kind="stable")
    channels = [str(name) for name in leaving.index if name != START][:_MOST]
    rows = [START, *channels] if channels else []
    columns = [*channels, CONVERSION, AWAY]
    wide, high = _NAMES + _CELL * len(columns), _HEAD + _HIGH * max(len(rows), 1)
    body = "".join(_head(columns)) + "".join(
        part for place, row in enumerate(rows) for part in _row(place, row, columns, counts, leaving)
    )
    nothing = f'<text x="10" y="{_HEAD - 8}">nobody has arrived yet</text>'
    return sheet(wide, high, body if rows else nothing)


def _head(columns: list[str]) -> Iterator[str]:
    for place, column in enumerate(columns):
        x = _NAMES + place * _CELL + _CELL / 2
        yield f'<text x="{x:.0f}" y="{_HEAD - 10}" text-anchor="middle">{escape(_short(column))}</text>'


def _row(
    place: int, row: str, columns: list[str], counts: pd.Series[float], leaving: pd.Series[float]
) -> Iterator[str]:
    y = _HEAD + place * _HIGH
    total = float(leaving.get(row, 0.0))
    yield f'<text x="4" y="{y + 17}">{escape(_short(row, 14))} · {total:,.0f}</text>'
    for at, column in enumerate(columns):
        share = float(counts.get((row, column), 0.0)) / total if total else 0.0
        ink = {CONVERSION: "#1a7f37", AWAY: "#57606a"}.get(column, "#0969da")
        x = _NAMES + at * _CELL
        yield (
            f'<rect x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" height="{_HIGH - 2}" fill="{ink}"'
            f' fill-opacity="{0.75 * share:.3f}"/>'
        )
        if share:
            yield f'<text x="{x + _CELL / 2:.0f}" y="{y + 17}" text-anchor="middle">{share:.1%}</text>'


def _short(name: str, most: int = 12) -> str:
    known = {START: "start", CONVERSION: "purchase", AWAY: "away"}.get(name, name)
    return known if len(known) <= most else known[: most - 1] + "…"
