"""The words that set one group of texts apart, none of them used by few people."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pandas as pd

_RUNS = re.compile(r"[\u3400-\u9fff]+|[^\W\d_\u3400-\u9fff]+(?:'[^\W\d_]+)?(?: [^\W\d_\u3400-\u9fff]+)*")
_SHOWN = 3
_LONGEST_HAN, _LONGEST_CLAUSE, _LONGEST_WORDS = 6, 15, 4


def key_points(rows: pd.DataFrame, least: int) -> dict[tuple[str, str], str]:
    """Up to three phrases of each topic and ask, those that tell it best from all the others.

    Parameters
    ----------
    rows
        Columns ``topic``, ``ask``, ``text``, ``user_key``, ``feedback_id``.
    least
        A phrase fewer people used is not shown: it may be a name or an address.
    """
    used: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    people: Counter[tuple[str, str]] = Counter()
    known = rows[rows["topic"].notna()]
    person = known["user_key"].fillna(known["feedback_id"])
    for (topic, ask, _), texts in known.groupby(["topic", "ask", person], sort=True)["text"]:
        group = (str(topic), str(ask))
        people[group] += 1
        used[group].update({phrase for text in set(texts) for phrase in _phrases(text.lower())})
    everywhere: Counter[str] = Counter()
    for counts in used.values():
        everywhere.update(counts)
    total = sum(people.values())
    return {
        group: "; ".join(_best(counts, people[group], everywhere, total, least))
        for group, counts in used.items()
        if any(number >= least for number in counts.values())
    }


def _best(counts: Counter[str], size: int, everywhere: Counter[str], total: int, least: int) -> list[str]:
    def weight(phrase: str) -> float:
        inside = counts[phrase] / size
        outside = (everywhere[phrase] - counts[phrase] + 0.5) / (total - size + 1)
        return counts[phrase] * math.log(inside / outside)

    candidates = [phrase for phrase, number in counts.items() if number >= least and weight(phrase) > 0]
    shown: list[str] = []
    # Of phrases with the same weight the longest says most.
    for phrase in sorted(candidates, key=lambda one: (-round(weight(one), 9), -len(one), one)):
        if not any(_parts(phrase) & _parts(other) for other in shown):
            shown.append(phrase)
        if len(shown) == _SHOWN:
            break
    return shown


def _parts(phrase: str) -> set[str]:
    """Pairs of Chinese characters, or words: what two phrases that say the same share."""
    if "\u3400" <= phrase[0] <= "\u9fff":
        return {phrase[i : i + 2] for i in range(len(phrase) - 1)}
    return set(phrase.split(" "))


def _phrases(text: str) -> Iterator[str]:
    """Chinese clauses and runs of two to six characters; runs of one to four words, no tiny one alone."""
    for run in _RUNS.findall(text):
        if "\u3400" <= run[0] <= "\u9fff":
            if _LONGEST_HAN < len(run) <= _LONGEST_CLAUSE:
                yield run
            for size in range(2, min(_LONGEST_HAN, len(run)) + 1):
                yield from (run[i : i + size] for i in range(len(run) - size + 1))
        else:
            words = run.split(" ")
            for size in range(1, min(_LONGEST_WORDS, len(words)) + 1):
                for i in range(len(words) - size + 1):
                    phrase = " ".join(words[i : i + size])
                    if len(phrase) > 3:
                        yield phrase
