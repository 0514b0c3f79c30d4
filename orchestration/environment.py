"""The environment a process runs in: the only module that reads environment variables.

Every variable the project understands is listed in `Environment`; anything else that starts with
``USEROPS_`` is refused, so a misspelt setting cannot be silently ignored.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from pathlib import Path

from orchestration.errors import Unusable

PREFIX = "USEROPS_"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
KINDS = ("local", "ci", "production")

QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "GX_ANALYTICS_ENABLED": "false",
}

# A night plans some 700 tables and checks before it begins: Dagster stores them in one transaction.
EVENT_BATCH_SIZE = ("DAGSTER_EVENT_BATCH_SIZE", "1000")


class UnknownVariable(Unusable):
    """The environment names something this project does not know."""


@dataclass(frozen=True)
class Environment:
    """What a caller may set from outside; secrets never show in a repr."""

    environment: str = "local"
    tenant: str = "demo"
    data: str | None = None
    landing: str | None = None
    as_of: str | None = None
    pseudonym_key: str | None = field(default=None, repr=False)
    webhook_url: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    alert_email: str | None = None
    ui_host: str = "127.0.0.1"
    behind_authenticating_proxy: str = "no"
    rebuild: str = "no"
    threads: str = "2"
    memory_limit: str = "2GB"
    # Set by the project itself for its child tools, never by a person.
    warehouse: str | None = None
    marts: str | None = None
    dbt_target: str | None = None

    def data_folder(self, tenant_name: str) -> Path:
        """The folder that holds all state of a tenant (absolute)."""
        return Path(self.data).resolve() if self.data else PROJECT_ROOT / "data" / tenant_name


def read(variables: dict[str, str] | None = None) -> Environment:
    """Read the environment, refusing unknown names and kinds.

    Raises
    ------
    UnknownVariable
        An unknown ``USEROPS_`` variable, or a kind of environment that is not listed.
    """
    source = dict(os.environ) if variables is None else variables
    known = {PREFIX + item.name.upper(): item.name for item in fields(Environment)}
    unknown = sorted(name for name in source if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise UnknownVariable(f"unknown variable {unknown[0]}: known are {', '.join(sorted(known))}")
    values = {known[name]: value for name, value in source.items() if name in known and value}
    found = Environment(**values)
    if found.environment not in KINDS:
        raise UnknownVariable(f"{PREFIX}ENVIRONMENT={found.environment} is not one of {', '.join(KINDS)}")
    return found


def is_given(name: str) -> bool:
    """Whether a listed variable was set from outside, be it to its default."""
    return bool(os.environ.get(PREFIX + name.upper()))


def write(name: str, value: str | Path) -> None:
    """Set one listed variable for this process and its children."""
    if name not in {item.name for item in fields(Environment)}:
        raise UnknownVariable(f"{name} is not a variable of this project")
    os.environ[PREFIX + name.upper()] = str(value)


def silence_telemetry(dagster_home: Path | None = None) -> None:
    """Turn every library's reporting off before it is imported."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if dagster_home is not None:
        os.environ["DAGSTER_HOME"] = str(dagster_home)
        os.environ.setdefault(*EVENT_BATCH_SIZE)
