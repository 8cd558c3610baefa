"""Who was present in a session, and for how long both were: a fold over heartbeats.

A party is present from a `here` until its next `gone`, or HERE_FOR after its last `here`. All times
are the server's. Heartbeats are folded into a small state, one row per booking: since an interval
can only begin at a heartbeat, what both shared between two heartbeats follows from the intervals
that were open before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import msgspec

from services.booking.domain.model import Actor

HERE_FOR = timedelta(seconds=25)
_MICROSECOND = timedelta(microseconds=1)


class Heartbeat(StrEnum):
    """What a party's page reports."""

    HERE = "here"
    GONE = "gone"


class Window(NamedTuple):
    """The time in which joint presence counts: while the session was in progress. Without a
    `start` it has yet to begin.
    """

    start: datetime | None
    end: datetime


class PartyPresence(msgspec.Struct, frozen=True):
    """One party's latest interval, [since, until), and the length of those before it."""

    since: datetime | None = None
    until: datetime | None = None
    microseconds: int = 0

    def is_present(self, at: datetime) -> bool:
        """Whether the party is there `at`, as far as is known."""
        return self.since is not None and self.until is not None and self.since <= at < self.until

    def came(self, opens: datetime) -> bool:
        """Whether the party was there at any time from `opens` on."""
        return self.until is not None and self.until > opens

    def seconds(self, at: datetime) -> int:
        """For how many whole seconds the party has been there until `at`."""
        current = _length(self.since, min(self.until, at)) if self.since and self.until else 0
        return (self.microseconds + current) // 1_000_000

    def after(self, heartbeat: Heartbeat, at: datetime) -> PartyPresence:
        """The party's presence after a heartbeat."""
        if heartbeat is Heartbeat.GONE:
            until = min(self.until, at) if self.until is not None else None
            return msgspec.structs.replace(self, until=until)
        if self.since is None or self.until is None or self.until < at:
            before = self.microseconds + _length(self.since, self.until)
            return PartyPresence(at, at + HERE_FOR, before)
        return msgspec.structs.replace(self, until=at + HERE_FOR)


class Presence(msgspec.Struct, frozen=True):
    """Both parties' presence. Joint time is accounted up to `accounted_until`, the latest
    heartbeat.
    """

    accounted_until: datetime
    joint_microseconds: int = 0
    seeker: PartyPresence = PartyPresence()
    consultant: PartyPresence = PartyPresence()

    def of(self, party: Actor) -> PartyPresence:
        """The presence of one party."""
        return self.seeker if party is Actor.SEEKER else self.consultant

    def joint_seconds(self, at: datetime, window: Window) -> int:
        """For how many whole seconds until `at` both were there within `window`."""
        return self._accounted(at, window).joint_microseconds // 1_000_000

    def joint_since(self, at: datetime, window: Window) -> datetime | None:
        """Since when both have been there without a break; None while they are not."""
        if window.start is None or not window.start <= at < window.end:
            return None
        if not (self.seeker.is_present(at) and self.consultant.is_present(at)):
            return None
        assert self.seeker.since is not None
        assert self.consultant.since is not None
        return max(self.seeker.since, self.consultant.since, window.start)

    def after(self, party: Actor, heartbeat: Heartbeat, at: datetime, window: Window) -> Presence:
        """The presence after a heartbeat of `party`. One that comes with an earlier time than the
        latest counts as of that: replicas' clocks differ a little.
        """
        at = max(at, self.accounted_until)
        accounted = self._accounted(at, window)
        changed = accounted.of(party).after(heartbeat, at)
        if party is Actor.SEEKER:
            return msgspec.structs.replace(accounted, seeker=changed)
        return msgspec.structs.replace(accounted, consultant=changed)

    def _accounted(self, at: datetime, window: Window) -> Presence:
        if at <= self.accounted_until:
            return self
        shared = 0
        ours, theirs = self.seeker, self.consultant
        if window.start and ours.since and ours.until and theirs.since and theirs.until:
            begin = max(self.accounted_until, window.start, ours.since, theirs.since)
            end = min(at, window.end, ours.until, theirs.until)
            shared = _length(begin, end)
        return msgspec.structs.replace(
            self, accounted_until=at, joint_microseconds=self.joint_microseconds + shared
        )


def _length(start: datetime | None, end: datetime | None) -> int:
    if start is None or end is None or end <= start:
        return 0
    return (end - start) // _MICROSECOND
