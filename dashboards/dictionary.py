"""What each column and metric means, read from where it is defined: the models' YAML and the metrics."""

from __future__ import annotations

from functools import cache

import yaml

from metrics import definitions
from orchestration.environment import PROJECT_ROOT

MODELS = PROJECT_ROOT / "dbt_project" / "models"


@cache
def columns() -> dict[str, dict[str, str]]:
    """`table` and `table.column` to their description in English and Chinese."""
    found: dict[str, dict[str, str]] = {}
    # Of a name that a model publishes as it was given, the model's words are the public ones.
    for path in sorted(MODELS.rglob("*.yml"), key=lambda path: path.parent.name != "sources"):
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        described = document.get("models", []) + [t for s in document.get("sources", []) for t in s["tables"]]
        for model in described:
            found[model["name"]] = _both(model)
            for column in model.get("columns", []):
                found[f"{model['name']}.{column['name']}"] = _both(column)
    return found


def _both(described: dict[str, object]) -> dict[str, str]:
    english = " ".join(str(described.get("description", "")).split())
    config = described.get("config")
    meta = config.get("meta", {}) if isinstance(config, dict) else {}
    return {"en": english, "zh": " ".join(str(meta.get("description_zh", english)).split())}


def definition(name: str, language: str) -> str:
    """The meaning of a metric or of `table.column`.

    Raises
    ------
    KeyError
        Neither is defined anywhere.
    """
    layer = definitions.load()
    if name in layer.metrics:
        return layer.metrics[name].description[language]
    return columns()[name][language]
