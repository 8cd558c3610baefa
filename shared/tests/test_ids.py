"""Identifiers: version 7, current time, increasing."""

import time
import uuid

import pytest

from shared.ids import id_as_old_as, id_from, new_id, new_id_after


def test_ids_are_uuids_of_version_7_and_of_now() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_ids_of_one_process_grow_strictly() -> None:
    made = [new_id() for _ in range(50_000)]
    assert made == sorted(set(made))


def test_ids_grow_though_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr("shared.ids.time.time_ns", lambda: 1)
    assert first < new_id() < new_id()


def test_an_id_after_another_is_greater_even_if_that_is_ahead() -> None:
    behind = new_id()
    ahead = uuid.UUID(int=behind.int + (60_000 << 80))
    full = uuid.UUID(int=ahead.int | 0xFFF << 64)  # the fraction of its millisecond is at its end
    assert new_id_after(None) > behind
    assert new_id_after(behind) > behind
    for one in (ahead, full):
        after = new_id_after(one)
        assert after > one
        assert (after.version, after.variant) == (7, uuid.RFC_4122)


def test_an_id_as_old_as_another_sorts_among_its_neighbours() -> None:
    earlier, event, later = new_id(), new_id(), new_id()
    made = {id_as_old_as(event) for _ in range(100)}
    assert len(made) == 100
    for one in made:
        assert earlier < one < later
        assert (one.version, one.variant) == (7, uuid.RFC_4122)


def test_an_id_is_read_in_its_usual_form_only() -> None:
    made = new_id()
    assert id_from(str(made)) == made
    others = (str(made).upper(), made.hex, f"{{{made}}}", f"urn:uuid:{made}", "", None, 7, made)
    for other in others:
        assert id_from(other) is None
