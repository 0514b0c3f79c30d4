"""Lift with its intervals over the nights, a small picture per experiment, as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from ml.picture import sheet

if TYPE_CHECKING:
    import pandas as pd

_WIDE, _HIGH, _EDGE, _HEAD, _COLUMNS, _MOST = 300, 170, 34, 34, 3, 12
_INK = {"ship": "#1a7f37", "stop": "#b35900", "wait": "#57606a", "invalid": "#cf222e"}


def lift_over_time(history: pd.DataFrame) -> str:
    """The primary metric of the newest experiments: lift and interval of every night.

    Parameters
    ----------
    history
        All rows of ``rpt_experiment_history``.
    """
    told = history[history["is_primary"] & ~history["is_control"] & history["lift"].notna()]
    newest = told.groupby(["experiment_id", "variant"])["started_at"].max().sort_values(ascending=False)
    shown = list(newest.index[:_MOST])
    rows = max(1, -(-len(shown) // _COLUMNS))
    body = "".join(
        f'<g transform="translate({place % _COLUMNS * _WIDE},{place // _COLUMNS * _HIGH})">'
        + "".join(_panel(told[(told["experiment_id"] == of) & (told["variant"] == variant)]))
        + "</g>"
        for place, (of, variant) in enumerate(shown)
    )
    nothing = '<text x="10" y="24">no experiment has a lift yet</text>' if not shown else ""
    return sheet(_WIDE * _COLUMNS, _HIGH * rows, body + nothing)


def _panel(told: pd.DataFrame) -> Iterator[str]:
    told = told.sort_values("as_of")
    days = told["as_of"].astype("datetime64[us]")
    last = told.iloc[-1]
    lifts = told["lift"].astype(float)
    lows, highs = (told[name].astype(float).fillna(lifts) for name in ("ci_low", "ci_high"))
    low, high = min(float(lows.min()), 0.0), max(float(highs.max()), 0.0)
    span = (high - low) or 1.0
    stretch = (days.max() - days.min()).total_seconds() or 1.0

    def across(day: pd.Timestamp) -> float:
        if len(told) == 1:
            return _WIDE / 2
        return _EDGE + (day - days.min()).total_seconds() / stretch * (_WIDE - 2 * _EDGE)

    def down(lift: float) -> float:
        return _HEAD + (high - lift) / span * (_HIGH - 2 * _HEAD)

    ink = _INK.get(str(last["verdict"]), "#57606a")
    title = f"{last['experiment_id']} · {last['variant']} · {last['verdict']}"
    yield f'<text x="{_EDGE}" y="16" font-weight="bold" fill="{ink}">{escape(title)}</text>'
    yield f'<text x="{_EDGE}" y="28">{escape(str(last["name_en"]))} {lifts.iloc[-1]:+.1%}</text>'
    yield (
        f'<line x1="{_EDGE}" x2="{_WIDE - _EDGE}" y1="{down(0):.1f}" y2="{down(0):.1f}" stroke="#aaa"'
        ' stroke-dasharray="3"/>'
    )
    for edge in (low, high):
        yield f'<text x="0" y="{down(edge) + 4:.1f}" fill="#57606a">{edge:+.0%}</text>'
    points = []
    for day, lift, bottom, top in zip(days, lifts, lows, highs, strict=True):
        x = across(day)
        points.append(f"{x:.1f},{down(lift):.1f}")
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{down(bottom):.1f}" y2="{down(top):.1f}" stroke="{ink}"/>'
        yield f'<circle cx="{x:.1f}" cy="{down(lift):.1f}" r="2.5" fill="{ink}"/>'
    yield f'<polyline points="{" ".join(points)}" fill="none" stroke="{ink}" opacity="0.6"/>'
    ends = f"{days.min():%Y-%m-%d}" + (f" to {days.max():%Y-%m-%d}" if len(told) > 1 else "")
    yield f'<text x="{_EDGE}" y="{_HIGH - 8}" fill="#57606a">{ends}</text>'
