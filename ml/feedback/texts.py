"""Texts as the model reads them, what their ratings say, and the language they are in."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from ml.feedback.settings import FeedbackSettings
from ml.frames import FloatArray, days, floats

#: A Chinese character is a token, and so is a word of other scripts, a punctuation mark and an emoji:
#: runs of one and two of them are character n-grams of Chinese and word n-grams of the rest.
TOKEN = r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+(?:'[^\W\d_]+)?|[^\w\s]"
_HAN = re.compile(r"[\u3400-\u9fff]")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
)
_LATIN = re.compile(r"[A-Za-z']+")
_ENGLISH = frozenset(
    re.findall(
        r"\w+", "the and is are was were to of in it my i not for with this that you on so but have has"
    )
)


def clean(frame: pd.DataFrame, settings: FeedbackSettings) -> pd.DataFrame:
    """The rows that have words, in order of feedback_id, cut to what is read of them."""
    rows = pd.DataFrame(
        {
            "feedback_id": frame["feedback_id"].astype("object"),
            "user_key": frame["user_key"].astype("object"),
            "day": days(frame["feedback_day"]),
            "kind": frame["kind"].astype("object"),
            "score_100": floats(frame["score_100"]),
            "language": frame["language"].astype("object"),
            "text": frame["text"].astype("object"),
        }
    )
    rows = rows[rows["text"].notna() & rows["feedback_id"].notna()]
    rows["text"] = [str(text)[: settings.max_characters] for text in rows["text"]]
    rows = rows[rows["text"] != ""]
    return rows.sort_values("feedback_id", kind="stable").reset_index(drop=True)


def select(frame: pd.DataFrame, settings: FeedbackSettings) -> pd.DataFrame:
    """What was said up to the anchor, without whose it is."""
    rows = clean(frame, settings)
    if settings.anchor is not None:
        rows = rows[rows["day"] <= pd.Timestamp(settings.anchor)]
    rows = rows.sort_values(["day", "feedback_id"], kind="stable").tail(settings.max_rows)
    return rows[["feedback_id", "day", "kind", "score_100", "text"]].reset_index(drop=True)


def rated(kind: pd.Series, score_100: pd.Series) -> FloatArray:
    """What a rating says: 1 good, 0 bad, 0.5 neither, NaN without one; of NPS 9-10 is good, 0-6 bad."""
    score = score_100.to_numpy(dtype="float64")
    is_nps = (kind == "nps").to_numpy()
    good = np.where(is_nps, score >= 90, score >= 60)
    bad = np.where(is_nps, score < 70, score <= 40)
    return np.where(np.isnan(score), np.nan, np.where(good, 1.0, np.where(bad, 0.0, 0.5)))


def language(stated: object, text: str) -> str | None:
    """The language as stated, else by script and, of Latin letters, by common English words; None: not told.

    Of several the one most of the text is in, a Chinese character counting as much as a word.
    """
    if isinstance(stated, str) and stated:
        return stated
    words = _LATIN.findall(text.lower())
    counts = {"zh": len(_HAN.findall(text)), "": len(words)}
    counts |= {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS}
    if counts["ja"]:
        counts["ja"] += counts.pop("zh")
    name, most = max(counts.items(), key=lambda one: one[1])
    if not most:
        return None
    if name:
        return name
    return "en" if sum(word in _ENGLISH for word in words) * 8 >= len(words) else None


def by_words(texts: Iterable[str], topics: Iterable[dict[str, object]]) -> tuple[list[str | None], list[str]]:
    """The topic most of whose words are in each text (the first of several), and the text without any."""
    patterns = {str(one["topic"]): _any_of(one["words"]) for one in topics if one["words"]}
    every = re.compile("|".join(pattern.pattern for pattern in patterns.values()) or r"(?!)", re.IGNORECASE)
    told: list[str | None] = []
    rest = []
    for text in texts:
        hits = {name: len(pattern.findall(text)) for name, pattern in patterns.items()}
        best = max(hits, key=lambda name: hits[name], default=None)
        told.append(best if best is not None and hits[best] else None)
        rest.append(every.sub(" ", text))
    return told, rest


def _any_of(words: object) -> re.Pattern[str]:
    """Words of Latin letters stand alone, or with an ending; others are found anywhere."""
    assert isinstance(words, list | tuple)
    parts = []
    for word in sorted(map(str, words), key=len, reverse=True):
        escaped = re.escape(word)
        parts.append(rf"\b{escaped}(?:s|es|ed|ing)?\b" if _LATIN.match(word) else escaped)
    return re.compile("|".join(parts), re.IGNORECASE)
