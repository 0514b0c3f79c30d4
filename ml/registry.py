"""Model files: one `.skops` and one JSON card per version, checked before anything is read.

A version is the hash of what made the model, so the same data never trains twice. A file is
opened only when its bytes are the ones its card recorded, and only types named in advance are
built from it: no pickle, and no list taken from the file itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ml.spec import Frames, ModelSpec, Trained

#: Texts hashed at a time: a million keys in one string, and its bytes, would stand beside the rows.
_TEXTS = 50_000
_VERSION = re.compile(r"[0-9a-f]{16}")
# Headers of arrays are parsed as Python, which 3.11 may not do in two threads at a time (cpython 106905).
_ONE_READER = threading.Lock()


class ModelFileError(Exception):
    """A model file that may not be used; the message names it and the way out."""


class ModelMissingError(ModelFileError):
    """No such version, or only half of it."""


class ModelAlteredError(ModelFileError):
    """The bytes are not those the card recorded."""


class ModelUntrustedError(ModelFileError):
    """The file asks for types outside the model's list."""


@dataclass(frozen=True)
class Fitted:
    """What :func:`fit_or_load` gives: the model, and whether it was trained just now."""

    trained: Trained
    is_new: bool


def version_of(spec: ModelSpec, frames: Frames, settings: Mapping[str, Any]) -> str:
    """Content hash of the model's code revision, parameters, libraries and training rows."""
    import sklearn

    recipe = {
        "name": spec.name,
        "revision": spec.revision,
        "parameters": spec.parameters(settings),
        "scikit-learn": sklearn.__version__,
        "numpy": np.__version__,
    }
    digest = hashlib.sha256(json.dumps(recipe, sort_keys=True, default=str).encode())
    rows = spec.select(frames, settings)
    for name in rows.columns:
        column = rows[name]
        digest.update(f"\n{name}\n".encode())
        if pd.api.types.is_numeric_dtype(column.dtype):
            numbers = column.to_numpy(dtype="float64", na_value=np.nan) + 0.0
            numbers[np.isnan(numbers)] = np.nan
            digest.update(np.ascontiguousarray(numbers).tobytes())
        else:
            texts, between = column.astype(str), ""
            for start in range(0, len(texts), _TEXTS):
                # A column of Arrow's hands out its texts one by one; an array is joined as it lies.
                some = texts.iloc[start : start + _TEXTS].to_numpy()
                digest.update((between + "\x1f".join(some)).encode())
                between = "\x1f"
    return digest.hexdigest()[:16]


def fit_or_load(spec: ModelSpec, folder: Path, frames: Frames, settings: Mapping[str, Any]) -> Fitted:
    """The model of this data: read when it is there, else trained and kept.

    A half-written or altered version is trained again; one that asks for foreign types is not
    passed over, because somebody put it there.
    """
    version = version_of(spec, frames, settings)
    try:
        return Fitted(load(spec, folder, version), is_new=False)
    except (ModelMissingError, ModelAlteredError):
        trained = replace(spec.train(frames, settings), version=version)
        save(spec, folder, trained)
        return Fitted(trained, is_new=True)


def save(spec: ModelSpec, folder: Path, trained: Trained) -> Path:
    """Write the model, then its card, each whole or not at all; returns the model file."""
    import skops.io

    if not _VERSION.fullmatch(trained.version):
        raise ValueError(f"{spec.name}: {trained.version!r} is no version; take it from version_of")
    home = folder / spec.name
    home.mkdir(parents=True, exist_ok=True)
    data = skops.io.dumps(trained.model)
    card = {
        "name": trained.name,
        "version": trained.version,
        "method": trained.method,
        "sha256": hashlib.sha256(data).hexdigest(),
        "metrics": trained.metrics.astype(object).where(trained.metrics.notna(), None).to_dict("records"),
        "card": trained.card,
    }
    model_file = home / f"{trained.version}.skops"
    _write(model_file, data)
    _write(model_file.with_suffix(".json"), json.dumps(card, indent=1, ensure_ascii=False).encode())
    return model_file


def load(spec: ModelSpec, folder: Path, version: str) -> Trained:
    """Read one version.

    Raises
    ------
    ModelMissingError, ModelAlteredError, ModelUntrustedError
        See the classes; all are :class:`ModelFileError`.
    """
    import skops.io

    described, data = _checked(spec, folder, version)
    where = f"{spec.name}/{version}.skops"
    try:
        with _ONE_READER:
            foreign = sorted(set(skops.io.get_untrusted_types(data=data)) - set(spec.trusted))
            if foreign:
                raise ModelUntrustedError(
                    f"{where}: holds {len(foreign)} types no {spec.name} model has, such as {foreign[0]}"
                )
            model = skops.io.loads(data, trusted=list(spec.trusted))
    except ModelFileError:
        raise
    except Exception as broken:
        raise ModelUntrustedError(f"{where}: cannot be read as a {spec.name} model: {broken}") from broken
    if not isinstance(model, dict):
        raise ModelUntrustedError(f"{where}: holds a {type(model).__name__}, not a {spec.name} model")
    return replace(described, model=model)


def describe(spec: ModelSpec, folder: Path, version: str) -> Trained:
    """One version as its card tells it, its file checked but not opened: `model` is empty.

    Opening a model imports the library that made it, for seconds; a night that neither trains nor
    scores need not. Raises :class:`ModelMissingError` and :class:`ModelAlteredError` as `load` does.
    """
    return _checked(spec, folder, version)[0]


def _checked(spec: ModelSpec, folder: Path, version: str) -> tuple[Trained, bytes]:
    if not _VERSION.fullmatch(version):
        raise ModelMissingError(f"{spec.name}: {version!r} is no version")
    model_file = folder / spec.name / f"{version}.skops"
    where = f"{spec.name}/{model_file.name}"
    try:
        card = json.loads(model_file.with_suffix(".json").read_bytes())
        data = model_file.read_bytes()
    except FileNotFoundError as missing:
        raise ModelMissingError(f"{where}: not there with its card; train it again") from missing
    except ValueError as broken:
        raise ModelAlteredError(f"{where}: its card is not JSON; delete both, train again") from broken
    if not isinstance(card, dict) or (card.get("name"), card.get("version")) != (spec.name, version):
        raise ModelAlteredError(f"{where}: its card is another model's; delete both, train again")
    if hashlib.sha256(data).hexdigest() != card.get("sha256"):
        raise ModelAlteredError(f"{where}: not the bytes its card recorded; delete both, train again")
    metrics = pd.DataFrame(card.get("metrics", []), columns=["metric", "value", "baseline_value"])
    described = Trained(
        name=spec.name,
        model={},
        method=str(card.get("method", "")),
        metrics=metrics.astype({"value": "float64", "baseline_value": "float64"}),
        card=dict(card.get("card", {})),
        version=version,
    )
    return described, data


def _write(path: Path, data: bytes) -> None:
    """Beside, fsync, rename: a reader sees the old file or the new one."""
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
