"""The plain routine of life-cycle spans, on days worked by hand."""

from __future__ import annotations

from demo.lifecycle import spans


def test_someone_never_active_stays_registered() -> None:
    assert spans(3, [], 100) == [("registered", 3, 100)]


def test_a_person_is_new_for_fourteen_days_then_dormant_then_churned() -> None:
    assert spans(0, [5], 100) == [
        ("registered", 0, 4),
        ("new", 5, 19),
        ("dormant", 20, 65),
        ("churned", 66, 100),
    ]


def test_activity_keeps_a_person_active_for_fourteen_days() -> None:
    assert spans(0, [0, 20], 60) == [
        ("new", 0, 14),
        ("dormant", 15, 19),
        ("active", 20, 34),
        ("dormant", 35, 60),
    ]


def test_a_return_after_sixty_silent_days_is_resurrected() -> None:
    assert spans(0, [0, 61], 80) == [
        ("new", 0, 14),
        ("dormant", 15, 60),
        ("resurrected", 61, 75),
        ("dormant", 76, 80),
    ]


def test_a_return_after_fifty_nine_silent_days_is_not() -> None:
    assert ("active", 60, 74) in spans(0, [0, 60], 80)


def test_a_resurrected_person_who_stays_becomes_active() -> None:
    assert spans(0, [0, 100, 110], 116)[-2:] == [("resurrected", 100, 114), ("active", 115, 116)]
