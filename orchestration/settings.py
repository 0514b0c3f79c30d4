"""The settings of one company; every value has a default and a meaning."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator

from orchestration.activation import Activation
from orchestration.rules import Purpose, Strict

Status = Literal["granted", "withdrawn"]
Cadence = Literal["nightly", "weekly", "monthly"]
AttributionModel = Literal["first", "last", "last_non_direct", "linear", "position", "time_decay", "markov"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not an IANA time zone, such as Asia/Shanghai")
    return name


def _owner(name: str) -> str:
    # Dagster, which shows owners, takes no others.
    if not re.fullmatch(r"team:\S+|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}", name):
        raise ValueError(f"{name!r} is neither an e-mail address nor a team, such as team:data")
    return name


class Lifecycle(Strict):
    """Day counts of the life-cycle states."""

    new_days: int = Field(14, ge=1, description="days after the first core action")
    active_days: int = Field(14, ge=1, description="days since the last core action")
    dormant_days: int = Field(60, ge=2, description="silent longer than this is churned")
    resurrected_silent_days: int = Field(60, ge=2, description="silence before a come-back")
    resurrected_days: int = Field(14, ge=1, description="days a come-back is called resurrected")


class Retention(Strict):
    """How many periods after its own a cohort is followed."""

    days: int = Field(30, ge=1, le=400, description="days after the cohort's day")
    weeks: int = Field(12, ge=1, le=200, description="weeks after the cohort's week")
    months: int = Field(12, ge=1, le=120, description="months after the cohort's month")


class Acquisition(Strict):
    """How those who registered are followed."""

    retention_window_days: int = Field(30, ge=1, le=90, description="from day 30 or 90 on")


class Attribution(Strict):
    """What may have led to a purchase."""

    lookback_days: int = Field(30, ge=1, le=365, description="older touchpoints do not count")
    max_touchpoints: int = Field(100, ge=1, le=1000, description="the last ones of a purchase")
    own_hosts: list[str] = Field(default_factory=list, description="referrers that are direct")
    half_life_days: float = Field(7, gt=0, le=365, description="time decay halves a touch's weight")
    position_first: float = Field(0.4, ge=0, le=1, description="share of the first touchpoint")
    position_last: float = Field(0.4, ge=0, le=1, description="share of the last touchpoint")
    reported_model: AttributionModel = Field("last_non_direct", description="of the main columns")
    holdout_prefix: str = Field(
        "holdout_", min_length=1, max_length=100, description="before the campaign in an experiment's id"
    )
    holdout_variants: list[str] = Field(
        default_factory=lambda: ["holdout", "control"], min_length=1, description="who was left out"
    )

    @model_validator(mode="after")
    def _shares(self) -> Attribution:
        if not 0 < self.position_first + self.position_last <= 1:
            raise ValueError("position_first and position_last must add up to more than 0 and at most 1")
        return self


class Baskets(Strict):
    """Which purchases tell what is bought together, and what is told."""

    min_orders: int = Field(10, ge=2, description="purchases two products must share")
    max_products: int = Field(100, ge=2, le=1000, description="a larger basket does not count")
    max_orders_per_person: int = Field(1000, ge=1, description="a person's older ones do not count")


class Subscriptions(Strict):
    """How subscriptions follow each other."""

    grace_days: int = Field(7, ge=0, le=365, description="a break this short is a change of plan")


class Feedback(Strict):
    """What is promised to those who say something, and what is asked of it."""

    response_hours: int = Field(24, ge=1, le=8760, description="a complaint is answered within these")
    nps_days: int = Field(90, ge=1, le=3650, description="trailing days of the reported NPS")
    needs_days: int = Field(90, ge=1, le=3650, description="trailing days of needs")
    needs_min_people: int = Field(5, ge=1, description="a need of fewer is not told")
    repeat_days: int = Field(30, ge=0, le=365, description="a contact this soon is a repeated one")
    search_events: list[str] = Field(default_factory=lambda: ["search"])
    results_property: str = Field(
        "results", pattern=r"^[A-Za-z0-9_$.: -]{1,100}$", description="key of a search's JSON"
    )
    cart_events: list[str] = Field(default_factory=lambda: ["add_to_cart"])
    abandoned_days: int = Field(7, ge=1, le=90, description="without a purchase a cart is abandoned")
    follow_up_days: int = Field(30, ge=1, le=365, description="feedback calls for an action")


class Paths(Strict):
    """Which beginnings of sessions are listed."""

    lengths: list[Annotated[int, Field(ge=2, le=10)]] = Field(
        default_factory=lambda: [2, 3, 4, 5], min_length=1, description="views in a path"
    )
    kept: int = Field(100, ge=1, description="paths kept of each length")


class Churn(Strict):
    """What churn means here, and how often the model learns."""

    horizon_days: int = Field(30, ge=7, description="H: no core action in (t, t+H] is churn")
    lookback_days: int = Field(90, ge=7, description="active within this is eligible")
    snapshots: int = Field(6, ge=2, le=24, description="past cut-offs the model trains on")
    retrain: Cadence = "weekly"


class Drift(Strict):
    """What tonight is compared with."""

    days: int = Field(7, ge=1, le=90, description="scores and features against those of so many days ago")


class Value(Strict):
    """How far ahead value is forecast, and what goods cost."""

    clv_horizon_days: int = Field(90, ge=7, description="clv is the net revenue of these days")
    cost_of_goods_share: float | None = Field(None, ge=0, le=1, description="of the price before discounts")


class Recommendations(Strict):
    """What a list of recommendations holds."""

    items: int = Field(10, ge=1, le=100, description="items a person is recommended")
    per_category: int = Field(3, ge=1, description="most of them from one category")
    repeat_goods: bool = Field(False, description="what a person has may be recommended again")


class Settings(Strict):
    """One company's settings; every value has a default and a meaning."""

    name: str = Field("", description="shown to people; default: the folder's name")
    name_zh: str = ""
    owner: Annotated[str, AfterValidator(_owner)] = Field(
        "data@example.test", description="who is asked about the assets: an e-mail address or team:name"
    )
    business_time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    base_currency: str = Field("CNY", pattern="^[A-Z]{3}$", description="ISO 4217")
    languages: list[str] = Field(default_factory=lambda: ["en", "zh"])
    landing: str | None = Field(None, description="folder of the landing files, from the tenant's")
    default_as_of: date | Literal["yesterday"] = "yesterday"
    first_day: date = Field(date(2010, 1, 1), description="first night that can be built")
    nightly_at: str = Field("02:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")
    core_actions: list[str] = Field(default_factory=list, description="empty = all but passive")
    passive_events: list[str] = Field(
        default_factory=lambda: ["sent", "delivered", "opened", "impression", "bounced"]
    )
    orders_are_core: bool = Field(True, description="a purchase counts as activity")
    free_orders_are_purchases: bool = Field(False, description="an order worth nothing is one too")
    view_events: list[str] = Field(default_factory=lambda: ["page_view", "screen_view"])
    view_property: str | None = Field(
        None, pattern=r"^\w+$", description="property that names the view an event belongs to"
    )
    heartbeat_events: list[str] = Field(
        default_factory=list, description="events that say the person has been here for some seconds"
    )
    heartbeat_seconds: int = Field(5, ge=1, description="how many")
    conversion_events: list[str] = Field(default_factory=lambda: ["purchase", "order_placed"])
    click_events: list[str] = Field(default_factory=lambda: ["click"])
    impression_events: list[str] = Field(default_factory=lambda: ["impression"])
    element_property: str = Field(
        "element", pattern=r"^[A-Za-z0-9_$.: -]{1,100}$", description="key of a click's JSON"
    )
    bot_events_per_hour: int = Field(3600, ge=1, description="more in one hour is not a person's doing")
    session_gap_minutes: int = Field(30, ge=1)
    session_cap_hours: int = Field(24, ge=1)
    trust_source_sessions: list[str] = Field(default_factory=list, description="feeds")
    engaged_seconds: int = Field(10, ge=0)
    engaged_views: int = Field(2, ge=1)
    lifecycle: Lifecycle = Lifecycle()
    activation: Activation = Activation()
    retention: Retention = Retention()
    acquisition: Acquisition = Acquisition()
    attribution: Attribution = Attribution()
    baskets: Baskets = Baskets()
    subscriptions: Subscriptions = Subscriptions()
    feedback: Feedback = Feedback()
    paths: Paths = Paths()
    churn: Churn = Churn()
    drift: Drift = Drift()
    value: Value = Value()
    recommendations: Recommendations = Recommendations()
    retrain: dict[str, Cadence] = Field(
        default_factory=dict,
        description="model to how often it learns again, if not as churn.retrain says",
    )
    pinned_models: dict[str, Annotated[str, Field(pattern="^[0-9a-f]{16}$")]] = Field(
        default_factory=dict, description="model to the earlier version that serves instead of the newest"
    )
    consent_defaults: dict[Purpose, Status] = Field(
        default_factory=dict, description="status of a purpose nobody recorded"
    )
    generations_kept: int = Field(7, ge=1, description="published files kept for roll-back")

    def consent(self) -> dict[Purpose, Status]:
        """The default status of all seven purposes."""
        granted = {"analytics", "personalisation"}
        base: dict[Purpose, Status] = {p: "granted" if p in granted else "withdrawn" for p in PURPOSES}
        return base | self.consent_defaults
