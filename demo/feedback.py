"""Reviews, ratings, surveys, complaints and wishes, each with a planted theme and sentiment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.behaviour import Behaviour
from demo.catalogue import Catalogue
from demo.members import Members
from demo.orders import CANCELLED, Orders
from demo.people import People
from demo.phrases import NEGATIVE, NEUTRAL, POSITIVE, THEMES, write
from demo.plan import DAY_MS, HOUR_MS, Flags, Ints, Plan, Words

REVIEW, RATING, NPS, CSAT, CES, COMPLAINT, SUGGESTION, QUESTION, PRAISE = range(9)
KINDS = ("review", "rating", "nps", "csat", "ces", "complaint", "suggestion", "question", "praise")
CHANNEL = ("review", "review", "survey", "survey", "survey", "support", "social", "call", "social")
SCORE_MAX = np.array([5, 5, 10, 5, 7, -1, -1, -1, -1])
THEME_WEIGHT = {  # which themes people praise and which they mind
    POSITIVE: np.array([0.16, 0.30, 0.16, 0.12, 0.14, 0.12]),
    NEUTRAL: np.array([0.2, 0.2, 0.2, 0.15, 0.15, 0.1]),
    NEGATIVE: np.array([0.30, 0.20, 0.12, 0.18, 0.14, 0.06]),
}


@dataclass(frozen=True)
class Feedback:
    """One position per remark, by time; scores and days are -1 where there is none."""

    person: Ints
    at: Ints
    kind: Ints
    score: Ints
    order: Ints
    product: Ints
    theme: Ints
    sentiment: Ints
    responded: Ints
    resolved: Ints
    chinese: Flags
    text: Words

    def __len__(self) -> int:
        return len(self.at)


def feedback_of(
    plan: Plan, people: People, behaviour: Behaviour, members: Members, goods: Catalogue, orders: Orders
) -> Feedback:
    """Draw who says what; people who were let down complain, keen ones praise."""
    rng = plan.rng("feedback")
    lead = np.zeros(len(orders), dtype=np.int64)
    lead[orders.line_order[::-1]] = orders.line_product[::-1]
    level = behaviour.level[behaviour.day // 7, behaviour.person]
    member = behaviour.day > members.registered_day[behaviour.person]

    said = (rng.random(len(orders)) < 0.11) & (orders.fate != CANCELLED)
    told = np.flatnonzero(said & (members.registered_day[orders.person] <= orders.day))
    quarter = np.isin(behaviour.day % 91, (60, 61, 62)) & member & (rng.random(len(member)) < 0.25)
    moody = member & behaviour.let_down
    chatty = member & (level > 0) & (rng.random(len(member)) < 0.006)
    groups = [_reviews(orders, told, lead, rng)]
    for visits, kinds, shares in (
        (quarter, (NPS, CES), (0.8, 0.2)),
        (moody, (COMPLAINT, CSAT), (0.7, 0.3)),
        (chatty, (SUGGESTION, QUESTION, PRAISE), (0.3, 0.4, 0.3)),
    ):
        at = np.flatnonzero(visits)
        none = np.full(len(at), -1)
        kind = rng.choice(np.array(kinds), len(at), p=shares)
        groups.append((behaviour.person[at], behaviour.day[at], kind, none, none))
    person, day, kind, order, product = (np.concatenate(part) for part in zip(*groups, strict=True))
    inside = day < plan.days
    person, day, kind, order, product = (part[inside] for part in (person, day, kind, order, product))
    at = day * DAY_MS + rng.integers(9 * HOUR_MS, 23 * HOUR_MS, len(day))
    rank = np.lexsort((kind, person, at))
    person, kind, order, product, at = (part[rank] for part in (person, kind, order, product, at))
    mood = behaviour.level[at // DAY_MS // 7, person]
    return _worded(plan, people, goods, person, at, kind, order, product, mood, rng)


def _reviews(
    orders: Orders, told: Ints, lead: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Person, day, kind, order and product of reviews and ratings, some days after the order."""
    day = orders.day[told] + rng.integers(2, 12, len(told))
    kind = rng.choice(np.array((REVIEW, RATING)), len(told), p=(0.7, 0.3))
    return orders.person[told], day, kind, told, lead[told]


def _worded(
    plan: Plan,
    people: People,
    goods: Catalogue,
    person: Ints,
    at: Ints,
    kind: Ints,
    order: Ints,
    product: Ints,
    mood: np.ndarray,
    rng: np.random.Generator,
) -> Feedback:
    count = len(at)
    draw = rng.random(count)
    bad = np.select([mood == 0, mood == 3, mood == 2], [0.42, 0.35, 0.08], 0.16)
    sentiment = np.select([draw < bad, draw < bad + 0.14], [NEGATIVE, NEUTRAL], POSITIVE)
    sentiment = np.where(kind == COMPLAINT, NEGATIVE, sentiment)
    sentiment = np.where(np.isin(kind, (SUGGESTION, QUESTION)), NEUTRAL, sentiment)
    sentiment = np.where(kind == PRAISE, POSITIVE, sentiment)
    theme = np.zeros(count, dtype=np.int64)
    for feeling, weights in THEME_WEIGHT.items():
        here = sentiment == feeling
        theme[here] = rng.choice(len(THEMES), int(here.sum()), p=weights)
    chinese = people.chinese[person]
    texts: list[str | None] = []
    wordless = (kind == RATING) | (np.isin(kind, (NPS, CSAT, CES)) & (rng.random(count) < 0.55))
    for i in range(count):
        if wordless[i]:
            texts.append(None)
            continue
        named = goods.subcategory_zh if chinese[i] else goods.subcategory
        thing = str(named[product[i]]) if product[i] >= 0 else ("东西" if chinese[i] else "item")
        language = "zh" if chinese[i] else "en"
        texts.append(write(THEMES[theme[i]], int(sentiment[i]), language, thing.lower(), rng))
    replies = (np.isin(kind, (COMPLAINT, QUESTION)) & (rng.random(count) < 0.85)) | (
        (kind == REVIEW) & (sentiment == NEGATIVE) & (rng.random(count) < 0.5)
    )
    responded = np.where(replies, at + rng.integers(HOUR_MS // 4, 40 * HOUR_MS, count), -1)
    solved = replies & (rng.random(count) < 0.8)
    resolved = np.where(solved, responded + rng.integers(HOUR_MS, 90 * HOUR_MS, count), -1)
    scores = _scores(kind, sentiment, rng)
    end = plan.days * DAY_MS
    return Feedback(
        person, at, kind, scores, order, product, np.where(wordless, -1, theme), sentiment,
        np.where(responded < end, responded, -1), np.where(resolved < end, resolved, -1),
        chinese, np.array(texts, dtype=object),
    )  # fmt: skip


def _scores(kind: Ints, sentiment: Ints, rng: np.random.Generator) -> Ints:
    """A score on each kind's own scale that agrees with the sentiment, give or take one."""
    top = SCORE_MAX[kind]
    step = rng.integers(0, 2, len(kind))
    low = np.where(top == 10, rng.integers(0, 7, len(kind)), 1 + step)
    middle = np.where(top == 10, 7 + step, (top + 1) // 2)
    return np.where(top < 0, -1, np.select([sentiment > 0, sentiment < 0], [top - step, low], middle))
