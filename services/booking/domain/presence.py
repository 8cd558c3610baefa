"""Who was present in a session, and how long both were present at the same time, computed from
heartbeats.

A party is present from a `here` until its next `gone`, or HERE_FOR after its last `here`. All times
are the server's. Only a small state is stored, one row per booking: because an interval can only
begin at a heartbeat, the joint time between two heartbeats follows from the intervals that were
open before.
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
    """The time in which joint presence counts: while the session was in progress. Without a `start`
    the session has not begun.
    """

    start: datetime | None
    end: datetime


class PartyPresence(msgspec.Struct, frozen=True):
    """One party's latest interval, [since, until), and the length of those before it."""

    since: datetime | None = None
    until: datetime | None = None
    microseconds: int = 0

    def is_present(self, at: datetime) -> bool:
        """Whether the party is present at `at`, as far as is known."""
        return self.since is not None and self.until is not None and self.since <= at < self.until

    def came(self, opens: datetime) -> bool:
        """Whether the party was present at any time from `opens` on."""
        return self.until is not None and self.until > opens

    def seconds(self, at: datetime) -> int:
        """For how many whole seconds the party was present until `at`."""
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
        """For how many whole seconds until `at` both were present within `window`."""
        return self._accounted(at, window).joint_microseconds // 1_000_000

    def joint_since(self, at: datetime, window: Window) -> datetime | None:
        """Since when both have been present without interruption; None if they are not."""
        if window.start is None or not window.start <= at < window.end:
            return None
        if not (self.seeker.is_present(at) and self.consultant.is_present(at)):
            return None
        assert self.seeker.since is not None
        assert self.consultant.since is not None
        return max(self.seeker.since, self.consultant.since, window.start)

    def after(self, party: Actor, heartbeat: Heartbeat, at: datetime, window: Window) -> Presence:
        """The presence after a heartbeat of `party`. A heartbeat with an earlier time than the last
        one is treated as simultaneous with it, because replicas' clocks differ slightly.
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
