"""A tenant: all that is one company's own, as typed YAML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from orchestration import environment
from orchestration.errors import Unusable

Status = Literal["granted", "withdrawn"]
PURPOSES = (
    "analytics",
    "personalisation",
    "marketing_email",
    "marketing_sms",
    "marketing_push",
    "profiling",
    "sharing",
)


class TenantError(Unusable):
    """A tenant folder is missing, unreadable, or says something that is not understood."""


class Strict(BaseModel):
    """Unknown keys are refused: a misspelt setting must not be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not an IANA time zone, such as Asia/Shanghai")
    return name


class Lifecycle(Strict):
    """Day counts of the life-cycle states."""

    new_days: int = Field(14, ge=1, description="days after the first core action")
    active_days: int = Field(14, ge=1, description="days since the last core action")
    dormant_days: int = Field(60, ge=2, description="silent longer than this is churned")
    resurrected_silent_days: int = Field(60, ge=2, description="silence before a come-back")
    resurrected_days: int = Field(14, ge=1, description="days a come-back is called resurrected")


class Activation(Strict):
    """The rule that makes a person activated."""

    events: list[str] = Field(default_factory=list, description="event names; empty = core actions")
    at_least: int = Field(1, ge=1, description="how many of them")
    within_days: int = Field(7, ge=1, description="days after first seen")


class Churn(Strict):
    """What churn means here, and how often the model learns."""

    horizon_days: int = Field(30, ge=7, description="H: no core action in (t, t+H] is churn")
    lookback_days: int = Field(90, ge=7, description="active within this is eligible")
    snapshots: int = Field(6, ge=2, le=24, description="past cut-offs the model trains on")
    retrain: Literal["nightly", "weekly", "monthly"] = "weekly"


class Settings(Strict):
    """One company's settings; every value has a default and a meaning."""

    name: str = Field("", description="shown to people; default: the folder's name")
    name_zh: str = ""
    owner: str = Field("data@example.test", description="who is asked about the assets")
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
    view_events: list[str] = Field(default_factory=lambda: ["page_view", "screen_view"])
    conversion_events: list[str] = Field(default_factory=lambda: ["purchase", "order_placed"])
    session_gap_minutes: int = Field(30, ge=1)
    session_cap_hours: int = Field(24, ge=1)
    trust_source_sessions: list[str] = Field(default_factory=list, description="feeds")
    engaged_seconds: int = Field(10, ge=0)
    engaged_views: int = Field(2, ge=1)
    lifecycle: Lifecycle = Lifecycle()
    activation: Activation = Activation()
    churn: Churn = Churn()
    consent_defaults: dict[str, Status] = Field(
        default_factory=dict, description="status of a purpose nobody recorded"
    )
    generations_kept: int = Field(7, ge=1, description="published files kept for roll-back")

    def consent(self) -> dict[str, Status]:
        """The default status of all seven purposes."""
        granted = {"analytics", "personalisation"}
        base: dict[str, Status] = {p: "granted" if p in granted else "withdrawn" for p in PURPOSES}
        return base | self.consent_defaults


@dataclass(frozen=True)
class Tenant:
    """A tenant's folder, its settings and its rules."""

    name: str
    folder: Path
    settings: Settings
    actions: list[dict[str, object]]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.business_time_zone)

    def resolve_as_of(self, text: str | None, now: datetime) -> date:
        """The business day a build describes: as asked, else the tenant's default.

        Raises
        ------
        TenantError
            The text is not a day, or the day lies before the tenant's first.
        """
        default = self.settings.default_as_of
        if text:
            try:
                day = date.fromisoformat(text)
            except ValueError as error:
                raise TenantError(f"AS_OF={text} is not a day such as 2026-06-30") from error
        elif isinstance(default, date):
            day = default
        else:
            day = now.astimezone(self.zone).date() - timedelta(days=1)
        if day < self.settings.first_day:
            raise TenantError(
                f"AS_OF={day} lies before first_day {self.settings.first_day} in "
                f"{self.folder.name}/settings.yml"
            )
        if day >= now.astimezone(self.zone).date():
            raise TenantError(f"AS_OF={day} has not ended yet in {self.settings.business_time_zone}")
        return day

    def end_of(self, day: date) -> datetime:
        """The naive UTC instant at which a business day ends (exclusive)."""
        midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), self.zone)
        return midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    def landing_folder(self, data: Path, override: str | None) -> Path:
        """Where the landing files lie: as asked, else as the settings say, else in DATA."""
        if override:
            return Path(override).resolve()
        if self.settings.landing:
            return (self.folder / self.settings.landing).resolve()
        return data / "landing"


def find(name_or_folder: str) -> Path:
    """The folder of a tenant given by name or by path.

    Raises
    ------
    TenantError
        Neither a shipped tenant nor a readable folder with a ``feeds`` folder.
    """
    shipped = environment.PROJECT_ROOT / "tenants" / name_or_folder
    is_name = name_or_folder and "/" not in name_or_folder and name_or_folder not in (".", "..")
    try:
        folder = shipped if is_name and shipped.is_dir() else Path(name_or_folder).resolve()
        if not folder.is_dir():
            known = sorted(p.name for p in (environment.PROJECT_ROOT / "tenants").iterdir() if p.is_dir())
            raise TenantError(
                f"tenant {name_or_folder!r}: no such folder; give a folder or one of {', '.join(known)}"
            )
        feeds = folder / "feeds"
        if not feeds.is_dir() or not any(p.suffix in (".yml", ".yaml") for p in feeds.iterdir()):
            raise TenantError(f"tenant {folder.name!r} has no feeds: put one YAML per source in feeds/")
    except (OSError, RuntimeError) as error:
        raise TenantError(f"tenant {name_or_folder!r} cannot be read: {error}") from error
    return folder


def load(name_or_folder: str) -> Tenant:
    """Read a tenant's folder.

    Raises
    ------
    TenantError
        Names the file, the line where YAML is malformed, the key and what was expected.
    """
    folder = find(name_or_folder)
    settings = _settings(folder / "settings.yml")
    return Tenant(folder.name, folder, settings, _actions(folder / "actions.yml"))


def _actions(path: Path) -> list[dict[str, object]]:
    found = _read(path)
    rules = found.get("actions", []) if isinstance(found, dict) else found
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise TenantError(f"{path.name}: expected a list of rules, each of key: value")
    return rules


def _settings(path: Path) -> Settings:
    found = _read(path)
    if not isinstance(found, dict):
        raise TenantError(f"{path.name}: expected settings as key: value")
    try:
        return Settings.model_validate({"name": path.parent.name} | found)
    except ValidationError as error:
        first = error.errors()[0]
        keys = [str(part) for part in first["loc"]]
        said = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        line = _line_of(path, keys)
        raise TenantError(f"{path.name}, line {line}: {'.'.join(keys)}: {said}") from error


def _line_of(path: Path, keys: list[str]) -> int:
    """The line of a nested key: each part is looked for below the one that holds it."""
    found = 0
    lines = path.read_text(encoding="utf-8").splitlines()
    for key in keys:
        rest = range(found, len(lines))
        found = next((n + 1 for n in rest if lines[n].lstrip().startswith(f"{key}:")), found)
    return max(found, 1)


def _read(path: Path) -> object:
    try:
        if not path.exists():
            return {}
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TenantError(f"{path.name} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", error)
        raise TenantError(f"{path.name}{where}: not valid YAML: {problem}") from error
    return {} if found is None else found
