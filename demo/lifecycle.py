"""Life-cycle spans from planted activity, day by day in plain Python: slow, and plainly right.

Written against the dictionary alone, so that it can disagree with the warehouse.
"""

from __future__ import annotations

from collections.abc import Sequence

NEW_DAYS = 14
ACTIVE_DAYS = 14
DORMANT_DAYS = 60
SILENT_DAYS = 60
RESURRECTED_DAYS = 14


def spans(known: int, active: Sequence[int], last: int) -> list[tuple[str, int, int]]:
    """The states of one person from the day they are known to the last day.

    Parameters
    ----------
    known : int
        Day of registration or of the first activity, whichever is earlier.
    active : sequence of int
        Days with a core action, rising.
    last : int
        The last day described.

    Returns
    -------
    list of (state, first day, last day)
        Without gaps or overlaps, neighbours of different states.
    """
    out: list[tuple[str, int, int]] = []
    first = latest = back = -1  # first and latest active day, and the latest return after silence
    upcoming = 0
    state, since = "", known
    for day in range(known, last + 1):
        if upcoming < len(active) and active[upcoming] == day:
            if first < 0:
                first = day
            elif day - latest - 1 >= SILENT_DAYS:
                back = day
            latest = day
            upcoming += 1
        if first < 0:
            now = "registered"
        elif day - first <= NEW_DAYS:
            now = "new"
        elif back >= 0 and day - back <= RESURRECTED_DAYS:
            now = "resurrected"
        elif day - latest <= ACTIVE_DAYS:
            now = "active"
        elif day - latest <= DORMANT_DAYS:
            now = "dormant"
        else:
            now = "churned"
        if now != state:
            if state:
                out.append((state, since, day - 1))
            state, since = now, day
    if state:
        out.append((state, since, last))
    return out
