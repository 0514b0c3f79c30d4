"""The demo's planted themes, from what people wrote to the top needs, through the model and the SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
import pytest

from demo.catalogue import CATEGORIES
from demo.events import ADD, SEARCH
from demo.feedback import CHANNEL, COMPLAINT, KINDS, QUESTION, SCORE_MAX, SUGGESTION
from demo.orders import bought
from demo.phrases import NEGATIVE, THEMES
from demo.plan import DAY_MS, Ints, Plan
from demo.world import World, world_of
from ml.feedback import SPEC
from orchestration import tenant
from tests.dbt.house import House
from tests.dbt.marts.compiled import Tables, compiled

LAST = date(2026, 6, 30)
PLAN = Plan(people=12_000, seed=7, start=date(2026, 1, 1), end=LAST)
DAYS, FEWEST = 90, 5


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(PLAN)


@pytest.fixture(scope="module")
def tables(house: House, world: World) -> Iterator[Tables]:
    """Needs of the world, the texts read by the model that learnt from them."""
    models = ("int_feedback__feedback", "fct_feedback", "int_feedback__signals", "rpt_needs")
    asked = {"feedback_needs_days": DAYS, "feedback_needs_min_people": FEWEST}
    with compiled(house, *models, as_of=LAST, **asked) as found:
        found.run(_frames(world))
        frames = {"int_feedback__feedback": found.table("intermediate.int_feedback__feedback")}
        settings = {"topics": tenant.load("demo").topics, "anchor": LAST}
        told = SPEC.score(SPEC.train(frames, settings), frames, as_of=LAST)
        texts = told["fct_feedback_texts"].drop(columns=["model_version", "as_of"])
        named = told["dim_feedback_topics"].drop(columns="as_of")
        found.run({"predictions.fct_feedback_texts": texts, "predictions.dim_feedback_topics": named})
        yield found


def _key(person: Ints) -> np.ndarray:
    return person.astype(str).astype(object)


def _days(at: Ints) -> np.ndarray:
    return np.datetime64(PLAN.start, "D") + at // DAY_MS


def _frames(world: World) -> dict[str, pd.DataFrame]:
    said, orders, events = world.feedback, world.orders, world.events
    scored = said.score >= 0
    everybody = _key(np.arange(PLAN.people))
    # What is looked for, and whatever shows an item: a search that led to one led somewhere.
    did = np.flatnonzero(events.is_active & ((events.kind == SEARCH) | (events.item >= 0)))
    searched, put = events.kind[did] == SEARCH, events.kind[did] == ADD
    terms = np.array([en for *_, things in CATEGORIES for en, _ in things], dtype=object)
    term = terms[(events.category[did] * 4 + events.at[did] // 1000 % 4) % len(terms)]
    category = np.array([row[1] for row in CATEGORIES], dtype=object)[events.category[did]]
    spent = np.bincount(orders.person, orders.amount / 100, PLAN.people)
    return {
        "staging.stg_feedback": pd.DataFrame(
            {
                "feedback_id": _key(np.arange(len(said))), "user_id": _key(said.person),
                "submitted_at": PLAN.utc(said.at), "channel": np.array(CHANNEL, dtype=object)[said.kind],
                "kind": np.array(KINDS, dtype=object)[said.kind],
                "score": np.where(scored, said.score, np.nan),
                "score_max": np.where(scored, SCORE_MAX[said.kind], np.nan), "text": said.text,
            }
        ),
        "intermediate.int_users__identifiers": pd.DataFrame(
            {"id": everybody, "user_key": everybody, "id_type": "user_id"}
        ),
        "marts.fct_consents": pd.DataFrame(
            {"user_key": everybody, "purpose": "profiling", "status": "granted"}
        ),
        "predictions.fct_value_forecasts": pd.DataFrame({"user_key": everybody, "clv": spent}),
        "intermediate.int_behaviour__events": pd.DataFrame(
            {
                "user_key": _key(events.person[did]), "session_id": _key(events.session[did]),
                "event_number": did, "item_id": np.where(searched, None, _key(events.item[did])),
                "event_name": np.select([searched, put], ["search", "add_to_cart"], "view"),
                "occurred_at": PLAN.utc(events.at[did]), "event_day": _days(events.at[did]),
                "search_term": np.where(searched, term, None),
                "item_category": np.where(searched, None, category),
            }
        ),
        "intermediate.int_value__orders": pd.DataFrame(
            {
                "order_id": _key(np.arange(len(orders))), "user_key": _key(orders.person),
                "is_purchase": bought(orders), "ordered_at": PLAN.utc(orders.day * DAY_MS + DAY_MS - 1),
                "order_day": _days(orders.day * DAY_MS),
            }
        ),
    }  # fmt: skip


def _planted(world: World) -> dict[str, int]:
    """People with a complaint of each theme in the days looked at; of others who minded, wishes are none."""
    said = world.feedback
    recent = said.at >= (PLAN.days - DAYS) * DAY_MS
    minds = (said.kind == COMPLAINT) | (said.sentiment == NEGATIVE)
    asks = np.isin(said.kind, (SUGGESTION, QUESTION))
    return {
        theme: len(np.unique(said.person[recent & minds & ~asks & (said.theme == number)]))
        for number, theme in enumerate(THEMES)
    }


def test_as_many_people_complain_of_each_theme_as_were_planted(tables: Tables, world: World) -> None:
    needs = tables.table("activation.rpt_needs")
    complaints = needs[needs["sign"] == "complaint"].set_index("about")
    planted = {theme: people for theme, people in _planted(world).items() if people >= FEWEST}
    assert len(planted) >= 5
    assert complaints["people"].astype(int).to_dict() == planted


def test_the_planted_themes_are_the_top_needs_the_commonest_first(tables: Tables, world: World) -> None:
    needs = tables.table("activation.rpt_needs").sort_values("rank")
    signs = set(needs["sign"])
    assert signs >= {"complaint", "request", "search", "cart"}, "there is something to be above of"
    planted = _planted(world)
    common = sorted(planted, key=lambda theme: -planted[theme])
    top = list(needs["need"].head(5))
    assert top[0] == f"complaint:{common[0]}"
    assert set(top) == {f"complaint:{theme}" for theme in common[:5]}
    assert needs["priority"].is_monotonic_decreasing


def test_every_top_need_has_its_key_point_in_peoples_own_words(tables: Tables) -> None:
    needs = tables.table("activation.rpt_needs").sort_values("rank").head(3)
    assert needs["key_point"].notna().all()
    assert (needs["people"] >= FEWEST).all()
