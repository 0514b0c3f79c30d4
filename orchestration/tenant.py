"""A tenant: all that is one company's own, as typed YAML."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from orchestration import environment, wording
from orchestration.errors import Unusable
from orchestration.experiments import ExperimentRules
from orchestration.feedback import FeedbackRules
from orchestration.funnels import FunnelRules
from orchestration.identity import Identity
from orchestration.ingestion import located
from orchestration.ingestion.errors import FeedError
from orchestration.rules import ActionRules
from orchestration.settings import Settings
from orchestration.tag_plan import TagError, plan
from orchestration.tags import TagRules


class TenantError(Unusable):
    """A tenant folder is missing, unreadable, or says something that is not understood."""


@dataclass(frozen=True)
class Tenant:
    """A tenant's folder, its settings, rules and funnels."""

    name: str
    folder: Path
    settings: Settings
    actions: list[dict[str, object]]
    tags: list[dict[str, object]] = field(default_factory=list)
    tag_history_days: int = 90
    funnels: list[dict[str, object]] = field(default_factory=list)
    identity: Identity = field(default_factory=Identity)
    experiments: dict[str, Any] = field(default_factory=lambda: ExperimentRules().rendered())
    topics: list[dict[str, object]] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.business_time_zone)

    def event_names(self) -> dict[str, str]:
        """The events that what the company wrote names, each with the files that name it."""
        wrote = self.settings.model_dump(exclude_unset=True)
        given = {
            "settings.yml": {key: wrote[key] for key in wrote if key.endswith("_events")}
            | {"core_actions": {"events": wrote.get("core_actions", [])}}
            | {key: wrote.get(key) for key in ("activation", "feedback")},
            "tags.yml": self.tags,
            "funnels.yml": self.funnels,
            "experiments.yml": self.experiments,
        }
        named: dict[str, list[str]] = {}
        for file, rules in given.items():
            for name in sorted(_events_in(rules)):
                named.setdefault(name, []).append(file)
        return {name: " and ".join(files) for name, files in named.items()}

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


def _events_in(rules: object, key: str = "") -> set[str]:
    """The names under `event`, `events` and `…_events`, however deep."""
    if isinstance(rules, Mapping):
        return {name for inner, value in rules.items() for name in _events_in(value, str(inner))}
    if isinstance(rules, list | tuple):
        return {name for value in rules for name in _events_in(value, key)}
    is_event = key in ("event", "events") or key.endswith("_events")
    return {rules} if is_event and isinstance(rules, str) else set()


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


RULES = ("settings", "actions", "tags", "funnels", "identity", "experiments", "feedback")


def _refuse_unread(folder: Path) -> None:
    """A YAML nobody reads is a rule somebody believes in."""
    rules = [f"{name}.yml" for name in RULES]
    for path in sorted(folder.glob("*")):
        if _is_yaml(path) and path.name not in rules:
            raise TenantError(f"{path.name}: nobody reads it; rename it to one of {', '.join(rules)}")
    feeds = folder / "feeds"
    for path in sorted(feeds.rglob("*")):
        if _is_yaml(path) and (path.parent != feeds or path.suffix not in (".yml", ".yaml")):
            raise TenantError(
                f"{path.relative_to(folder)}: nobody reads it; name it feeds/{path.stem.lower()}.yml"
            )


def _is_yaml(path: Path) -> bool:
    is_shown = not path.name.startswith(".")
    return is_shown and path.suffix.lower() in (".yml", ".yaml") and path.is_file()


def check_named_feeds(folder: Path, known: Collection[str]) -> None:
    """Refuse rules that name a feed the tenant does not have.

    Raises
    ------
    TenantError
        Names the file, the line and the feeds there are.
    """
    for name, key in (("settings", "trust_source_sessions"), ("tags", "tags")):
        path = folder / f"{name}.yml"
        if not path.exists():
            continue
        found = located.read(path)
        listed = (found.data.get(key) if isinstance(found.data, dict) else None) or []
        for place, one in enumerate(listed):
            is_tag = isinstance(one, dict)
            feed = one.get("feed") if is_tag and one.get("kind") == "imported" else None if is_tag else one
            if feed is not None and feed not in known:
                where = (key, place, "feed") if is_tag else (key, place)
                raise TenantError(
                    f"{path.name}, line {found.line(where)}: there is no feed {feed!r}; "
                    f"this tenant has {', '.join(sorted(known))}"
                )


