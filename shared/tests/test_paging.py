"""Cursors are opaque, complete, and valid for one list only."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.paging import decode_cursor, encode_cursor, is_cursor, page, sign_cursors_with
from shared.problems import ValidationFailed


def test_a_cursor_gives_its_key_back() -> None:
    assert decode_cursor(encode_cursor([4.25, "x"], "rating"), (float, str), "rating") == (
        4.25,
        "x",
    )


@pytest.mark.parametrize(
    "cursor", ["", "x", "%%%", "AAAA", "é", "a" * 1999, base64.urlsafe_b64encode(b"[1,2]").decode()]
)
def test_a_forged_cursor_is_bad_input(cursor: Any) -> None:
    with pytest.raises(ValidationFailed):
        decode_cursor(cursor, (float, str), "rating")


def test_a_cursor_of_another_query_is_bad_input() -> None:
    with pytest.raises(ValidationFailed):
        decode_cursor(encode_cursor([4.25, "x"], "rating"), (float, str), "newest")


@given(st.binary(max_size=60))
def test_any_bytes_at_all_are_at_worst_bad_input(raw: Any) -> None:
    with pytest.raises(ValidationFailed):
        decode_cursor(base64.urlsafe_b64encode(raw).decode(), (int,), "scope")


def test_a_cursor_that_was_changed_in_one_character_is_bad_input() -> None:
    cursor = encode_cursor([4.25, "x"], "rating")
    for at, character in enumerate(cursor[:-1]):
        changed = cursor[:at] + ("A" if character != "A" else "B") + cursor[at + 1 :]
        assert not is_cursor(changed)
        with pytest.raises(ValidationFailed):
            decode_cursor(changed, (float, str), "rating")


def test_replicas_with_one_secret_know_each_others_cursors_and_nobody_elses() -> None:
    sign_cursors_with("one")
    cursor = encode_cursor([1], "list")
    sign_cursors_with("two")
    assert not is_cursor(cursor)
    sign_cursors_with("one")
    assert decode_cursor(cursor, (int,), "list") == (1,)


@pytest.mark.parametrize("types", [(str,), (int, int), ()])
def test_a_cursor_with_another_key_than_asked_for_is_bad_input(types: Any) -> None:
    with pytest.raises(ValidationFailed):
        decode_cursor(encode_cursor([1], "list"), types, "list")


@pytest.mark.parametrize(
    ("key", "type_"),
    [
        (2**63, int),
        (-(2**63) - 1, int),
        (10**40, int),
        ("0001-01-01T00:00:00+14:00", datetime),  # before the calendar begins, in UTC
        ("9999-12-31T23:59:59-14:00", datetime),
        ("2026-12-01T09:00:00", datetime),
    ],
)
def test_a_cursor_with_what_no_row_can_have_is_bad_input(key: Any, type_: Any) -> None:
    with pytest.raises(ValidationFailed):
        decode_cursor(encode_cursor([key], "list"), (type_,), "list")


def test_the_last_page_has_no_cursor() -> None:
    assert page([1, 2, 3], 3, lambda row: [row]).next_cursor is None
    assert page([1, 2, 3, 4], 3, lambda row: [row]).next_cursor is not None
