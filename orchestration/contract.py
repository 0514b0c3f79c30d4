"""The contract: the fourteen entities a feed may deliver, column by column.

Everything that reads a source or checks one asks this module; nothing else lists a contract column.
Money and every other fraction is DECIMAL(18,4): a longer fraction is rounded half away from zero to
the ten-thousandth, because sources print binary floats (19.990000000000002); nothing else is coerced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ColumnType = Literal["text", "timestamp", "date", "integer", "decimal", "number", "boolean", "json"]

SQL_TYPES: Mapping[ColumnType, str] = MappingProxyType(
    {
        "text": "varchar",
        "timestamp": "timestamp",
        "date": "date",
        "integer": "bigint",
        "decimal": "decimal(18,4)",
        "number": "double",
        "boolean": "boolean",
        "json": "json",
    }
)

# What the loader adds to every raw row, in this order, after the contract's columns.
LOAD_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "_file": "varchar",
        "_file_sha256": "varchar",
        "_line": "bigint",
        "_loaded_on": "date",
        "_feed": "varchar",
    }
)


@dataclass(frozen=True)
class Column:
    """One column of an entity.

    Parameters
    ----------
    name : str
        Its name in the contract.
    type : ColumnType
        What its text is cast to, strictly.
    required : bool
        A record without it is refused, and one whose day or time cannot be.
    enum : tuple of str
        The only values it may take; empty means any.
    minimum : int, optional
        A smaller value cannot be true and is refused as out of range.
    """

    name: str
    type: ColumnType = "text"
    required: bool = False
    enum: tuple[str, ...] = ()
    minimum: int | None = None

    @property
    def sql_type(self) -> str:
        """The DuckDB type the raw Parquet stores it in."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Entity:
    """One entity of the contract.

    Parameters
    ----------
    name : str
        Also its folder under ``raw/`` and the suffix of its staging table.
    key : tuple of str
        The columns that identify one of it.
    columns : tuple of Column
        Every contract column but the JSON remainder, in the contract's order.
    remainder : str
        The JSON column that keeps what a source carries beyond the contract.
    mutable : bool
        The latest version of a key wins (else the first one does).
    occurred : str, optional
        The column that says when it happened.
    one_of : tuple of str
        At least one of these must be given.
    derived_key : str, optional
        The key column computed from the content when a source has none.
    may_be_planned : bool
        Its time may lie ahead (a campaign, a subscription), so the future is no error.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    remainder: str = "extra"
    mutable: bool = True
    occurred: str | None = None
    one_of: tuple[str, ...] = ()
    derived_key: str | None = None
    may_be_planned: bool = False

    def column(self, name: str) -> Column:
        """The column called ``name``, the JSON remainder included; KeyError when there is none."""
        if name == self.remainder:
            return Column(name, "json")
        return {column.name: column for column in self.columns}[name]

    @property
    def raw_columns(self) -> dict[str, str]:
        """Column name to DuckDB type of one raw row, in stored order."""
        own = {column.name: column.sql_type for column in self.columns}
        return {**own, self.remainder: SQL_TYPES["json"], **LOAD_COLUMNS}


EVENT_CHANNELS = ("web", "app", "mini_program", "email", "sms", "social", "offline", "other")
ORDER_STATUSES = ("placed", "paid", "fulfilled", "cancelled", "refunded")
CONSENT_STATUSES = ("granted", "withdrawn")
FEEDBACK_CHANNELS = ("survey", "review", "support", "social", "call")
FEEDBACK_KINDS = (
    "nps", "csat", "ces", "rating", "review", "complaint", "suggestion", "question", "praise",
)  # fmt: skip
TOUCH_ACTIONS = (
    "sent", "delivered", "opened", "clicked", "impression", "bounced", "unsubscribed", "complained",
)  # fmt: skip
PURPOSES = (
    "analytics", "personalisation", "marketing_email", "marketing_sms", "marketing_push",
    "profiling", "sharing",
)  # fmt: skip


def _columns(spec: str, enums: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Column, ...]:
    """Columns from a compact spec: ``name[:type][>=minimum][*]``, blank separated."""
    columns = []
    for word in spec.split():
        body, required = word.removesuffix("*"), word.endswith("*")
        body, _, minimum = body.partition(">=")
        name, _, kind = body.partition(":")
        type_: ColumnType = next((t for t in SQL_TYPES if t == (kind or "text")), "text")
        enum = (enums or {}).get(name, ())
        columns.append(Column(name, type_, required, enum, int(minimum) if minimum else None))
    return tuple(columns)


_ALL = (
    Entity(
        "users",
        ("user_id",),
        _columns(
            "user_id* registered_at:timestamp updated_at:timestamp deleted_at:timestamp email phone"
            " name gender birth_date:date country region city language occupation membership_level"
            " acquisition_channel acquisition_campaign_id referrer platform"
        ),
        remainder="attributes",
        occurred="registered_at",
    ),
    Entity(
        "identities",
        ("id_type", "id", "linked_id_type", "linked_id"),
        _columns("id_type* id* linked_id_type* linked_id* linked_at:timestamp* evidence"),
        mutable=False,
        occurred="linked_at",
    ),
    Entity(
        "events",
        ("event_id",),
        _columns(
            "event_id event_name* occurred_at:timestamp* user_id anonymous_id session_id channel"
            " platform device_type os app_version country region page_url page_title screen"
            " referrer utm_source utm_medium utm_campaign utm_content utm_term item_id"
            " item_category search_term duration_seconds:decimal value:decimal currency",
            {"channel": EVENT_CHANNELS},
        ),
        remainder="properties",
        mutable=False,
        occurred="occurred_at",
        one_of=("user_id", "anonymous_id"),
        derived_key="event_id",
    ),
    Entity(
        "orders",
        ("order_id",),
        # The amount may also be the sum of the order's items, so a file without it is no error.
        _columns(
            "order_id* user_id anonymous_id ordered_at:timestamp* status amount:decimal currency*"
            " discount_amount:decimal tax_amount:decimal shipping_amount:decimal"
            " refunded_amount:decimal refunded_at:timestamp channel coupon_code payment_method",
            {"status": ORDER_STATUSES},
        ),
        remainder="attributes",
        occurred="ordered_at",
    ),
    Entity(
        "order_items",
        ("order_id", "line_number"),
        _columns(
            "order_id* line_number:integer>=0 product_id* quantity:integer* unit_price:decimal*"
            " discount_amount:decimal"
        ),
    ),
    Entity(
        "products",
        ("product_id",),
        _columns(
            "product_id* name category subcategory brand list_price:decimal currency"
            " listed_at:timestamp delisted_at:timestamp"
        ),
        occurred="listed_at",
        may_be_planned=True,
    ),
    Entity(
        "subscriptions",
        ("subscription_id",),
        _columns(
            "subscription_id* user_id* plan started_at:timestamp* ended_at:timestamp"
            " monthly_amount:decimal currency end_reason"
        ),
        occurred="started_at",
        may_be_planned=True,
    ),
    Entity(
        "feedback",
        ("feedback_id",),
        _columns(
            "feedback_id* user_id submitted_at:timestamp* channel kind score:decimal"
            " score_max:decimal text language subject_type subject_id responded_at:timestamp"
            " resolved_at:timestamp",
            {"channel": FEEDBACK_CHANNELS, "kind": FEEDBACK_KINDS},
        ),
        remainder="attributes",
        occurred="submitted_at",
    ),
    Entity(
        "campaigns",
        ("campaign_id",),
        _columns(
            "campaign_id* name channel objective started_at:timestamp ended_at:timestamp"
            " planned_cost:decimal currency"
        ),
        occurred="started_at",
        may_be_planned=True,
    ),
    Entity(
        "spend",
        ("campaign_id", "spend_date"),
        _columns(
            "campaign_id* spend_date:date* amount:decimal* currency* impressions:integer>=0 clicks:integer>=0"
        ),
        occurred="spend_date",
    ),
    Entity(
        "touches",
        ("touch_id",),
        _columns(
            "touch_id campaign_id* user_id anonymous_id action* occurred_at:timestamp* channel",
            {"action": TOUCH_ACTIONS},
        ),
        mutable=False,
        occurred="occurred_at",
        one_of=("user_id", "anonymous_id"),
        derived_key="touch_id",
    ),
    Entity(
        "experiments",
        ("experiment_id",),
        _columns(
            "experiment_id* name started_at:timestamp ended_at:timestamp variants:json primary_metric unit"
        ),
        occurred="started_at",
        may_be_planned=True,
    ),
    Entity(
        "exposures",
        ("experiment_id", "unit_id"),
        _columns("experiment_id* unit_id* variant* exposed_at:timestamp* user_id anonymous_id"),
        mutable=False,
        occurred="exposed_at",
        one_of=("user_id", "anonymous_id"),
    ),
    Entity(
        "consents",
        ("user_id", "purpose", "changed_at"),
        _columns(
            "user_id* purpose* changed_at:timestamp* status* policy_version channel",
            {"purpose": PURPOSES, "status": CONSENT_STATUSES},
        ),
        mutable=False,
        occurred="changed_at",
    ),
)

ENTITIES: Mapping[str, Entity] = MappingProxyType({entity.name: entity for entity in _ALL})
