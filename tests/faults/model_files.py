"""Hostile model files: none is ever opened that is not the one its card records, of types named before."""

from __future__ import annotations

import hashlib
import json
import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import skops.io

from ml import registry
from ml.spec import ModelSpec, Trained
from tests.faults.row import Harm, Try

VERSION = "0123456789abcdef"


def _nothing(*_: Any, **__: Any) -> Any:
    raise AssertionError("a hostile model was used")


SPEC = ModelSpec(
    name="prey",
    purpose="profiling",
    needs=(),
    tables={},
    select=_nothing,
    train=_nothing,
    score=_nothing,
    parameters=_nothing,
    revision=1,
)


class _Runs:
    """Unpickled, it makes a file."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self.made,)


def _replaced(make: Callable[[Path], bytes], *, with_card: bool) -> Callable[[Path, Path], None]:
    """Other bytes in the file's place, and in its card too when whoever did it could write there."""

    def spoil(file: Path, made: Path) -> None:
        data = make(made)
        file.write_bytes(data)
        if with_card:
            card = json.loads(file.with_suffix(".json").read_text())
            file.with_suffix(".json").write_text(
                json.dumps(card | {"sha256": hashlib.sha256(data).hexdigest()})
            )

    return spoil


def _card(**changed: object) -> Callable[[Path, Path], None]:
    def spoil(file: Path, _: Path) -> None:
        card = json.loads(file.with_suffix(".json").read_text())
        file.with_suffix(".json").write_text(json.dumps(card | changed))

    return spoil


def _bit(file: Path, _: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _pickled(made: Path) -> bytes:
    return pickle.dumps(_Runs(made))


def _foreign(_: Path) -> bytes:
    from sklearn.gaussian_process.kernels import RBF

    return skops.io.dumps({"model": RBF()})


SPOILS: dict[str, Callable[[Path, Path], None]] = {
    "a pickle": _replaced(_pickled, with_card=False),
    "a pickle with a card of its own": _replaced(_pickled, with_card=True),
    "a bit turned": _bit,
    "cut in half": _replaced(lambda _: b"PK\x03\x04half", with_card=False),
    "no archive, with a card": _replaced(lambda _: b"nonsense", with_card=True),
    "types of another library, with a card": _replaced(_foreign, with_card=True),
    "no model but a list, with a card": _replaced(lambda _: skops.io.dumps([1]), with_card=True),
    "another model's card": _card(name="other"),
    "another version's card": _card(version="f" * 16),
    "a card without a digest": _card(sha256=None),
    "a card that is no JSON": lambda file, _: file.with_suffix(".json").write_text("{") and None,
    "no card": lambda file, _: file.with_suffix(".json").unlink(),
}


def tries() -> Iterator[Try]:
    """Each in the place of a sound model, which is read before."""
    for name, spoil in SPOILS.items():
        yield name, _of(spoil)


def _of(spoil: Callable[[Path, Path], None]) -> frozenset[Harm]:
    with tempfile.TemporaryDirectory() as root:
        folder, made = Path(root), Path(root) / "made"
        metrics = pd.DataFrame({"metric": ["auc"], "value": [0.7], "baseline_value": [0.6]})
        sound = Trained("prey", {"weights": np.array([1.0])}, "plain", metrics, {}, VERSION)
        file = registry.save(SPEC, folder, sound)
        assert registry.load(SPEC, folder, VERSION).model["weights"][0] == 1.0
        spoil(file, made)
        harm: set[Harm] = set()
        try:
            registry.load(SPEC, folder, VERSION)
            harm.add("torn")
        except registry.ModelFileError:
            pass
        if made.exists():
            harm.add("torn")
    return frozenset(harm)
