"""Numbers as people read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from dashboards.wording import say

DASH = "–"
# Letters that stand side by side under the narrower panels.
LETTERS_ACROSS = 70
# A p value below is told as below it: none is 0.
LEAST_PROBABILITY = 0.001


def number(value: Any, how: str, language: str) -> str:
    """A value by its metric's or column's format; nothing is a dash and never a zero."""
    if value is None or (not isinstance(value, list | dict) and pd.isna(value)):
        return DASH
    if isinstance(value, bool | np.bool_):
        return say("yes" if value else "no", language)
    if isinstance(value, datetime | pd.Timestamp):
        stamp = pd.Timestamp(value)
        return f"{stamp:%Y-%m-%d}" if stamp == stamp.normalize() else f"{stamp:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) or how == "text":
        return str(value)
    return _quantity(float(str(value)), how, language)


def _quantity(quantity: float, how: str, language: str) -> str:
    # With z, what is rounded to nothing has no sign.
    if how == "percent":
        return f"{quantity:z,.1%}"
    if how == "probability":
        return f"{quantity:.3f}" if quantity >= LEAST_PROBABILITY else f"<{LEAST_PROBABILITY}"
    if how == "money":
        return f"{quantity:z,.2f}" if abs(quantity) < 10_000 else f"{quantity:z,.0f}"
    if how == "seconds":
        return f"{quantity:z,.0f} {say('seconds', language)}"
    if how == "score":
        return f"{quantity:z,.1f}"
    if how == "amount" and not quantity.is_integer():
        return f"{quantity:z,.2f}"
    if how == "decimal" or (how != "integer" and not quantity.is_integer()):
        return f"{quantity:z,.3f}"
    return f"{quantity:z,.0f}"


def counted_in(label: str, currency: str, language: str) -> str:
    """What is money with its currency, in the brackets of the language where it has none yet."""
    if not currency:
        return label
    if language == "zh":
        return f"{label}· {currency}" if label.endswith("）") else f"{label}（{currency}）"
    return f"{label} ({currency})"


def change(value: float | None, was: float | None, how: str) -> str:
    """How much a number moved: shares in percentage points, scores in points, the rest in per cent."""
    if value is None or was is None:
        return ""
    if how == "percent":
        return f"{(value - was) * 100:+z.1f} pp"
    if how == "score":
        return f"{value - was:+z.1f}"
    return f"{value / was - 1:+z.1%}" if was else ""


def upright(names: list[str]) -> dict[str, Any]:
    """An axis whose names are not slanted, where they have room with their words below each other."""
    lines = {name: name.replace(" ", "<br>") for name in dict.fromkeys(names)}
    widest = max((len(word) for name in lines for word in name.split(" ")), default=0)
    if widest * len(lines) > LETTERS_ACROSS:
        return {}
    return {"tickangle": 0, "labelalias": {name: broken for name, broken in lines.items() if name != broken}}
