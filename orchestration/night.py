"""A night: one tenant, one as-of day, and where its state lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from orchestration import environment, tenant
from orchestration.ingestion.feed import Feed, load_feeds
from orchestration.warehouse import Warehouse

# Settings that lie in a group reach dbt as one variable each, such as lifecycle_new_days.
GROUPS = (
    "lifecycle",
    "activation",
    "retention",
    "paths",
    "acquisition",
    "attribution",
    "baskets",
    "subscriptions",
    "feedback",
    "churn",
    "drift",
    "value",
    "recommendations",
)

# What is counted of an experiment; what is concluded from the counts is not dbt's.
_COUNTED_BY = ("metrics", "segments", "cuped_days")


@dataclass(frozen=True)
class Night:
    """Everything a step needs to know; made from the environment and a partition key."""

    tenant: tenant.Tenant
    as_of: date
    data: Path
    landing: Path

    @property
    def as_of_end(self) -> datetime:
        """The naive UTC instant at which the as-of day ends (exclusive)."""
        return self.tenant.end_of(self.as_of)

    @cached_property
    def feeds(self) -> list[Feed]:
        folder = self.tenant.folder / "feeds"
        files = ((path.name, path.stat()) for path in sorted(folder.glob("*")))
        return list(_feeds(folder, tuple((name, now.st_mtime_ns, now.st_size) for name, now in files)))

    @property
    def entities(self) -> frozenset[str]:
        """The contract entities this tenant delivers."""
        return frozenset(entity for feed in self.feeds for entity in feed.entities)

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.data)

    @property
    def models(self) -> Path:
        return self.data / "models"

    def anchor(self, model: str) -> date:
        """A model's last retraining boundary at or before the as-of day.

        Models train on snapshots counted back from it, so nights between two boundaries score
        with the same model, whatever the order in which the nights were built.
        """
        settings = self.tenant.settings
        cadence = settings.retrain.get(model, settings.churn.retrain)
        if cadence == "monthly":
            return self.as_of.replace(day=1)
        if cadence == "weekly":
            return self.as_of - timedelta(days=self.as_of.weekday())
        return self.as_of

    @property
    def compared_day(self) -> date:
        """The earlier day that scores and features are compared with."""
        return self.as_of - timedelta(days=self.tenant.settings.drift.days)

    def learned_days(self, model: str) -> list[date]:
        """The days whose rows a model may be shown to learn from: its own cut-offs, and tonight.

        Snapshots of other days are there to be compared with, or for models of another pace: what a
        model learns from, and so its version, must not follow those.
        """
        churn, anchor = self.tenant.settings.churn, self.anchor(model)
        cut_offs = [anchor - timedelta(days=churn.horizon_days * step) for step in range(churn.snapshots + 1)]
        return sorted({*cut_offs, self.as_of})

    @property
    def snapshot_anchors(self) -> list[date]:
        """The boundaries that snapshots are counted back from, of all models that learn from them."""
        if not self.tenant.settings.retrain:
            return [self.anchor("")]
        from ml import catalogue

        return sorted({self.anchor(name) for name, spec in catalogue.specs().items() if spec.reads_snapshots})

    def dbt_variables(self) -> Mapping[str, object]:
        """The tenant's settings and rules as dbt variables."""
        settings = self.tenant.settings
        flat = settings.model_dump(mode="json", exclude={*GROUPS, "consent_defaults"})
        for group in GROUPS:
            values = getattr(settings, group).model_dump(mode="json")
            flat |= {f"{group}_{key}": value for key, value in values.items()}
        return flat | {
            "as_of": self.as_of.isoformat(),
            "as_of_end": self.as_of_end.isoformat(sep=" "),
            "snapshot_anchors": [day.isoformat() for day in self.snapshot_anchors],
            "reach_anchor": self.anchor("reach").isoformat(),
            "consent_defaults": settings.consent(),
            "actions": self.tenant.actions,
            "tags": self.tenant.tags,
            "tag_history_days": self.tenant.tag_history_days,
            "funnels": self.tenant.funnels,
            "experiments": {name: self.tenant.experiments[name] for name in _COUNTED_BY},
            "identity": self.tenant.identity.model_dump(mode="json"),
        }


@lru_cache(maxsize=1)
def _feeds(folder: Path, _as_they_are: tuple[tuple[str, int, int], ...]) -> list[Feed]:
    """A tenant's feeds, read anew when a file changed; each step of a night makes its own Night."""
    found = load_feeds(folder)
    tenant.check_named_feeds(folder.parent, [feed.name for feed in found])
    return found


@lru_cache(maxsize=1)
def current_tenant() -> tenant.Tenant:
    """The tenant of this code location."""
    return tenant.load(environment.read().tenant)


def of(as_of: str | date | None) -> Night:
    """The night of a partition key, in the tenant and data folder the environment names.

    Raises
    ------
    orchestration.tenant.TenantError
        The tenant or the day is not understood.
    """
    found = environment.read()
    owner = current_tenant()
    text = as_of.isoformat() if isinstance(as_of, date) else as_of
    day = owner.resolve_as_of(text or found.as_of, datetime.now(UTC))
    data = found.data_folder(owner.name)
    return Night(owner, day, data, owner.landing_folder(data, found.landing))
