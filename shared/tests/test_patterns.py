"""The API's description judges text as the services do."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared import patterns, text
from shared.characters import UNASSIGNED

ODD = st.text(
    st.sampled_from("aé\u0301\u200b\u200d\u202e\u2066\u3164\ue000\u0378\n\r\t\x85 \xa0\0")
    | st.characters(codec="utf-8")  # other validators take no lone surrogates
)
LIKE_ADDRESSES = r"[a-zé.@ \u200b-]{0,20}@?[a-zü0-9.-]{0,20}(\.[a-z0-9]{1,5})?\n?"
ZONES = ["UTC", "Asia/Calcutta", "Etc/GMT+1", "localtime", "utc", "UTC\n", "X/UTC"]


def fits(pattern: str, value: str) -> bool:
    """As Python, and as a validator of another language."""
    here = re.fullmatch(pattern, value) is not None
    assert jsonschema_rs.is_valid({"pattern": pattern}, value) == here, (value, here)
    return here


@given(ODD)
@example("\U0001f3f4\U000e0067\U000e0062\U000e007f")
@example("\U000e0067")
@example("Ada\n")
@example("a\ue000b")
def test_lines_and_paragraphs_are_described_as_they_are_judged(value: str) -> None:
    assert fits(patterns.LINE, value) == (text.line_error(value) is None)
    assert fits(patterns.PARAGRAPHS, value) == (text.paragraphs_error(value) is None)
    visible = text.visible_paragraphs_error(value) is None
    assert fits(patterns.VISIBLE_PARAGRAPHS, value) == visible


@given(st.from_regex(LIKE_ADDRESSES, fullmatch=True))
@example("ada@example.org")
@example(" ada@example.org\n")
@example("a" * 64 + "@example.org")
@example("a" * 65 + "@example.org")
@example("ada@example.123")
@example("a..b@example.org")
def test_addresses_that_are_accepted_fit_their_description(value: str) -> None:
    fitting = fits(patterns.EMAIL, value)
    assert fitting or not text.is_email(value)
    # only the domain name system's own rules are stricter
    expected = {None, text.NOT_A_DOMAIN} if fitting and len(value) <= 254 else {text.NOT_AN_EMAIL}
    assert text.email_error(value) in expected


@pytest.mark.parametrize("zone", ZONES)
def test_zones_are_described_as_they_are_judged(zone: str) -> None:
    assert fits(patterns.TIME_ZONE, zone) == text.is_time_zone(zone)


def test_every_zone_that_is_accepted_can_be_computed_with() -> None:
    for name in patterns.zone_names():
        assert zoneinfo.ZoneInfo(name)


@pytest.mark.parametrize(
    ("instant", "fitting"),
    [
        ("2000-01-01T00:00:00Z", True),
        ("2000-01-01T00:00:00+00:01", False),
        ("2099-12-31T23:59:58.999999999z", True),
        ("2099-12-31T23:59:59.999999999z", False),
        ("2099-12-31T23:59:59-00:01", False),
        ("2026-12-01T09:00:60Z", False),
        ("2026-12-01T24:00:00Z", False),
        ("2026-12-01T09:00:00Z\n", False),
        ("1999-12-31T23:59:59Z", False),
        ("2100-01-01T00:00:00Z", False),
    ],
)
def test_instants_of_this_century_alone(instant: str, fitting: bool) -> None:
    assert fits(patterns.INSTANT, instant) == fitting


def test_no_character_that_python_knows_is_called_unassigned() -> None:
    unassigned = re.compile(f"[{UNASSIGNED}]")
    wrong = [
        hex(code)
        for code in (*range(0x40000), *range(0xE0000, 0xE1000))
        if unassigned.match(chr(code)) and unicodedata.category(chr(code)) != "Cn"
    ]
    assert not wrong
