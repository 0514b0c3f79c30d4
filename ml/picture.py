"""The picture of a model's backtest, as SVG, from the panels on its card."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

_WIDE, _HIGH, _COLUMNS = 320, 250, 4
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 14, 54, 40
_INKS = ("#0969da", "#9a6700", "#1a7f37", "#8250df")
_GREY, _PALE = "#57606a", "#d0d7de"
_MOST_BARS = 12
_ROUND = (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10)


def drawn(panels: Sequence[Mapping[str, Any]]) -> str:
    """Panels from left to right, four in a row, a table twice as wide."""
    body, place = "", 0
    for panel in panels:
        taken = _TAKEN.get(panel["kind"], 1)
        if place % _COLUMNS + taken > _COLUMNS:
            place += _COLUMNS - place % _COLUMNS
        x, y = place % _COLUMNS * _WIDE, place // _COLUMNS * _HIGH
        title = f'<text x="12" y="18" font-size="13" font-weight="bold">{escape(str(panel["title"]))}</text>'
        body += f'<g transform="translate({x},{y})">{title}{"".join(_KINDS[panel["kind"]](panel))}</g>'
        place += taken
    wide, high = min(place, _COLUMNS) * _WIDE, -(-place // _COLUMNS) * _HIGH
    return sheet(wide, high, body, letters=10)


def sheet(wide: float, high: float, body: str, letters: int = 11) -> str:
    """A drawing of so many pixels on white: what shows it may be dark."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
        f' font-family="sans-serif" font-size="{letters}"><rect width="{wide}" height="{high}" fill="#fff"/>'
        f"{body}</svg>"
    )


def _lines(panel: Mapping[str, Any]) -> Iterator[str]:
    told = [point for one in (*panel["series"], {"points": panel["ideal"]}) for point in one["points"]]
    reach = [_rounded_up(max((point[axis] for point in told), default=1.0)) for axis in (0, 1)]

    def at(point: Sequence[float]) -> tuple[float, float]:
        x = _LEFT + point[0] / reach[0] * (_WIDE - _LEFT - _RIGHT)
        return x, _HIGH - _BOTTOM - point[1] / reach[1] * (_HIGH - _TOP - _BOTTOM)

    for step in range(5):
        x, y = at((reach[0] * step / 4, reach[1] * step / 4))
        yield f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_PALE}"/>'
        yield _text(_LEFT - 5, y + 3, f"{reach[1] * step / 4:.3g}", anchor="end")
        yield _text(x, _HIGH - _BOTTOM + 13, f"{reach[0] * step / 4:.3g}", anchor="middle")
    yield _text((_LEFT + _WIDE - _RIGHT) / 2, _HIGH - 12, panel["x"], anchor="middle")
    middle = (_TOP + _HIGH - _BOTTOM) / 2
    yield (
        f'<text transform="translate(11,{middle:.0f}) rotate(-90)" text-anchor="middle" fill="{_GREY}">'
        f"{escape(str(panel['y']))}</text>"
    )
    if panel["ideal"]:
        yield _path([at(point) for point in panel["ideal"]], _GREY, dashed=True)
    for number, one in enumerate(panel["series"]):
        ink, places = _INKS[number % len(_INKS)], [at(point) for point in one["points"]]
        yield _path(places, ink)
        if len(places) <= 12:
            yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{ink}"/>' for x, y in places)
    yield from _legend([one["name"] for one in panel["series"]])


def _bars(panel: Mapping[str, Any]) -> Iterator[str]:
    told = panel["bars"][:_MOST_BARS]
    most = max((abs(value or 0.0) for _, *pair in told for value in pair), default=0.0) or 1.0
    start, full = 130, _WIDE - 130 - 52
    each = min(30.0, (_HIGH - _TOP - 10) / max(1, len(told)))
    for number, (name, value, other) in enumerate(told):
        y = _TOP + number * each
        yield _text(start - 6, y + each / 2 + 1, name, anchor="end")
        yield _bar(start, y, abs(value) / most * full, each * (0.7 if other is None else 0.4), _INKS[0])
        if other is not None:
            yield _bar(start, y + each * 0.42, abs(other) / most * full, each * 0.3, _INKS[1])
        end = max(abs(value), abs(other or 0.0)) / most * full
        yield _text(start + end + 5, y + each / 2 + 1, f"{value:.3g}")
    if any(other is not None for _, _, other in told):
        yield from _legend(["model", "plain rule"])


def _profiles(panel: Mapping[str, Any]) -> Iterator[str]:
    """Blue is more than usual, ochre less; two deviations are as deep as it gets."""
    columns, rows, start = panel["columns"], panel["rows"], 250
    wide = (2 * _WIDE - start - 12) / max(1, len(columns))
    high = min(30.0, (_HIGH - _TOP - 8) / max(1, len(rows)))
    for place, name in enumerate(columns):
        yield _text(start + (place + 0.5) * wide, _TOP - 4, name, anchor="middle")
    for line, (name, cells) in enumerate(rows):
        y = _TOP + line * high
        yield _text(start - 6, y + high / 2 + 3, name, anchor="end")
        for place, (text, far) in enumerate(cells):
            ink, depth = _INKS[0] if far > 0 else _INKS[1], min(abs(far), 2.0) / 2.0 * 0.6
            box = f'x="{start + place * wide:.1f}" y="{y:.1f}" width="{wide - 1:.1f}" height="{high - 1:.1f}"'
            yield f'<rect {box} fill="{ink}" fill-opacity="{depth:.2f}"/>'
            yield _text(start + (place + 0.5) * wide, y + high / 2 + 3, text, anchor="middle", ink="#1f2328")


_KINDS = {"lines": _lines, "bars": _bars, "profiles": _profiles}
_TAKEN = {"profiles": 2}


def _rounded_up(value: float) -> float:
    """The next round number, in quarters still short; 1 where there is nothing."""
    if not value > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(step * power for step in _ROUND if step * power >= value * 0.999))


def _text(x: float, y: float, words: object, anchor: str = "start", ink: str = _GREY) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}">{escape(str(words))}</text>'


def _bar(x: float, y: float, wide: float, high: float, ink: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(wide, 0.5):.1f}" height="{high:.1f}" fill="{ink}"/>'


def _path(places: Sequence[tuple[float, float]], ink: str, *, dashed: bool = False) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    kind = ' stroke-dasharray="4"' if dashed else ' stroke-width="1.6"'
    return f'<polyline points="{points}" fill="none" stroke="{ink}"{kind}/>'


def _legend(names: Sequence[str]) -> Iterator[str]:
    """One beside the other, or one below the other where names are long."""
    is_long = sum(map(len, names)) > 40
    x, y = 12.0, 24.0
    for number, name in enumerate(names):
        yield _bar(x, y, 9, 9, _INKS[number % len(_INKS)])
        yield _text(x + 13, y + 8, name)
        x, y = (x, y + 12) if is_long else (x + 30 + 5.8 * len(str(name)), y)
