"""Numbers as people read them: what is rounded to nothing has no sign, nothing is a dash."""

import pytest

from dashboards.format import change, counted_in, number, upright


@pytest.mark.parametrize("how", ["percent", "money", "seconds", "score", "decimal", "integer"])
def test_a_little_less_than_nothing_is_nothing(how: str) -> None:
    assert number(-0.00001, how, "en") == number(0, how, "en")
    assert number(-20_000, how, "en").startswith("-2"), "a real loss keeps its sign"


def test_a_change_too_small_to_show_is_no_fall() -> None:
    assert change(0.49999, 0.5, "percent") == "+0.0 pp"
    assert change(9_999_999, 10_000_000, "integer") == "+0.0%"
    assert change(49.99, 50, "score") == "+0.0"
    assert change(9, 10, "integer") == "-10.0%"
    assert change(1, 0, "integer") == ""


def test_nothing_is_a_dash_and_zero_is_zero() -> None:
    assert number(None, "money", "zh") == number(float("nan"), "money", "zh") == "–"
    assert number(0, "money", "zh") == "0.00"


def test_an_amount_of_whole_things_has_no_decimals() -> None:
    assert number(1548.81, "amount", "en") == "1,548.81"
    assert number(2.0, "amount", "en") == "2"
    assert number("gold", "amount", "en") == "gold"


def test_names_stand_upright_where_they_have_room() -> None:
    ages = ["18-24", "25-34", "35-44", "45-54", "55-64", "65 and over", "unknown"]
    assert upright(ages * 2) == {"tickangle": 0, "labelalias": {"65 and over": "65<br>and<br>over"}}
    assert upright(["Home & Linen", "Kitchen", "Stationery"] * 4) != {}
    assert upright([f"/c/stationery/{n}" for n in range(9)]) == {}, "left to the chart to slant"
    assert upright([]) == {"tickangle": 0, "labelalias": {}}


def test_a_probability_is_never_rounded_to_nothing() -> None:
    assert number(6.2e-23, "probability", "en") == number(0.00099, "probability", "zh") == "<0.001"
    assert number(0.001, "probability", "en") == "0.001"
    assert number(0.0486, "probability", "en") == "0.049"
    assert number(None, "probability", "en") == "–"


def test_what_is_counted_is_said_in_the_language() -> None:
    assert number(1111, "seconds", "en") == "1,111 s"
    assert number(1111, "seconds", "zh") == "1,111 秒"
    assert number(191.368, "percent", "en") == "19,136.8%"
    assert counted_in("Revenue", "CNY", "en") == "Revenue (CNY)"
    assert counted_in("收入", "CNY", "zh") == "收入（CNY）"
    assert counted_in("每用户收入（ARPU）", "CNY", "zh") == "每用户收入（ARPU）· CNY"
    assert counted_in("收入", "", "zh") == "收入"
