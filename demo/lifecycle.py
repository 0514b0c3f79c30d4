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
NONE = -1


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
    first = latest = back = NONE  # first and latest active day, the latest return after silence
    upcoming = 0
    state, since = "", known
    for day in range(known, last + 1):
        if upcoming < len(active) and active[upcoming] == day:
            if first == NONE:
                first = day
            elif day - latest - 1 >= SILENT_DAYS:
                back = day
            latest = day
            upcoming += 1
        now = _state(day, first, latest, back)
        if now != state:
            if state:
                out.append((state, since, day - 1))
            state, since = now, day
    if state:
        out.append((state, since, last))
    return out


def _state(day: int, first: int, latest: int, back: int) -> str:
    """The first of the dictionary's states that holds; a return is told before plain activity."""
    if first == NONE:
        return "registered"
    if day - first <= NEW_DAYS:
        return "new"
    if back != NONE and day - back <= RESURRECTED_DAYS:
        return "resurrected"
    if day - latest <= ACTIVE_DAYS:
        return "active"
    return "dormant" if day - latest <= DORMANT_DAYS else "churned"
