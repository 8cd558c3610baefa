"""Bodies are decoded strictly, and all errors are reported together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import pytest

from shared import clock
from shared.problems import ValidationFailed
from shared.rules import TextFormat, ValidFields
from shared.validation import MAX_DEPTH, MAX_ERRORS, decode


class Slot(msgspec.Struct, forbid_unknown_fields=True):
    start_time: datetime
    minutes: Annotated[int, msgspec.Meta(ge=15, le=480)]


class Body(msgspec.Struct, forbid_unknown_fields=True):
    slots: Annotated[list[Slot], msgspec.Meta(min_length=1)]
    name: Annotated[str, msgspec.Meta(max_length=5)]
    note: str | None = None


class Either(msgspec.Struct, forbid_unknown_fields=True):
    """A body of one number or the other."""

    one: int | msgspec.UnsetType = msgspec.UNSET
    other: int | msgspec.UnsetType = msgspec.UNSET

    @staticmethod
    def related_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        if not fields.keys() | fields.invalid:
            yield "one", "is required unless other is given"


class Deadline(msgspec.Struct, forbid_unknown_fields=True):
    """A body whose command knows the present."""

    hour: int
    note: str = ""

    @staticmethod
    def command_errors(fields: ValidFields, settings: Any) -> Iterable[tuple[str, str]]:
        if fields.get("hour", 24) < (settings or 12):
            yield "hour", "must lie in the future"


def errors_of(raw: Any, kind: Any = Body, settings: Any = None) -> Any:
    with pytest.raises(ValidationFailed) as caught:
        decode(raw, kind, settings)
    return {e.field: e.message for e in caught.value.errors or ()}


def test_a_good_body_is_decoded() -> None:
    body = decode(
        b'{"slots":[{"start_time":"2026-12-01T09:00:00Z","minutes":30}],"name":"Ada"}', Body
    )
    assert body.slots[0].minutes == 30


def test_every_bad_field_is_named_at_once() -> None:
    found = errors_of(
        b'{"slots":[{"start_time":"tomorrow","minutes":5,"x":1},{"minutes":"30"}],"note":7,"y":1}'
    )
    assert set(found) == {
        "slots[0].start_time",
        "slots[0].minutes",
        "slots[0].x",
        "slots[1].start_time",
        "slots[1].minutes",
        "name",
        "note",
        "y",
    }
    assert found["name"] == "is required"
    assert found["y"] == "is not a known field"


def test_items_of_a_list_that_is_too_long_are_not_looked_at() -> None:
    few = Annotated[list[Slot], msgspec.Meta(max_length=2)]
    assert errors_of(b"[1, 2, 3]", few) == {"body": "must have at most 2 items"}
    assert set(errors_of(b"[1, 2]", few)) == {"[0]", "[1]"}


def test_text_that_is_too_long_is_not_searched() -> None:
    # Without its length limit, this pattern would take longer than the sun lasts.
    slow = Annotated[str, msgspec.Meta(max_length=20), TextFormat(r"(a|a)*b", "must end with b")]
    assert set(errors_of(b'"' + b"a" * 1_000 + b'"', slow)) == {"body"}
    assert errors_of(b'"aaa"', slow) == {"body": "must end with b"}


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"[" + b",".join([b"{}"] * 5_000) + b"]", list[Slot]),
        (b"{" + b",".join(b'"%d":1' % one for one in range(5_000)) + b"}", Body),
    ],
    ids=["items", "unknown fields"],
)
def test_errors_beyond_a_thousand_are_left_out(raw: bytes, kind: Any) -> None:
    assert len(errors_of(raw, kind)) == MAX_ERRORS


def test_field_with_an_error_of_its_own_is_not_missing() -> None:
    assert errors_of(b"{}", Either) == {"one": "is required unless other is given"}
    assert set(errors_of(b'{"other": "x"}', Either)) == {"other"}


def test_what_the_command_judges_is_named_beside_other_faults_only() -> None:
    assert decode(b'{"hour": 9}', Deadline).hour == 9
    assert decode(b'[{"hour": 9}, {"hour": 13}]', list[Deadline])[0].hour == 9
    assert set(errors_of(b'{"hour": 9, "note": 1}', Deadline)) == {"hour", "note"}
    assert set(errors_of(b'{"hour": 13, "note": 1}', Deadline)) == {"note"}
    several = errors_of(b'[{"hour": 9}, {"hour": "x"}]', list[Deadline])
    assert several == {"[0].hour": "must lie in the future", "[1].hour": "must be a whole number"}
    assert set(errors_of(b'{"hour": 13, "note": 1}', Deadline, settings=14)) == {"hour", "note"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nonsense",
        b"{",
        b"\xff",
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"NaN",
        b'{"name": 1e999}',
    ],
)
def test_what_is_no_json_is_a_named_error(raw: Any) -> None:
    assert errors_of(raw)


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"7"])
def test_what_is_no_object_is_a_named_error(raw: Any) -> None:
    assert set(errors_of(raw)) == {"body"}


@pytest.mark.parametrize(
    "number", [b"1e400", b"99999999999999999999999999", b"-1", b"15.5", b"true", b'"15"', b"null"]
)
def test_numbers_are_not_coerced_and_have_their_range(number: Any) -> None:
    raw = b'{"slots":[{"start_time":"2026-12-01T09:00:00Z","minutes":%s}],"name":"Ada"}' % number
    assert set(errors_of(raw)) == {"slots[0].minutes"} or "body" in errors_of(raw)


def test_nul_is_found_wherever_it_hides() -> None:
    raw = (
        b'{"slots":[{"start_time":"2026-12-01T09:00:00Z","minutes":30}],"name":"A\\u0000",'
        b'"note":"\\u0000"}'
    )
    assert errors_of(raw) == {
        "name": "must not contain NUL characters",
        "note": "must not contain NUL characters",
    }


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "1999-12-31T23:59:59Z"]
)
def test_absurd_dates_are_refused(text: Any) -> None:
    with pytest.raises(ValidationFailed):
        clock.utc(msgspec.convert(text, datetime), "start_time")


def test_an_instant_of_another_zone_is_turned_to_utc() -> None:
    assert clock.utc(msgspec.convert("2026-12-01T10:00:00+01:00", datetime), "x") == datetime(
        2026, 12, 1, 9, tzinfo=UTC
    )


class FreeForm(msgspec.Struct, forbid_unknown_fields=True):
    data: dict[str, Any]


@pytest.mark.parametrize(("opened", "closed"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_free_form_data_is_nested_to_a_limit(opened: bytes, closed: bytes) -> None:
    for depth in range(1, 1200):  # the object itself is one level
        raw = b'{"data":{"x":' + opened * (depth - 1) + b"1" + closed * (depth - 1) + b"}}"
        if depth <= MAX_DEPTH:
            assert decode(raw, FreeForm).data["x"] is not None
        else:
            assert set(errors_of(raw, FreeForm)) in ({"data"}, {"body"}), depth
