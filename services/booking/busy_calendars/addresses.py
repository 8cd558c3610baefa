"""Addresses of calendars: which are accepted, and to which networks they may lead."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import idna

from shared.patterns import AROUND, NOT_PRIVATE, USABLE

MAX_ADDRESS_LENGTH = 2_048
NOT_PUBLIC = "not a public address"
SCHEMES = {"https": "https", "http": "http", "webcal": "https", "webcals": "https"}
# A host name: letters, digits and the punctuation in use in ASCII, and everything beyond ASCII.
_HOST = r"[^\u0000-,/:-@\[-^`{-}\u007F-\u00A0]+"
# As users paste it: surrounding white space is ignored, the rest is a URI (RFC 3986), or an IRI
# (RFC 3987), with letters of any script, as browsers show it.
ADDRESS = (
    rf"^{AROUND}{NOT_PRIVATE}(?={USABLE}+{AROUND}$)"
    r"(?:[Hh][Tt][Tt][Pp][Ss]?|[Ww][Ee][Bb][Cc][Aa][Ll][Ss]?)://"
    rf"(?:[!-.0-;=A-Z_a-z~]*@)?(?:{_HOST}|\[[0-9A-Fa-f:.]+\])"
    r"(?::(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
    rf"(?:[/?#][^ \t\r\n]*)?{AROUND}$"
)
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
# In a public range, but internal to a cloud: the metadata services of Azure and Oracle.
_CLOUD_SERVICES = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "192.0.0.192")))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that IANA has assigned to the public internet. Outside of it are ranges that `is_global` does
# not know, such as site-local addresses (fec0::/10), and networks' own translations of private IPv4
# addresses (64:ff9b:1::/48, ::ffff:0:0:0/96).
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Unknown to `is_global` of Python 3.11.
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class PrivateAddress(OSError):
    """A connection to an address that is not public was refused."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, NOT_PUBLIC)


def normalized_address(text: str) -> str:
    """The address as it is fetched, in ASCII: `webcal:` and `webcals:` are https, the fragment is
    dropped. Raises ValueError if it is not the address of a web server, or its host is not a valid
    domain name.
    """
    parts = urlsplit(text.strip())
    scheme = SCHEMES.get(parts.scheme)
    if scheme is None or not _host_of(parts):
        raise ValueError("not the address of a calendar")
    address = parts._replace(scheme=scheme, netloc=_ascii_netloc(parts), fragment="").geturl()
    return quote(address, safe=_ASCII)


def _ascii_netloc(parts: SplitResult) -> str:
    """Converted before the host is checked: `１２７.0.0.1` is 127.0.0.1."""
    user, at, host = parts.netloc.rpartition("@")
    if host.isascii():
        return parts.netloc
    name, colon, port = host.partition(":")
    return user + at + idna.encode(name, uts46=True).decode() + colon + port


def _host_of(parts: SplitResult) -> str:
    """The host's name. Raises ValueError for an invalid port."""
    _ = parts.port
    return parts.hostname or ""


def host_of(address: str) -> str:
    """The host of a normalised address, which is shown instead of the address."""
    return urlsplit(address).hostname or ""


def names_private_address(address: str) -> bool:
    """Whether the host is `localhost`, or an IP address that is not public."""
    host = host_of(address)
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_public(address: IPAddress) -> bool:
    """Whether the address belongs to the public internet: not loopback, private, link-local
    (metadata services), multicast or reserved, even if it is embedded in an IPv6 address.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
        if address not in _GLOBAL_UNICAST or address in _DOCUMENTATION:
            return False
    return address.is_global and not address.is_multicast and address not in _CLOUD_SERVICES


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address embedded in a translated or tunnelled address."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def public_socket(address_info: Any) -> socket.socket:
    """A socket for this address. aiohttp connects exactly this address, so a name cannot resolve to
    another one after the check. Raises PrivateAddress.
    """
    family, kind, protocol, _, target = address_info
    # a link-local IPv6 address includes its interface: fe80::1%eth0
    if not is_public(ipaddress.ip_address(str(target[0]).partition("%")[0])):
        raise PrivateAddress
    return socket.socket(family=family, type=kind, proto=protocol)
