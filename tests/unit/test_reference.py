"""The reference pages name every setting, option, variable and public table, with its true default."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from data_quality import validate
from orchestration.environment import PREFIX, Environment
from orchestration.experiments import ExperimentRules, Metric
from orchestration.feedback import Topic
from orchestration.funnels import Funnel, Step
from orchestration.identity import Identity
from orchestration.ingestion.document import Document, Source, Target
from orchestration.rules import Action
from orchestration.settings import Settings
from orchestration.tags import Tag, Tagged

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REQUIRED = "required"


def _table(page: str, heading: str) -> dict[str, str]:
    """First and second column of the table under a heading, without their backticks."""
    text = (DOCS / page).read_text(encoding="utf-8")
    section = re.split(rf"^## {re.escape(heading)}$", text, flags=re.MULTILINE)[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+) \|$", section, re.MULTILINE)
    assert all(meaning for _, _, meaning in rows)
    return {name: second.strip("`") for name, second, _ in rows}


def _defaults(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    """Every key of a typed document with its default, keys inside a group dotted."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            found |= _defaults(type(default), f"{prefix}{name}.")
        else:
            found[prefix + name] = REQUIRED if default is PydanticUndefined else default
    return found


def _read(written: dict[str, str]) -> dict[str, Any]:
    return {name: REQUIRED if text == REQUIRED else yaml.safe_load(text) for name, text in written.items()}


def _as_yaml(defaults: dict[str, Any]) -> dict[str, Any]:
    return {name: yaml.safe_load(yaml.safe_dump(_plain(default))) for name, default in defaults.items()}


def _plain(default: Any) -> Any:
    """A default in the types a YAML file has."""
    if isinstance(default, dict):
        return {key: _plain(value) for key, value in default.items()}
    return default.model_dump(mode="json") if isinstance(default, BaseModel) else default


@pytest.mark.parametrize(
    ("page", "heading", "model"),
    [
        ("settings.md", "settings.yml", Settings),
        ("settings.md", "actions.yml", Action),
        ("settings.md", "funnels.yml", Funnel),
        ("settings.md", "A step of funnels.yml", Step),
        ("settings.md", "experiments.yml", ExperimentRules),
        ("settings.md", "A metric of experiments.yml", Metric),
        ("settings.md", "feedback.yml", Topic),
        ("settings.md", "identity.yml", Identity),
        ("feeds.md", "The feed", Document),
        ("feeds.md", "source", Source),
    ],
)
def test_every_option_is_described_with_its_default(page: str, heading: str, model: type[BaseModel]) -> None:
    assert _read(_table(page, heading)) == _as_yaml(_defaults(model))


def test_every_key_of_a_tag_is_described_with_its_default() -> None:
    kinds: dict[str, Any] = {}
    for model in get_args(get_args(Tag)[0]):
        (kind,) = get_args(model.model_fields["kind"].annotation)
        own = set(model.model_fields) - set(Tagged.model_fields) - {"kind"}
        kinds |= {f"{kind}.{name}": value for name, value in _defaults(model).items() if name in own}
    assert _read(_table("settings.md", "tags.yml")) == _as_yaml(
        _defaults(Tagged) | {"kind": REQUIRED} | kinds
    )


def test_what_stands_below_entities_may_stand_beside_entity() -> None:
    assert set(Target.model_fields) <= set(Document.model_fields)


def test_every_environment_variable_is_described_with_its_default() -> None:
    # What the project sets for its own child tools is nobody's to set.
    own = {"warehouse", "marts", "dbt_target"}
    wanted = {f"{PREFIX}{f.name.upper()}": f.default for f in fields(Environment) if f.name not in own}
    found = _table("settings.md", "Environment variables")
    assert {name: None if text == "null" else text for name, text in found.items()} == wanted


def test_every_reason_described_is_one_that_is_given() -> None:
    source = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "orchestration/ingestion").glob("*.py"))
    reasons = _table("feeds.md", "Reasons")
    assert {reason for reason in reasons if not re.search(rf"['\"]{reason}['\"|]", source)} == set()


def test_every_public_table_has_its_place_in_the_dictionary() -> None:
    listed = set(_table("dictionary.md", "Public tables"))
    assert listed == {table for layer, table in validate.suite_keys() if layer == "published"}
