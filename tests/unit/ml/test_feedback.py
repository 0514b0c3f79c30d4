"""Feedback texts: what is learnt from rated ones, what is published, and what odd texts come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from ml import registry
from ml.feedback import SPEC, classifier
from ml.feedback.texts import by_words, language, rated
from ml.spec import Trained

AS_OF = date(2026, 6, 30)
GOOD = ("lovely {} and quick", "works well, the {} is great", "{}很好，喜欢", "质量不错的{}")
BAD = ("the {} is broken again", "awful {} and rude people", "{}坏了，失望", "这个{}太差")
THINGS = ("parcel", "mug", "chair", "快递", "杯子", "椅子")
TOPICS = [
    {
        "topic": "delivery",
        "name_en": "Delivery",
        "name_zh": "物流",
        "words": ["parcel", "快递"],
        "examples": [],
    },
    {"topic": "goods", "name_en": "Goods", "name_zh": "商品", "words": ["mug", "杯子"], "examples": []},
]
SETTINGS = {"topics": TOPICS, "anchor": AS_OF}


def said(*rows: dict[str, object]) -> dict[str, pd.DataFrame]:
    """The frames of some feedback; what a row leaves out is a review of nobody known, with no words."""
    usual: dict[str, object] = {
        "user_key": None,
        "feedback_day": pd.Timestamp(AS_OF),
        "kind": "review",
        "score_100": np.nan,
        "language": None,
        "text": None,
    }
    numbered = [{"feedback_id": f"x{number:05d}"} | usual | row for number, row in enumerate(rows)]
    return {"int_feedback__feedback": pd.DataFrame(numbered)}


def world(count: int = 1600, upside_down: bool = False) -> dict[str, pd.DataFrame]:
    """Rated texts whose words are those of their rating, or of either at random."""
    random = np.random.default_rng(4)
    rows: list[dict[str, object]] = []
    for number in range(count):
        is_good = bool(random.random() < 0.8)
        shown = bool(random.random() < 0.5) if upside_down else is_good
        text = str(random.choice(GOOD if shown else BAD)).format(random.choice(THINGS))
        rows.append(
            {
                "user_key": f"{random.integers(0, 400):064x}",
                "feedback_day": pd.Timestamp("2026-01-01") + pd.Timedelta(days=number // 10),
                "score_100": float(random.choice([75, 100] if is_good else [0, 25])),
                "text": text,
            }
        )
    return said(*rows)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return replace(SPEC.train(world(), SETTINGS), version="0" * 16)


def scored(model: Trained, *rows: dict[str, object]) -> pd.DataFrame:
    return SPEC.score(model, said(*rows), as_of=AS_OF)["fct_feedback_texts"]


def test_words_of_bad_ratings_are_bad_in_either_language(trained: Trained) -> None:
    assert trained.method == "tfidf+logistic"
    texts = ["awful mug and rude people", "椅子坏了，失望", "lovely chair and quick", "杯子很好，喜欢"]
    found = scored(trained, *({"text": text} for text in texts))
    assert list(found["sentiment_class"]) == ["negative", "negative", "positive", "positive"]
    assert list(found["language"]) == ["en", "zh", "en", "zh"]


def test_a_model_that_ratings_contradict_is_not_published() -> None:
    """Words drawn without regard to the rating: the test on later texts fails, and ratings speak alone."""
    model = SPEC.train(world(upside_down=True), SETTINGS)
    assert model.method == "rule:rating"
    assert "ratings speak alone" in model.reason
    assert float(model.metrics.set_index("metric").loc["macro_f1", "value"]) < 0.8
    assert scored(model, {"text": "awful mug"})["sentiment"].isna().all()


def test_too_few_rated_texts_to_test_on_publish_no_model() -> None:
    """1,499 leave 299 to test on, 1,500 three hundred."""
    assert SPEC.train(world(1499), SETTINGS).method == "rule:rating:untested"
    assert SPEC.train(world(1500), SETTINGS).method == "tfidf+logistic"


def test_where_nothing_is_rated_a_lexicon_speaks_and_says_so() -> None:
    unrated = said(
        {"text": "terrible, I want a refund"}, {"text": "很满意，推荐"}, {"text": "the box is brown"}
    )
    model = replace(SPEC.train(unrated, SETTINGS), version="0" * 16)
    assert model.method == "rule:lexicon:untested"
    assert "lexicon" in model.reason
    found = SPEC.score(model, unrated, as_of=AS_OF)["fct_feedback_texts"]
    assert list(found["sentiment_class"]) == ["negative", "positive", "neutral"]
    assert set(found["method"]) == {"rule:lexicon:untested"}


def test_the_middle_of_a_scale_teaches_nothing() -> None:
    """Three of five stars, seven and eight of ten; nine and six are the ends of likelihood to recommend."""
    kinds = pd.Series(["review", "review", "review", "nps", "nps", "nps", "nps", "review"])
    scores = pd.Series([50.0, 75.0, 25.0, 70.0, 80.0, 90.0, 60.0, np.nan])
    assert rated(kinds, scores).tolist()[:-1] == [0.5, 1, 0, 0.5, 0.5, 1, 0]
    assert np.isnan(rated(kinds, scores)[-1])


def test_nobody_said_anything_publishes_empty_tables() -> None:
    for frames in (said({"text": None}, {"score_100": 100.0}), {k: v.iloc[:0] for k, v in said({}).items()}):
        model = SPEC.train(frames, SETTINGS)
        assert model.method == "none"
        found = SPEC.score(model, frames, as_of=AS_OF)
        assert {name: list(table.columns) for name, table in found.items()} == {
            name: list(columns) for name, columns in SPEC.tables.items()
        }
        assert all(table.empty for table in found.values())


def test_odd_texts_get_a_row_each_and_no_error(trained: Trained) -> None:
    """Of 100,000 characters the first 2,000 are read; emoji and spaces alone tell nothing for sure."""
    long = "the mug is broken again " + "x" * 100_000
    texts = [long, "👍👍👍", "\u2003", "\x00\ud7ff", "awful mug 椅子坏了 失望 😡", "'" * 50, "0 0 0"]
    found = scored(trained, *({"text": text} for text in texts)).set_index("feedback_id")
    assert len(found) == len(texts)
    assert found.loc["x00000", "sentiment"] == scored(trained, {"text": long[:2000]})["sentiment"][0]
    assert found.loc["x00004", "sentiment_class"] == "negative"
    assert found.loc["x00004", "language"] == "zh"
    assert found["sentiment"].between(-1, 1).all()


def test_a_text_without_words_has_no_row_and_spoils_no_other(trained: Trained) -> None:
    """Nothing said and an empty text are no text: their rating, if any, speaks alone."""
    found = scored(trained, {"text": None}, {"text": ""}, {"text": "lovely mug and quick", "score_100": None})
    assert list(found["feedback_id"]) == ["x00002"]
    assert found["sentiment_class"][0] == "positive"


def test_a_hundred_thousand_emoji_and_two_languages_at_once_are_read_as_far_as_is_read(
    trained: Trained,
) -> None:
    """Of a text in two languages both are read, and the language is that of the greater part."""
    found = scored(
        trained,
        {"text": "😀👩‍👩‍👧‍👦" * 50_000},
        {"text": "椅子坏了，失望 and awful"},
        {"text": "awful and rude people, the chair is broken again 坏"},
    ).set_index("feedback_id")
    assert len(found) == 3
    assert pd.isna(found.loc["x00000", "language"])
    assert found["language"].tolist()[1:] == ["zh", "en"]
    assert found["sentiment_class"].tolist()[1:] == ["negative", "negative"]
    assert found.loc["x00000", "topic"] == "other"


def test_languages_are_told_by_script_and_common_words() -> None:
    told = {
        "快递很慢": "zh",
        "とても良いです": "ja",
        "배송이 늦어요": "ko",
        "очень хорошо": "ru",
        "شكرا جزيلا": "ar",
        "the box is open": "en",
        "sehr gute Ware": None,
        "很好 the box is open and I like it": "en",
        "😀": None,
    }
    assert {text: language(None, text) for text in told} == told
    assert language("fr", "快递") == "fr"


def test_most_of_a_topics_words_decide_and_latin_words_stand_alone() -> None:
    told, rest = by_words(["Parcels and a mug", "mug mug parcel", "smuggled", "我的快递", "neither"], TOPICS)
    assert told == ["delivery", "goods", None, "delivery", None]
    assert rest[1].split() == []
    assert rest[3].strip() == "我的"


def test_a_topic_without_its_words_is_other_unless_the_rest_tells_it(trained: Trained) -> None:
    """The rest of these texts is the same for every thing, so it tells nothing."""
    found = scored(trained, {"text": "the parcel is here"}, {"text": "lovely chair and quick"})
    assert list(found["topic"]) == ["delivery", "other"]


def test_key_points_are_words_that_several_people_used() -> None:
    rows: list[dict[str, object]] = [
        {"user_key": f"{n:064x}", "score_100": 0.0, "text": "the parcel came late, call Xaver Quint"}
        if n == 0
        else {"user_key": f"{n:064x}", "score_100": 0.0, "text": "the parcel came late"}
        for n in range(8)
    ] + [{"user_key": f"{n:064x}", "score_100": 0.0, "text": "mug is cracked"} for n in range(8, 16)]
    # One person saying it ten times is one person.
    rows += [{"user_key": f"{99:064x}", "score_100": 0.0, "text": "mug from Zwickau"}] * 10
    frames = said(*rows)
    model = replace(SPEC.train(frames, SETTINGS), version="0" * 16)
    topics = SPEC.score(model, frames, as_of=AS_OF)["dim_feedback_topics"].set_index(["topic", "ask"])
    assert topics.loc[("delivery", "complaint"), "key_point"] == "the parcel came late"
    assert topics.loc[("goods", "complaint"), "key_point"] == "mug is cracked"
    assert not topics["key_point"].str.contains("xaver|zwickau", na=False).any()
    assert topics["key_point"].notna().sum() == 2


def test_the_order_of_rows_changes_nothing_and_a_refit_is_the_same(tmp_path: Path) -> None:
    frames = world()
    shuffled = {name: table.sample(frac=1, random_state=3) for name, table in frames.items()}
    kept = registry.fit_or_load(SPEC, tmp_path, frames, SETTINGS)
    again = registry.fit_or_load(SPEC, tmp_path, shuffled, SETTINGS)
    assert kept.is_new
    assert not again.is_new
    fresh = replace(SPEC.train(shuffled, SETTINGS), version=kept.trained.version)
    pd.testing.assert_frame_equal(
        SPEC.score(again.trained, shuffled, as_of=AS_OF)["fct_feedback_texts"],
        SPEC.score(fresh, frames, as_of=AS_OF)["fct_feedback_texts"],
        check_exact=True,
    )


def test_what_is_said_after_the_anchor_teaches_nothing() -> None:
    frames = world(400)
    later = said({"feedback_day": pd.Timestamp("2026-07-01"), "score_100": 0.0, "text": "lovely"})
    both = {name: pd.concat([table, later[name]]) for name, table in frames.items()}
    assert registry.version_of(SPEC, both, SETTINGS) == registry.version_of(SPEC, frames, SETTINGS)


def test_a_model_file_holds_nobodys_words(tmp_path: Path) -> None:
    frames = world(400)
    frames["int_feedback__feedback"].loc[:40, "text"] = "needlexyz haystackqrs"
    registry.fit_or_load(SPEC, tmp_path, frames, {"anchor": AS_OF})
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"needlexyz" in path.read_bytes()]


def test_macro_f1_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    truth, found = random.choice(["a", "b", "c"], 200), random.choice(["a", "b", "c"], 200)
    assert classifier.macro_f1(truth, found) == pytest.approx(f1_score(truth, found, average="macro"))
