"""Drift, hostile payloads and hostile model files, each of them once: as in `make faults`."""

from __future__ import annotations

from tests.faults import drift, hostile, model_files
from tests.faults.row import row


def test_columns_are_taken_by_name_or_the_file_is_refused() -> None:
    found = row("drift", drift.tries())
    assert found.tries >= 12
    assert found.wrong == []


def test_a_hostile_payload_is_capped_or_refused_and_run_by_nobody() -> None:
    found = row("hostile", hostile.tries())
    assert found.tries >= 30
    assert found.wrong == []


def test_a_hostile_model_file_is_never_opened() -> None:
    found = row("model files", model_files.tries())
    assert found.tries == 12
    assert found.wrong == []
