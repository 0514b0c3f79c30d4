"""The room labels will want: told beforehand, rather too much than too little, and never by far."""

import pytest

from dashboards.margins import PLAIN, guessed, width

# Pixels that Chromium took for these labels, of letters of 13.
SET_BY_CHROMIUM = {
    "0.00": 30,
    "1,000": 38,
    "100": 26,
    "10%": 29,
    "2026-06-01": 80,
    "Ask what went wrong": 143,
    "Silent regular spenders": 153,
    "event.platform · android": 158,
    "popularity": 66,
    "referral": 49,
    "−40": 27,
    "已注册未活跃": 84,
    "2025-10 购物车召回 Still in your cart": 237,
}


@pytest.mark.parametrize(("label", "pixels"), SET_BY_CHROMIUM.items())
def test_a_label_is_about_as_wide_as_chromium_sets_it(label: str, pixels: int) -> None:
    assert pixels - 1 <= width(label) <= pixels * 1.12


def _bar(values: list[float], **more: object) -> dict[str, object]:
    return {"type": "bar", "x": ["a"] * len(values), "y": values, **more}


def _left(*traces: dict[str, object], **layout: object) -> float:
    axes = {"xaxis": {}, "yaxis": {"tickformat": ",d"}}
    return guessed(traces, axes | layout)["l"]


def test_numbers_want_the_room_of_the_longest_that_the_axis_can_have() -> None:
    assert _left(_bar([1.0, 1200.0])) > _left(_bar([1.0, 12.0]))
    assert _left(_bar([-40.0, 12.0])) > _left(_bar([40.0, 12.0])), "a minus takes room too"
    assert _left(_bar([float("nan")])) == _left(_bar([])) == _left(_bar([0.0]))
    nothing_known = {"type": "bar", "x": [1.0, 2.0], "y": [None, "a much longer name"]}
    assert _left(nothing_known) > _left(_bar([1.0]))


def test_what_is_stacked_reaches_higher_than_its_parts() -> None:
    parts = (_bar([60.0]), _bar([60.0]))
    assert _left(*parts, barmode="relative") > _left(*parts, barmode="group")


def test_a_legend_and_days_of_two_lines_want_room_above_and_below() -> None:
    plain = guessed([_bar([1.0])], {"xaxis": {}, "yaxis": {}})
    told = guessed([_bar([1.0])], {"xaxis": {"tickformat": "%m-%d\n%Y"}, "yaxis": {}, "showlegend": True})
    assert told["t"] > plain["t"]
    assert told["b"] > plain["b"]
    broken = {"xaxis": {"labelalias": {"65 and over": "65<br>and<br>over"}}, "yaxis": {}}
    assert guessed([_bar([1.0])], broken)["b"] > told["b"]


def test_what_has_no_axes_has_plain_margins() -> None:
    assert guessed([{"type": "sankey"}], {}) == guessed([], {"xaxis": {}, "yaxis": {}}) == PLAIN
