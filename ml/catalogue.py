"""Finds the models: every folder here that exports SPEC, in order of name."""

from __future__ import annotations

import importlib
import pkgutil

import ml
from ml.spec import ModelSpec


def specs() -> dict[str, ModelSpec]:
    """Every model's SPEC by name.

    Raises
    ------
    TypeError
        When a folder exports no SPEC, or one under another name than its own.
    """
    found: dict[str, ModelSpec] = {}
    for entry in sorted(pkgutil.iter_modules(ml.__path__), key=lambda one: one.name):
        if not entry.ispkg:
            continue
        spec = getattr(importlib.import_module(f"ml.{entry.name}"), "SPEC", None)
        if not isinstance(spec, ModelSpec) or spec.name != entry.name:
            raise TypeError(f"ml/{entry.name}/__init__.py: export SPEC, a ModelSpec named {entry.name!r}")
        found[spec.name] = spec
    return found