def _check_retrained(path: Path, retrain: Collection[str]) -> None:
    """Refuse a pace of a model there is not, or of one that has none of its own."""
    if not retrain:
        return
    from ml import catalogue

    known = [name for name, spec in catalogue.specs().items() if spec.is_anchored]
    for name in retrain:
        if name not in known:
            raise TenantError(
                f"{path.name}, line {located.read(path).line(('retrain', name))}: there is no model {name!r}"
                f" that learns at a pace of its own; those that do are {', '.join(known)}"
            )


def load(name_or_folder: str) -> Tenant:
    """Read a tenant's folder.

    Raises
    ------
    TenantError
        Names the file, the line, the key and what was expected.
    """
    folder = find(name_or_folder)
    _refuse_unread(folder)
    settings = _typed(folder / "settings.yml", Settings)
    _check_retrained(folder / "settings.yml", settings.retrain)
    rules = _typed(folder / "actions.yml", ActionRules)
    tags = _typed(folder / "tags.yml", TagRules)
    funnels = _typed(folder / "funnels.yml", FunnelRules)
    return Tenant(
        folder.name,
        folder,
        settings if settings.name else settings.model_copy(update={"name": folder.name}),
        [rule.model_dump(mode="json") for rule in rules.actions],
        _planned(folder / "tags.yml", tags),
        tags.history_days,
        [funnel.rendered() for funnel in funnels.funnels],
        _typed(folder / "identity.yml", Identity),
        _typed(folder / "experiments.yml", ExperimentRules).rendered(),
        [one.model_dump(mode="json") for one in _typed(folder / "feedback.yml", FeedbackRules).topics],
    )


def _planned(path: Path, tags: TagRules) -> list[dict[str, object]]:
    """The tags in the order they can be computed; what does not fit together names its line."""
    try:
        return plan(tags)
    except TagError as error:
        line = located.read(path).line(error.path)
        raise TenantError(f"{path.name}, line {line}: {error.problem}") from error


Model = TypeVar("Model", bound=BaseModel)


def _typed(path: Path, model: type[Model]) -> Model:
    """A YAML file as a typed model; a file that is not there is one that says nothing."""
    if not path.exists():
        return model()
    try:
        found = located.read(path)
    except FeedError as error:
        raise TenantError(str(error)) from error
    data = {} if found.data is None else found.data
    if isinstance(data, list) and "actions" in model.model_fields:
        data, prefix = {"actions": data}, 1
    else:
        prefix = 0
    if not isinstance(data, dict):
        raise TenantError(f"{path.name}, line 1: expected {path.stem} as key: value")
    try:
        typed = model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        loc = (*first["loc"], "kind") if first["type"] == "union_tag_invalid" else first["loc"]
        place = _written(found, loc[prefix:])
        key = ".".join(str(part) for part in place) or path.stem
        said = wording.of(first, model)
        raise TenantError(f"{path.name}, line {found.line(place)}: {key}: {said}") from error
    if isinstance(typed, FunnelRules | ExperimentRules):
        for place, said in typed.faults():
            key = ".".join(str(part) for part in place)
            raise TenantError(f"{path.name}, line {found.line(place)}: {key}: {said}")
    return typed


def _written(found: located.Located, place: located.Path_) -> located.Path_:
    """A place as the file has it: pydantic also names the variant of a union, which is an entry's kind."""
    kept: located.Path_ = ()
    data: object = found.data
    for number, part in enumerate(place):
        if isinstance(data, dict) and isinstance(place[number - 1], int) and data.get("kind") == part:
            continue
        if (*kept, part) in found.lines or number == len(place) - 1:
            kept = (*kept, part)
            data = _inside(data, part)
    return kept


def _inside(data: object, part: str | int) -> object:
    if isinstance(data, dict):
        return data.get(part)
    return data[part] if isinstance(data, list) and isinstance(part, int) else None
