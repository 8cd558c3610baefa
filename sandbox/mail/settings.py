"""Settings of the process, validated at startup."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import NamedTuple


class Refused(Exception):
    """The sandbox refuses to start; the message gives the reason."""


class Address(NamedTuple):
    """An address to listen on."""

    host: str
    port: int


class Settings(NamedTuple):
    """`listen` is the HTTP address, `smtp` the SMTP address, `data` the folder for received
    mails.
    """

    listen: Address
    smtp: Address
    data: Path


def address(text: str) -> Address:
    """HOST:PORT. Raises Refused."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise Refused(f"an address must be HOST:PORT, not {text!r}")
    return Address(host.strip("[]") or "127.0.0.1", int(port))


def checked(listen: str, smtp: str, data: Path, environment: str) -> Settings:
    """Valid settings. Raises Refused in production, or if an address is taken."""
    if environment == "production":
        raise Refused("the mail sandbox does not run in production: ENVIRONMENT=production")
    if environment not in ("", "development"):  # `Production` must not count as development
        raise Refused("ENVIRONMENT must be development or production")
    settings = Settings(address(listen), address(smtp), data)
    for place in (settings.listen, settings.smtp):
        _refuse_taken(place)
    return settings


def _refuse_taken(place: Address) -> None:
    # Granian would share a port that is in use, and two processes would respond in turns.
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as error:
            raise Refused(
                f"cannot listen on {place.host}:{place.port}: {error.strerror}"
            ) from error
