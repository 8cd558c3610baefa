"""Codes of invalid fields: clients render them, so they must follow from our actual messages."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from shared.fields import Email, OneLine, TimeZone
from shared.problems import ValidationFailed
from shared.validation import decode


class Form(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[OneLine, msgspec.Meta(min_length=1, max_length=50)]
    password: Annotated[str, msgspec.Meta(min_length=10)] = "long enough"
    email: Email = "ada@example.org"
    zone: TimeZone = "UTC"
    rate: Annotated[int, msgspec.Meta(gt=0, le=1000)] = 1
    tags: Annotated[list[str], msgspec.Meta(min_length=1, max_length=2)] = msgspec.field(
        default_factory=lambda: ["a"]
    )


@pytest.mark.parametrize(
    ("body", "code", "params"),
    [
        ({}, "required", {}),
        ({"name": ""}, "required", {}),
        ({"name": " \u3164"}, "unusual_characters", {}),
        ({"name": "a\nb"}, "line_break", {}),
        ({"name": "a\u202eb"}, "unusual_characters", {}),
        ({"name": "x" * 51}, "too_long", {"max": 50}),
        ({"name": "x", "password": "short"}, "too_short", {"min": 10}),
        ({"name": "x", "email": "ada at example"}, "not_an_email", {}),
        ({"name": "x", "zone": "Mars/Base"}, "not_a_time_zone", {}),
        ({"name": "x", "rate": 0}, "too_small", {"min": 1}),
        ({"name": "x", "rate": 1001}, "too_large", {"max": 1000}),
        ({"name": "x", "tags": []}, "too_few", {"min": 1}),
        ({"name": "x", "tags": ["a", "b", "c"]}, "too_many", {"max": 2}),
        ({"name": "x", "colour": "red"}, "unknown_field", {}),
        ({"name": 7}, "invalid", {}),
    ],
)
def test_a_bad_field_is_answered_with_its_code_and_numbers(
    body: dict[str, object], code: str, params: dict[str, int]
) -> None:
    with pytest.raises(ValidationFailed) as caught:
        decode(msgspec.json.encode(body), Form)
    (error,) = msgspec.json.decode(caught.value.body("r-1"))["errors"]
    assert error.get("code", "invalid") == code
    assert error.get("params", {}) == params
    assert error["message"]


def test_a_message_of_its_own_kind_is_answered_as_before() -> None:
    with pytest.raises(ValidationFailed) as caught:
        decode(b'{"name": 7}', Form)
    (error,) = msgspec.json.decode(caught.value.body(None))["errors"]
    assert error.keys() == {"field", "message"}
