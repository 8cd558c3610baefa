"""Anonymous callers, whose requests and attempts are limited."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address


def caller_at(address: str) -> str:
    """The key of an anonymous caller: an IPv4 address, or an IPv6 /64, which belongs to one
    customer.
    """
    if ":" not in address:
        return address
    try:
        number = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(number, IPv6Address) and number.ipv4_mapped is not None:
        return str(number.ipv4_mapped)
    return str(IPv6Address(int(number) >> 64 << 64))
