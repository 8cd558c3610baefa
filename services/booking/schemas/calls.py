"""Calls and presence in requests and responses."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from services.booking.commands.calls import JoinedCall
from services.booking.domain import call
from services.booking.domain.presence import Heartbeat, Presence, Window
from shared.fields import RequestBody


class ReportPresence(RequestBody, frozen=True):
    """A heartbeat."""

    state: Heartbeat


class NewSignal(RequestBody, frozen=True):
    """A message of WebRTC's negotiation, delivered unchanged."""

    data: dict[str, Any]


class PartyPresence(msgspec.Struct, frozen=True):
    """Whether a party is in the session, and for how many seconds it was."""

    present: bool
    seconds: int


class SessionPresence(msgspec.Struct, frozen=True):
    """Who is in the session. `joint_seconds` counts while it is in progress."""

    seeker: PartyPresence
    consultant: PartyPresence
    joint_seconds: int
    since: datetime | None


class IceServer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A STUN or TURN server, in the format of RTCPeerConnection."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class Call(msgspec.Struct, frozen=True):
    """What a browser needs to join the call; `ice_servers` has the format of RTCPeerConnection."""

    room: str
    ice_servers: list[IceServer]
    ice_transport_policy: Literal["all", "relay"]
    expires_at: datetime


def session_presence_schema(
    presence: Presence | None, at: datetime, window: Window
) -> SessionPresence:
    """The presence at `at` as a response."""
    if presence is None:
        nobody = PartyPresence(present=False, seconds=0)
        return SessionPresence(nobody, nobody, 0, None)
    seeker, consultant = (
        PartyPresence(present=party.is_present(at), seconds=party.seconds(at))
        for party in (presence.seeker, presence.consultant)
    )
    joint = presence.joint_seconds(at, window)
    return SessionPresence(seeker, consultant, joint, presence.joint_since(at, window))


def call_schema(joined: JoinedCall, *, relay_only: bool) -> Call:
    """A call as seen by the party that joins it. `relay_only`: neither learns the other's
    address.
    """
    return Call(
        room=joined.room,
        ice_servers=[ice_server_schema(server) for server in joined.ice_servers],
        ice_transport_policy="relay" if relay_only else "all",
        expires_at=joined.expires_at,
    )


def ice_server_schema(server: call.IceServer) -> IceServer:
    """A server as a response."""
    return IceServer(server.urls, server.username, server.credential)
