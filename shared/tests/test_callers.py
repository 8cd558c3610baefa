"""Anonymous callers."""

from __future__ import annotations

import pytest

from shared.callers import caller_at


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::99", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", "unknown"),
    ],
)
def test_stranger_is_known_by_address_or_network(address: str, caller: str) -> None:
    assert caller_at(address) == caller
