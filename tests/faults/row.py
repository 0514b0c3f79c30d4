"""One line of the table of faults: what came of so many tries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

Harm = Literal["lost", "duplicated", "torn", "stuck"]
NONE: frozenset[Harm] = frozenset()
# A try: what was done, and the harm it did, which a person would have to mend.
Try = tuple[str, frozenset[Harm]]


@dataclass
class Row:
    """The tries of one fault.

    Attributes
    ----------
    fault : str
        What was done.
    lost, duplicated, torn : int
        Tries after which something was missing, there twice, or neither as before nor as after.
    recovered : int
        Tries whose rerun, or whose rest of the night, ended well with nobody's help.
    wrong : list of str
        The tries that did harm, to be replayed by their name.
    """

    fault: str
    tries: int = 0
    lost: int = 0
    duplicated: int = 0
    torn: int = 0
    recovered: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Something was tried, and nothing did harm."""
        return self.tries > 0 and not self.wrong and self.recovered == self.tries

    def add(self, label: str, harm: frozenset[Harm]) -> None:
        """Count one try."""
        self.tries += 1
        self.lost += "lost" in harm
        self.duplicated += "duplicated" in harm
        self.torn += "torn" in harm
        self.recovered += "stuck" not in harm
        if harm:
            self.wrong.append(f"{label}: {', '.join(sorted(harm))}")


def row(fault: str, tries: Iterable[Try]) -> Row:
    """Make every try and count it."""
    found, started = Row(fault), time.monotonic()
    for label, harm in tries:
        found.add(label, harm)
    found.seconds = time.monotonic() - started
    return found


HEAD = ("fault", "tries", "lost", "duplicated", "torn", "unattended recovery", "seconds")


def show(rows: Iterable[Row], say: Callable[[str], object] = print) -> list[Row]:
    """Print the table as its rows come in; returns them."""
    say(f"{HEAD[0]:<44}{HEAD[1]:>7}{HEAD[2]:>6}{HEAD[3]:>12}{HEAD[4]:>6}{HEAD[5]:>21}{HEAD[6]:>9}")
    done = []
    for item in rows:
        done.append(item)
        again = f"{item.recovered} of {item.tries}"
        say(
            f"{item.fault:<44}{item.tries:>7,}{item.lost:>6}{item.duplicated:>12}{item.torn:>6}"
            f"{again:>21}{item.seconds:>9.1f}"
        )
        for line in item.wrong[:20]:
            say(f"    WRONG {line}")
    return done
