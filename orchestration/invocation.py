"""The make command that does something with tonight's tenant and folders, as a person would type it."""

from __future__ import annotations

import shlex

from orchestration import environment
from orchestration.night import Night

_SHIPPED = environment.PROJECT_ROOT / "tenants"


def make(night: Night, name: str, *arguments: str) -> str:
    """`make name`, with the tenant and folders of a night where they are not those make takes unasked."""
    owner = night.tenant
    shipped = owner.folder.parent == _SHIPPED
    given = {
        "TENANT": ("" if owner.folder.name == "demo" else owner.folder.name) if shipped else owner.folder,
        "DATA": "" if night.data == environment.Environment().data_folder(owner.name) else night.data,
        "LANDING": "" if night.landing == owner.landing_folder(night.data, None) else night.landing,
    }
    values = [f"{key}={shlex.quote(str(value))}" for key, value in given.items() if value]
    return " ".join(["make", name, *values, *arguments])
