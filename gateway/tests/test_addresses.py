"""Addresses of experts' pages."""

from __future__ import annotations

import re
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from gateway.site.addresses import expert_path, id_in, slug


@given(st.uuids())
def test_an_address_gives_its_id_back(consultant_id: UUID) -> None:
    assert id_in(expert_path(consultant_id, "Zoë", "O’Neill").rpartition("/")[2]) == consultant_id
    assert id_in(str(consultant_id)) == consultant_id
    as_long_as_an_id = expert_path(consultant_id, "Wilma", "Sparrow").rpartition("/")[2]
    assert len(as_long_as_an_id) == 36
    assert id_in(as_long_as_an_id) == consultant_id


@given(st.text(max_size=40))
def test_no_segment_is_more_than_unknown(segment: str) -> None:
    found = id_in(segment)
    assert found is None or str(found) in segment.lower()


@given(st.text(max_size=200))
def test_slugs_are_plain(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(name))
    assert len(slug(name)) <= 60


def test_slugs_read_well() -> None:
    assert slug("Zoë", "Müller-Weiß") == "zoe-muller-weiss"
    assert slug("李", "小龍") == "expert"
