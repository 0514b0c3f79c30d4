"""The one thing a command does with an error it can explain: say it and stop."""

from __future__ import annotations


class Unusable(Exception):
    """What was asked for cannot be done as given; the message names what and how to mend it."""

    exit_code = 2


class NotNow(Unusable):
    """Nothing is wrong with what was asked for: the machine cannot do it yet. Try again later."""

    exit_code = 3
