"""Numbers as people read them: what is rounded to nothing has no sign, nothing is a dash."""

import pytest

from dashboards.format import change, number, upright


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
