"""What each text says, and the words that stand for a topic's complaints and requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ml.feedback import lexicon
from ml.feedback.key_points import key_points
from ml.feedback.settings import FeedbackSettings
from ml.feedback.texts import by_words, clean, language, rated
from ml.frames import FloatArray, typed
from ml.spec import Trained
from ml.threads import one_thread

OTHER = ("other", "Other", "其他")
_SURE = 0.6
_RECENT_DAYS = 90


def score(
    trained: Trained, frame: pd.DataFrame, as_of: date, tables: Mapping[str, Mapping[str, str]]
) -> dict[str, pd.DataFrame]:
    """One row per feedback with words; empty frames of the right types when there is no model."""
    model = trained.model
    if not model:
        return {name: typed(columns) for name, columns in tables.items()}
    settings = FeedbackSettings(max_characters=model["max_characters"])
    rows = clean(frame, settings)
    rows = rows[rows["day"] <= pd.Timestamp(as_of)].reset_index(drop=True)
    # People say the same words often: each text is read once.
    place, texts = pd.factorize(rows["text"].astype("object"), sort=True)
    with one_thread():
        p = _good(model, list(texts))[place]
        topic = _topics(model, list(texts))[place]
        kind = _sure(model["kind"], list(texts))[place]
    rows["topic"] = topic
    classes = np.where(p >= _SURE, "positive", np.where(p <= 1 - _SURE, "negative", "neutral"))
    day = pd.Timestamp(as_of).to_datetime64()
    is_told = ~np.isnan(p)
    produced = typed(
        tables["fct_feedback_texts"],
        {
            "feedback_id": rows["feedback_id"].to_numpy(),
            "user_key": rows["user_key"].to_numpy(),
            "language": [
                language(one, text) for one, text in zip(rows["language"], rows["text"], strict=True)
            ],
            "sentiment": np.round(2 * p - 1, 4),
            "sentiment_class": _where(is_told, classes),
            "topic": topic,
            "kind": kind,
            "method": np.full(len(rows), trained.method, dtype=object),
            "model_version": np.full(len(rows), trained.version, dtype=object),
            "as_of": np.full(len(rows), day),
        },
    )
    felt = rated(rows["kind"], rows["score_100"])
    felt = np.where(np.isnan(felt), p, felt)
    asks = rows["kind"].isin(["suggestion", "question"]).to_numpy()
    minds = (rows["kind"] == "complaint").to_numpy() | (felt <= 1 - _SURE)
    rows["ask"] = np.select([asks, minds], ["request", "complaint"], "").astype(object)
    recent = rows[rows["day"] > pd.Timestamp(as_of) - pd.Timedelta(days=_RECENT_DAYS)]
    named = key_points(recent[recent["ask"] != ""], model["key_people"])
    return {
        "fct_feedback_texts": produced,
        "dim_feedback_topics": _described(model, named, day, tables["dim_feedback_topics"]),
    }


def _good(model: Mapping[str, Any], texts: list[str]) -> FloatArray:
    """Probability that the words are those of a good rating; NaN where nothing was learnt."""
    if model["is_lexicon"]:
        return lexicon.probabilities(texts)
    if model["sentiment"] is None or not texts:
        return np.full(len(texts), np.nan)
    fitted = model["sentiment"]
    return np.asarray(fitted.predict_proba(texts)[:, list(fitted.classes_).index("positive")])


def _topics(model: Mapping[str, Any], texts: list[str]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """By words, else by the model where it is sure, else other."""
    told, rest = by_words(texts, model["topics"])
    found = np.array(told, dtype=object)
    missing = np.array([one is None for one in told], dtype=bool)
    found[missing] = _sure(model["topic"], [text for text, gone in zip(rest, missing, strict=True) if gone])
    found[pd.isna(found)] = OTHER[0]
    return found


def _sure(fitted: Any, texts: list[str]) -> np.ndarray[Any, np.dtype[np.object_]]:
    """The likeliest class where it is likely enough, else None."""
    if fitted is None or not texts:
        return np.full(len(texts), None, dtype=object)
    p = fitted.predict_proba(texts)
    best = np.asarray(fitted.classes_, dtype=object)[np.argmax(p, axis=1)]
    return _where(p.max(axis=1) >= _SURE, best)


def _where(
    holds: np.ndarray[Any, np.dtype[np.bool_]], values: np.ndarray[Any, Any]
) -> np.ndarray[Any, np.dtype[np.object_]]:
    """The values where a condition holds, None elsewhere."""
    found = values.astype(object)
    found[~holds] = None
    return found


def _described(
    model: Mapping[str, Any],
    named: Mapping[tuple[str, str], str],
    day: np.datetime64,
    columns: Mapping[str, str],
) -> pd.DataFrame:
    topics = [(str(one["topic"]), str(one["name_en"]), str(one["name_zh"])) for one in model["topics"]]
    rows = [
        (topic, ask, name_en, name_zh, named.get((topic, ask)), day)
        for topic, name_en, name_zh in [*topics, OTHER]
        for ask in ("complaint", "request")
    ]
    return typed(columns, dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True)))
