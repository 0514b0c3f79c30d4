"""The feedback of some weeks up to a day: among all that was ever said, no week would be seen to differ."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ml.frames import days

_DAYS = 28


def told(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows of the four weeks up to ``day``."""
    age = (pd.Timestamp(day) - days(frame["feedback_day"])).dt.days
    return frame[(age >= 0) & (age < _DAYS)]


def said(frame: pd.DataFrame, texts: pd.DataFrame) -> pd.DataFrame:
    """Of what was found in texts, those of the four weeks up to the day it was found on."""
    if texts.empty:
        return texts
    return texts[texts["feedback_id"].isin(told(frame, texts["as_of"].max())["feedback_id"])]
