"""Rules in annotations: reported together with all other errors of a body."""

from typing import Annotated

import msgspec
import pytest

from shared.problems import ValidationFailed
from shared.rules import Check
from shared.validation import decode

Even = Annotated[int, Check(lambda value: value % 2 == 0, "must be even")]


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    number: Even


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    many: list[Even]
    inner: Inner
    maybe: Even | None = None
    unset: Even | msgspec.UnsetType = msgspec.UNSET
    name: str = ""


def fields(raw: bytes) -> dict[str, str]:
    with pytest.raises(ValidationFailed) as caught:
        decode(raw, Outer)
    return {error.field: error.message for error in caught.value.errors or []}


def test_good_values_pass() -> None:
    value = decode(b'{"many": [2, 4], "inner": {"number": 6}, "maybe": null}', Outer)
    assert (value.many, value.inner.number, value.maybe, value.unset) == (
        [2, 4],
        6,
        None,
        msgspec.UNSET,
    )


def test_every_broken_rule_is_named_with_the_faults_of_type() -> None:
    raw = (
        b'{"many": [2, 3, "x"], "inner": {"number": 5}, "maybe": 7, "unset": 9, "name": 1, '
        b'"more": 0}'
    )
    assert fields(raw) == {
        "many[1]": "must be even",
        "many[2]": "must be a whole number",
        "inner.number": "must be even",
        "maybe": "must be even",
        "unset": "must be even",
        "name": "must be text",
        "more": "is not a known field",
    }
