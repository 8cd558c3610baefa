"""What two browsers need to establish a call: the room and the ICE servers. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

CREDENTIALS_LAST = timedelta(hours=6)


class IceServer(msgspec.Struct, frozen=True):
    """A STUN or TURN server, with credentials for one party."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class IceSettings(msgspec.Struct, frozen=True):
    """The servers of this marketplace, and the secret shared with the TURN servers."""

    stun_urls: list[str] = []
    turn_urls: list[str] = []
    turn_secret: str = ""

    def servers_for(self, party_id: UUID, at: datetime) -> list[IceServer]:
        """The servers with credentials for one party, valid for CREDENTIALS_LAST: an expiring user
        name and its HMAC-SHA1, the convention of TURN's REST API (draft-uberti-behave-turn-rest).
        """
        servers = [IceServer(self.stun_urls)] if self.stun_urls else []
        if self.turn_urls and self.turn_secret:
            expires = int((at + CREDENTIALS_LAST).timestamp())
            username = f"{expires}:{party_id}"
            digest = hmac.digest(self.turn_secret.encode(), username.encode(), hashlib.sha1)
            servers.append(IceServer(self.turn_urls, username, base64.b64encode(digest).decode()))
        return servers
