"""What clients read about a bad field: sentences in plain English, without the words of Python, of
msgspec or of regular expressions.
"""

from __future__ import annotations

import enum
import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from litestar import Litestar, get
from litestar.params import QueryParameter
from litestar.testing import TestClient
from msgspec import Meta

from shared.currencies import Code
from shared.error_handler import handle_exception
from shared.field_messages import as_sentence, conversion_error
from shared.paging import Cursor, Limit
from shared.problems import ValidationFailed
from shared.query import reject_invalid_query
from shared.rules import NOT_A_DATE, NOT_A_UUID, NOT_AN_INSTANT
from shared.validation import decode


class Color(enum.StrEnum):
    RED = "red"
    GREEN = "green"


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    number: int


class Form(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    short: Annotated[str, Meta(max_length=3)] = ""
    one: Annotated[str, Meta(max_length=1)] = ""
    filled: Annotated[str, Meta(min_length=1)] = "x"
    long: Annotated[str, Meta(min_length=10)] = "long enough"
    clock: Annotated[str, Meta(pattern="^[0-9]{2}$", examples=["09"])] = "09"
    form: Annotated[str, Meta(pattern="^[a-z]+$")] = "a"
    count: Annotated[int, Meta(ge=1, le=5)] = 1
    above: Annotated[int, Meta(gt=0)] = 1
    even: Annotated[int, Meta(multiple_of=2)] = 2
    ratio: Annotated[float, Meta(ge=0, le=2.5)] = 0
    below: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    flag: bool = False
    color: Color = Color.RED
    role: Literal["seeker", "consultant"] = "seeker"
    currency: Code = "usd"
    items: Annotated[list[int], Meta(min_length=1, max_length=2)] | None = None
    data: dict[str, Any] = {}
    few: Annotated[dict[str, int], Meta(max_length=1)] = {}
    pair: int | str = 1
    inner: Inner | None = None
    maybe: int | None = None
    at: datetime | None = None
    day: date | None = None
    one_id: UUID | None = None


def messages_for(raw: bytes) -> dict[str, str]:
    """The messages as they are sent, by field."""
    with pytest.raises(ValidationFailed) as caught:
        decode(raw, Form)
    errors = msgspec.json.decode(caught.value.body(None))["errors"]
    return {error["field"]: error["message"] for error in errors}


BODIES: list[tuple[str, Any, str]] = [
    ("short", "four", "Must have at most 3 characters."),
    ("one", "ab", "Must have at most 1 character."),
    ("filled", "", "Must not be empty."),
    ("long", "short", "Must have at least 10 characters."),
    ("long", None, "Must be text."),
    ("clock", "9", "Must be written like 09."),
    ("form", "A", "This has the wrong format."),
    ("form", "a\n", "This has the wrong format."),
    ("count", 0, "Must be at least 1."),
    ("count", 6, "Must be at most 5."),
    ("count", "3", "Must be a whole number."),
    ("count", 1.5, "Must be a whole number."),
    ("count", 10**30, "Must be at most 5."),
    ("above", 0, "Must be at least 1."),
    ("even", 3, "Must be a multiple of 2."),
    ("ratio", 3, "Must be at most 2.5."),
    ("ratio", -1, "Must be at least 0."),
    ("ratio", "x", "Must be a number."),
    ("below", 0, "Must be greater than 0."),
    ("below", 1, "Must be less than 1."),
    ("flag", 1, "Must be true or false."),
    ("color", "blue", "Must be one of: red, green."),
    ("color", 7, "Must be one of: red, green."),
    ("role", "admin", "Must be one of: seeker, consultant."),
    ("role", None, "Must be one of: seeker, consultant."),
    ("currency", "xyz", "Must be one of the values that the API's description lists."),
    ("items", [], "Must have at least 1 item."),
    ("items", [1, 2, 3], "Must have at most 2 items."),
    ("items", "1", "Must be a list."),
    ("data", [], "Must be an object."),
    ("few", {"a": 1, "b": 2}, "Must have at most 1 entry."),
    ("few", {"a": "x"}, "Must be a whole number."),
    ("pair", [], "Must be a whole number or text."),
    ("inner", 7, "Must be an object."),
    ("maybe", "x", "Must be a whole number."),
    ("at", "tomorrow", f"M{NOT_AN_INSTANT[1:]}."),
    ("at", 1765357200, f"M{NOT_AN_INSTANT[1:]}."),
    ("at", "2026-02-30T09:00:00Z", "Must be a valid date and time."),
    ("day", "1.2.2026", f"M{NOT_A_DATE[1:]}."),
    ("day", "2026-02-30", "Must be a valid date."),
    ("one_id", "7", f"M{NOT_A_UUID[1:]}."),
    ("one_id", 7, f"M{NOT_A_UUID[1:]}."),
    ("more", 1, "This is not a known field."),
]


@pytest.mark.parametrize(("field", "value", "message"), BODIES)
def test_error_of_a_body_is_a_plain_sentence(field: str, value: Any, message: str) -> None:
    assert list(messages_for(msgspec.json.encode({field: value})).values()) == [message]


def test_missing_field_and_broken_json_are_plain_sentences() -> None:
    assert messages_for(b'{"inner": {}}') == {"inner.number": "This is required."}
    assert messages_for(b"[]") == {"body": "Must be an object."}
    assert messages_for(b'{"short": ') == {
        "body": "This is not valid JSON: input data was truncated."
    }


def test_every_wording_of_msgspec_for_these_types_is_known() -> None:
    """A newer msgspec may word things anew; nothing may fall back to "is not valid"."""
    messages = {message for _, _, message in BODIES}
    assert "This is not valid." not in messages
    python_words = re.compile(r"\b(str|int|float|bool|array|regex|Struct|null|dict)\b|[`^$]")
    assert not [message for message in messages if python_words.search(message)]


@get("/things", sync_to_thread=False)
def things(
    need: Annotated[str, QueryParameter()],
    limit: Limit = 20,
    cursor: Cursor = None,
    rate: Annotated[float | None, QueryParameter(ge=0, le=5)] = None,
    color: Annotated[list[Color] | None, QueryParameter()] = None,
    role: Annotated[Literal["seeker", "consultant"] | None, QueryParameter()] = None,
    word: Annotated[str | None, QueryParameter(min_length=1, max_length=3)] = None,
    form: Annotated[str | None, QueryParameter(pattern="^[a-z]+$")] = None,
    at: Annotated[datetime | None, QueryParameter()] = None,
) -> None:
    """A list."""


def test_error_of_a_query_is_a_plain_sentence() -> None:
    application = Litestar(
        [things],
        before_request=reject_invalid_query,
        exception_handlers={Exception: handle_exception},
        openapi_config=None,
    )
    with TestClient(application) as client:
        answer = client.get(
            "/things?limit=101&cursor=!&rate=x&color=blue&role=admin&word=long&form=A&at=now"
        )
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == {
        "need": "This is required.",
        "limit": "Must be at most 100.",
        "cursor": "This is not a cursor of this list.",
        "rate": "Must be a number, such as 4.5.",
        "color": "Must be one of: red, green.",
        "role": "Must be one of: seeker, consultant.",
        "word": "Must have at most 3 characters.",
        "form": "This has the wrong format.",
        "at": f"M{NOT_AN_INSTANT[1:]}.",
    }


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("must be even", "Must be even."),
        ("is required", "This is required."),
        ("overlaps slots[0]", "This overlaps slots[0]."),
        ("It must be a multiple of 1 ISK.", "It must be a multiple of 1 ISK."),
    ],
)
def test_fault_becomes_a_sentence_of_its_own(message: str, sentence: str) -> None:
    assert as_sentence(message) == sentence


def test_unknown_words_of_a_library_are_not_passed_on() -> None:
    assert conversion_error("Expected `Foo` <bar>") == "is not valid"
