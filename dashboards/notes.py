"""What of a page's filters a panel does not follow, in words below it."""

from __future__ import annotations

import pandas as pd

from dashboards.specification import Panel
from dashboards.wording import say


def of(panel: Panel, found: pd.DataFrame, period: str | None, some: bool, language: str) -> list[str]:
    """The notes of a panel whose rows were asked.

    Parameters
    ----------
    panel : Panel
        What is shown. Numbers carry their notes themselves, each its own.
    found : pandas.DataFrame
        Its rows; `attrs['of_everyone']` tells of metrics that do not know the people chosen.
    period : str or None
        The period chosen, None on a page without that filter.
    some : bool
        Whether people were chosen.
    language : str
        Of the words.
    """
    told = []
    if some and (found.attrs.get("of_everyone") or not panel.follows_people):
        told.append(say("of_everyone", language))
    if some and panel.note_of_some:
        told.append(panel.note_of_some[language])  # type: ignore[index]
    if period and panel.span:
        told.append(say("whatever_period", language, span=panel.span[language]))  # type: ignore[index]
    if period not in (None, "all") and panel.is_of_whole_months:
        told.append(say("whole_months", language))
    return told
