"""Tags read literally: every tag of every person on every day, from the records up to it, no SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from orchestration.tags import Condition, Metric
from tests.dbt.marts import oracle
from tests.dbt.marts.tag_world import World

CLASSES = {
    (True, True, True): ("champions", "重要价值"),
    (True, False, True): ("important development", "重要发展"),
    (False, True, True): ("important retention", "重要保持"),
    (False, False, True): ("important win-back", "重要挽留"),
    (True, True, False): ("general value", "一般价值"),
    (True, False, False): ("general development", "一般发展"),
    (False, True, False): ("general retention", "一般保持"),
    (False, False, False): ("general win-back", "一般挽留"),
}
PROFILING = ("preference", "band", "rfm", "rule")


class Reader:
    """Looks tags up in a world, a day at a time."""

    def __init__(self, world: World, tags: Sequence[Any]) -> None:
        self.world, self.tags = world, {tag.tag: tag for tag in tags}
        self.seen: dict[tuple[str, str, date], tuple[str | None, Decimal | None]] = {}
        self.cuts: dict[tuple[str, date], Any] = {}

    def value(self, tag: Any, person: str, day: date) -> tuple[str | None, Decimal | None]:
        """The value and the share of a tag at the end of a day."""
        key = (tag.tag, person, day)
        if key not in self.seen:
            self.seen[key] = getattr(self, f"_{tag.kind}")(tag, person, day)
        return self.seen[key]

    def purposes(self, tag: Any) -> set[str]:
        own = tag.purpose or ("profiling" if tag.kind in PROFILING else "none")
        needed = {own}
        if tag.kind == "rule":
            for condition in leaves(tag.when):
                if condition.tag:
                    needed |= self.purposes(self.tags[condition.tag])
        return needed - {"none"}

    # What was stated.

    def _latest(self, said: list[tuple[datetime, str | None]], day: date, validity: int | None) -> str | None:
        past = [(at, text) for at, text in said if at.date() <= day]
        if not past:
            return None
        at, text = max(past, key=lambda pair: pair[0])
        return None if validity is not None and (day - at.date()).days > validity else text

    def _stated(self, person: str, column: str, feed: str | None) -> list[tuple[datetime, str | None]]:
        said: list[tuple[datetime, str | None]] = []
        mine = [v for v in self.world.versions if v.person == person and feed in (None, v.feed)]
        for source in {(v.account, v.feed) for v in mine}:
            before = None
            for v in sorted((v for v in mine if (v.account, v.feed) == source), key=lambda v: v.at):
                text = getattr(v, column)
                if text is not None or before is not None:
                    said.append((v.at, text))
                before = text
        return said

    def _property(self, tag: Any, person: str, day: date, validity: int | None = None) -> tuple[Any, None]:
        if tag.property == "lifecycle_state":
            return oracle.state(self._active(person), day, oracle.Rules()), None
        column = {"membership_level": "level", "city": "city"}[tag.property]
        said = self._stated(person, column, None)
        return self._latest(said, day, getattr(tag, "validity_days", validity)), None

    def _imported(self, tag: Any, person: str, day: date) -> tuple[str | None, None]:
        return self._latest(self._stated(person, tag.key, tag.feed), day, tag.validity_days), None

    def _first_last(self, tag: Any, person: str, day: date) -> tuple[str | None, None]:
        if tag.order_column:
            found = [(o.at, o.coupon) for o in self.world.orders if o.person == person and o.is_purchase]
        else:
            column = "source" if tag.event_column else "mood"
            found = [
                (e.at, getattr(e, column))
                for e in self.world.events
                if e.person == person and (not tag.events or e.name in tag.events)
            ]
        past = [(at, text) for at, text in found if text is not None and at.date() <= day]
        if not past or (
            tag.validity_days is not None
            and (day - max(past)[0].date()).days > tag.validity_days
        ):  # fmt: skip
            return None, None
        return (min(past) if tag.take == "first" else max(past))[1], None

    # What was counted.

    def _active(self, person: str) -> list[date]:
        days = {e.at.date() for e in self.world.events if e.person == person and e.is_core}
        return sorted(days | {o.at.date() for o in self.world.orders if o.person == person and o.is_purchase})

    def amount(self, metric: Metric, person: str, day: date, validity: int | None) -> Decimal | None:
        """A metric on a day, or nothing where the window holds no record or none fresh enough."""
        width = metric.days or 10**6

        def age(at: date) -> int:
            return (day - at).days

        events = [e for e in self.world.events if e.person == person]
        if metric.measure == "core_events":
            events = [e for e in events if e.is_core]
        if metric.events:
            events = [e for e in events if e.name in metric.events]
        orders = [o for o in self.world.orders if o.person == person]
        records = {
            "events": [e.at.date() for e in events],
            "core_events": [e.at.date() for e in events],
            "sessions": sorted({e.at.date() for e in events}),
            "active_days": self._active(person),
            "orders": [o.at.date() for o in orders if o.is_purchase],
            "revenue": [o.at.date() for o in orders if o.is_purchase],
        }[metric.measure]
        inside = [at for at in records if 0 <= age(at) < width]
        if not inside or (validity is not None and age(max(inside)) > validity):
            return None
        if metric.measure != "revenue":
            return Decimal(len(inside))
        total = Decimal(0)
        for o in orders:
            if 0 <= age(o.at.date()) < width and not o.is_cancelled and o.gross is not None:
                refund_day = max(o.at.date(), (o.refunded_at or o.at).date())
                total += o.gross - (o.refund if refund_day <= day else 0)
        return total

    def _metric(self, tag: Any, person: str, day: date) -> tuple[str | None, None]:
        found = self.amount(tag.metric, person, day, tag.validity_days)
        if found is None:
            return None, None
        cents = found.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return str(cents if tag.metric.measure == "revenue" else int(found)), None

    def _preference(self, tag: Any, person: str, day: date) -> tuple[str | None, Decimal | None]:
        if tag.source == "order_items":
            found = [
                (o.at.date(), item)
                for o in self.world.orders
                if o.person == person and o.is_purchase
                for item in o.items
            ]
        else:
            found = [
                (e.at.date(), e.category)
                for e in self.world.events
                if e.person == person and (e.name in tag.events if tag.events else e.is_core)
            ]
        past = [(at, item) for at, item in found if item is not None and at <= day]
        counts = Counter(item for at, item in past if (day - at).days < (tag.days or 10**6))
        if not counts or (tag.validity_days is not None and (day - max(past)[0]).days > tag.validity_days):
            return None, None
        top = min(counts, key=lambda item: (-counts[item], item.encode()))
        share = Fraction(counts[top], counts.total())
        if counts[top] < tag.min_count or share < Fraction(str(tag.min_share)):
            return None, None
        return top, round(Decimal(share.numerator) / Decimal(share.denominator), 6)

    # What depends on everybody.

    def cut_off(self, every: str, day: date) -> date:
        return oracle.period_of(day, every)

    def _band(self, tag: Any, person: str, day: date) -> tuple[str | None, None]:
        found = self.amount(tag.metric, person, day, tag.validity_days)
        if found is None:
            return None, None
        if tag.edges:
            band = sum(found >= Decimal(str(edge)) for edge in tag.edges)
        else:
            edges = self._edges(tag, self.cut_off(tag.every, day))
            if edges is None:
                return None, None
            band = sum(found >= edge for edge in edges)
        labels = tag.labels or [str(n + 1) for n in range(tag.quantiles or len(tag.edges) + 1)]
        return labels[band], None

    def _edges(self, tag: Any, day: date) -> list[Decimal] | None:
        """The lower edges of the bands above the lowest; nothing where there was nobody to cut."""
        if (tag.tag, day) not in self.cuts:
            everyone = [self.amount(tag.metric, p, day, tag.validity_days) for p in self.world.known]
            amounts = sorted(a for a in everyone if a is not None)
            below = {a: sum(b < a for b in amounts) for a in amounts}
            edges = [
                next((a for a in amounts if below[a] * tag.quantiles >= k * len(amounts)), None)
                for k in range(1, tag.quantiles)
            ]
            self.cuts[tag.tag, day] = [e for e in edges if e is not None] if amounts else None
        found: list[Decimal] | None = self.cuts[tag.tag, day]
        return found

    def _rfm(self, tag: Any, person: str, day: date) -> tuple[str | None, None]:
        cut = self.cut_off(tag.every, day)
        if (tag.tag, cut) not in self.cuts:
            self.cuts[tag.tag, cut] = self._scores(cut)
        if person not in self.cuts[tag.tag, cut]:
            return None, None
        # Once lapsed, a class comes back with the next scoring.
        bought = [o.at.date() for o in self.world.orders if o.person == person and o.is_purchase]
        for later in oracle.days_between(cut, day):
            last = max(d for d in bought if d <= later)
            if tag.validity_days is not None and (later - last).days > tag.validity_days:
                return None, None
        scores = self.cuts[tag.tag, cut][person]
        if tag.show == "scores":
            return "-".join(map(str, scores)), None
        return CLASSES[tuple(score > 3 for score in scores)][tag.show == "class_zh"], None

    def _scores(self, cut: date) -> dict[str, tuple[int, ...]]:
        measures: list[dict[str, Fraction]] = [{}, {}, {}]
        for person in self.world.known:
            orders = [o for o in self.world.orders if o.person == person and o.at.date() <= cut]
            bought = [o for o in orders if o.is_purchase]
            if bought:
                last = max(o.at.date() for o in bought)
                revenue = self.amount(Metric(measure="revenue"), person, cut, None)
                measures[0][person] = Fraction(-(cut - last).days)
                measures[1][person] = Fraction(len(bought))
                measures[2][person] = Fraction(revenue or 0)
        scored = [oracle.scores(measure) for measure in measures]
        return {person: tuple(score[person] for score in scored) for person in measures[0]}

    # What is concluded.

    def _rule(self, tag: Any, person: str, day: date) -> tuple[str | None, None]:
        return (tag.value if self._holds(tag, tag.when, person, day) else None), None

    def _holds(self, tag: Any, condition: Condition, person: str, day: date) -> bool:
        if condition.all is not None:
            return all(self._holds(tag, one, person, day) for one in condition.all)
        if condition.any is not None:
            return any(self._holds(tag, one, person, day) for one in condition.any)
        if condition.not_ is not None:
            return not self._holds(tag, condition.not_, person, day)
        number = condition.metric is not None
        if condition.metric is not None:
            amount = self.amount(condition.metric, person, day, tag.validity_days)
            if amount is not None and condition.metric.measure == "revenue":
                amount = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
            text = None if amount is None else str(amount)
        elif condition.property is not None:
            text = self._property(condition, person, day, tag.validity_days)[0]
        else:
            looked_at = self.tags[condition.tag]
            text = self.value(looked_at, person, day)[0]
            number = looked_at.kind == "metric"
        if condition.is_known is not None:
            return (text is not None) == condition.is_known
        ((operator, wanted),) = condition.operators().items()
        have: Any = Decimal(text or 0) if number else text

        def like(value: Any) -> Any:
            return Decimal(str(value)) if number else value

        return bool(
            {
                "equals": lambda: have == like(wanted),
                "not_equals": lambda: have != like(wanted),
                "in": lambda: have in [like(v) for v in wanted],
                "not_in": lambda: have not in [like(v) for v in wanted],
                "at_least": lambda: have >= like(wanted),
                "at_most": lambda: have <= like(wanted),
                "more_than": lambda: have > like(wanted),
                "less_than": lambda: have < like(wanted),
            }[operator]()
        )


def leaves(condition: Condition) -> list[Condition]:
    """The comparisons of a condition."""
    inner = [*(condition.all or []), *(condition.any or []), *([condition.not_] if condition.not_ else [])]
    return [leaf for one in inner for leaf in leaves(one)] if inner else [condition]
