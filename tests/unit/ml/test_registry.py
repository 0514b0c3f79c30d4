"""A model file is the one that was written, or it is not used."""

from __future__ import annotations

import hashlib
import json
import pickle
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.gaussian_process.kernels import RBF

from ml import registry
from ml.churn import SPEC
from ml.segments import SPEC as SEGMENTS
from tests.unit.ml.given import given

Frames = tuple[pd.DataFrame, pd.DataFrame]
QUICK = {"folds": 1}


@pytest.fixture(scope="module")
def stored(frames: Frames, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("models")
    return folder, registry.fit_or_load(SPEC, folder, given(*frames), QUICK).trained.version


@pytest.fixture
def kept(stored: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of the stored model file, free to be spoilt."""
    folder, version = stored
    home = tmp_path / "churn"
    home.mkdir()
    for suffix in (".skops", ".json"):
        (home / f"{version}{suffix}").write_bytes((folder / "churn" / f"{version}{suffix}").read_bytes())
    return home / f"{version}.skops"


def opened(file: Path) -> object:
    return registry.load(SPEC, file.parent.parent, file.stem)


def planted(file: Path, data: bytes) -> None:
    """Put bytes in the file's place, card and all, as somebody with write access could."""
    card = json.loads(file.with_suffix(".json").read_text())
    card["sha256"] = hashlib.sha256(data).hexdigest()
    file.write_bytes(data)
    file.with_suffix(".json").write_text(json.dumps(card))


def test_the_same_data_is_read_back_not_trained_again(frames: Frames, stored: tuple[Path, str]):
    folder, version = stored
    snapshots, labels = frames

    def never(*_: object) -> None:
        raise AssertionError("trained again")

    again = registry.fit_or_load(
        replace(SPEC, train=never), folder, given(snapshots.sample(frac=1, random_state=1), labels), QUICK
    )
    assert not again.is_new
    assert again.trained.version == version


def test_what_is_read_back_scores_bit_for_bit_the_same(frames: Frames, stored: tuple[Path, str]):
    folder, version = stored
    snapshots, labels = frames
    as_of = snapshots["as_of"].max().date()
    fresh = replace(SPEC.train(given(snapshots, labels), QUICK), version=version)
    expected = SPEC.score(fresh, given(snapshots), as_of=as_of)["fct_churn_scores"]
    found = SPEC.score(registry.load(SPEC, folder, version), given(snapshots), as_of=as_of)[
        "fct_churn_scores"
    ]
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_the_version_is_that_of_all_keys_in_one_text(frames: Frames, monkeypatch: pytest.MonkeyPatch):
    """Keys are hashed some at a time; how many is nobody's to notice."""
    versions = set()
    for at_a_time in (1, 7, 10**9):
        monkeypatch.setattr(registry, "_TEXTS", at_a_time)
        versions.add(registry.version_of(SPEC, given(*frames), {}))
    assert len(versions) == 1


def test_the_version_follows_data_and_parameters_only(frames: Frames):
    snapshots, labels = frames
    version = registry.version_of(SPEC, given(snapshots, labels), {})
    assert registry.version_of(SPEC, given(snapshots, labels), {"owner": "somebody"}) == version
    assert registry.version_of(SPEC, given(snapshots, labels), {"seed": 8}) != version
    assert registry.version_of(replace(SPEC, revision=99), given(snapshots, labels), {}) != version
    changed = snapshots.copy()
    changed.loc[changed.index[-1], "events_28"] += 1
    assert registry.version_of(SPEC, given(changed, labels), {}) != version


def test_altered_bytes_are_refused(kept: Path):
    data = bytearray(kept.read_bytes())
    data[len(data) // 2] ^= 1
    kept.write_bytes(bytes(data))
    with pytest.raises(registry.ModelAlteredError, match="not the bytes its card recorded"):
        opened(kept)


def test_a_card_is_told_without_opening_the_model_yet_altered_bytes_are_seen(kept: Path):
    told = registry.describe(SPEC, kept.parent.parent, kept.stem)
    whole = registry.load(SPEC, kept.parent.parent, kept.stem)
    assert told.model == {}
    assert whole.model
    assert (told.version, told.method, told.card) == (whole.version, whole.method, whole.card)
    pd.testing.assert_frame_equal(told.metrics, whole.metrics)
    kept.write_bytes(kept.read_bytes() + b" ")
    with pytest.raises(registry.ModelAlteredError, match="not the bytes its card recorded"):
        registry.describe(SPEC, kept.parent.parent, kept.stem)


def test_a_foreign_type_is_refused_even_with_a_matching_card(kept: Path):
    planted(kept, skops.io.dumps({"fitted": RBF()}))
    with pytest.raises(registry.ModelUntrustedError, match="types no churn model has"):
        opened(kept)


class Payload:
    """Runs when unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return (exec, ("raise SystemExit('ran')",))


def test_a_planted_pickle_does_not_run(kept: Path):
    planted(kept, pickle.dumps(Payload()))
    with pytest.raises(registry.ModelUntrustedError):
        opened(kept)


def test_a_model_that_is_no_payload_is_refused(kept: Path):
    planted(kept, skops.io.dumps([1, 2]))
    with pytest.raises(registry.ModelUntrustedError, match="holds a list"):
        opened(kept)


def test_half_a_version_is_missing(kept: Path):
    kept.with_suffix(".json").unlink()
    with pytest.raises(registry.ModelMissingError):
        opened(kept)


def test_another_models_card_is_refused(kept: Path):
    card = json.loads(kept.with_suffix(".json").read_text()) | {"name": "segments"}
    kept.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(registry.ModelAlteredError):
        opened(kept)


@pytest.mark.parametrize("version", ["", "../churn/0123456789abcdef", "0123456789ABCDEF"])
def test_a_version_is_sixteen_hex_digits_and_no_path(kept: Path, version: str):
    with pytest.raises(registry.ModelMissingError):
        registry.load(SPEC, kept.parent.parent, version)


def test_an_altered_file_is_replaced_by_training_again(frames: Frames, tmp_path: Path):
    first = registry.fit_or_load(SEGMENTS, tmp_path, given(frames[0]), {})
    file = tmp_path / "segments" / f"{first.trained.version}.skops"
    file.write_bytes(b"")
    again = registry.fit_or_load(SEGMENTS, tmp_path, given(frames[0]), {})
    assert again.is_new
    np.testing.assert_array_equal(again.trained.model["centroids"], first.trained.model["centroids"])
    assert sorted(one.suffix for one in file.parent.iterdir()) == [".json", ".skops"]


def test_two_threads_never_read_model_files_at_the_same_time(
    stored: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
):
    folder, version = stored
    real, inside, most = skops.io.loads, [], []

    def watched(data: bytes, **options: object) -> object:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        try:
            return real(data, **options)
        finally:
            inside.pop()

    monkeypatch.setattr(skops.io, "loads", watched)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: registry.load(SPEC, folder, version).version, range(4)))
    assert found == [version] * 4
    assert max(most) == 1
