"""The outcome of a session: completed or missed, billable or not. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from services.booking.domain.model import Absent, Actor, Booking, Status
from services.booking.domain.policy import late_share, seconds_between
from services.booking.domain.presence import Presence, Window

# How long after the scheduled start a party who never came is marked absent.
ABSENT_AFTER = timedelta(minutes=15)


class SessionTimes(msgspec.Struct, frozen=True):
    """Settings for the times of sessions: how early one can be started, and how long after its
    scheduled end it is ended at the latest.
    """

    early: timedelta
    overtime: timedelta

    def opens(self, booking: Booking) -> datetime:
        """The earliest time at which the session can be started, and presence counts as
        attendance.
        """
        return booking.scheduled_start - self.early

    def latest_end(self, booking: Booking) -> datetime:
        """The time at which the session is ended at the latest."""
        return booking.scheduled_end + self.overtime

    def window(self, booking: Booking) -> Window:
        """The window in which joint presence counts."""
        return self.window_of(booking.session_start_time, booking.scheduled_end)

    def window_of(self, started: datetime | None, scheduled_end: datetime) -> Window:
        """The same for a session with these times."""
        return Window(started, scheduled_end + self.overtime)


class Miss(msgspec.Struct, frozen=True):
    """The session did not take place. `fee` is what the seeker owes."""

    absent: Absent | None
    fee: int


class End(msgspec.Struct, frozen=True):
    """The session took place. `joint_seconds` is None if no presence was recorded."""

    duration_seconds: int
    joint_seconds: int | None
    billable: bool


def absence_is_decided(booking: Booking) -> datetime:
    """The time from which a party who has not come is absent."""
    return min(booking.scheduled_start + ABSENT_AFTER, booking.scheduled_end)


def absence(
    booking: Booking, presence: Presence | None, at: datetime, times: SessionTimes
) -> Miss | None:
    """The outcome at `at` if one party has never come; None if it is too early, both came, or no
    presence was recorded.
    """
    missing = _missing(booking, presence, times)
    if missing is None or at < absence_is_decided(booking):
        return None
    return _miss(booking, missing)


def _missing(booking: Booking, presence: Presence | None, times: SessionTimes) -> Absent | None:
    """The only party who has never come; None if both came or neither did."""
    if presence is None:
        return None
    opens = times.opens(booking)
    seeker_came = presence.of(Actor.SEEKER).came(opens)
    if seeker_came == presence.of(Actor.CONSULTANT).came(opens):
        return None
    return Absent.CONSULTANT if seeker_came else Absent.SEEKER


def _miss(booking: Booking, missing: Absent) -> Miss:
    return Miss(missing, late_share(booking) if missing is Absent.SEEKER else 0)


def is_missed(
    booking: Booking, presence: Presence | None, at: datetime, times: SessionTimes
) -> bool:
    """Whether a confirmed session is missed at `at`, even if the sweep has not run yet: one party
    has not come in time, or nobody has started it by its latest end.
    """
    if booking.status is not Status.CONFIRMED:
        return False
    return at >= times.latest_end(booking) or absence(booking, presence, at, times) is not None


def ending(
    booking: Booking, presence: Presence | None, at: datetime, times: SessionTimes
) -> End | Miss:
    """The outcome of a session in progress that ends at `at`. With presence, the time that both
    were present decides whether it is billable; without it, the time between start and end.

    A consultant who has not come by then is absent. A seeker is so only once absence is decided:
    they owe a fee, which a consultant must not cause by ending early.
    """
    missing = _missing(booking, presence, times)
    if missing is Absent.CONSULTANT or (missing and at >= absence_is_decided(booking)):
        return _miss(booking, missing)
    began = booking.session_start_time
    assert began is not None  # a session in progress has begun
    duration, joint = seconds_between(began, at), None
    if presence is not None and _anybody_came(booking, presence, times):
        joint = presence.joint_seconds(at, times.window(booking))
    counted = duration if joint is None else joint
    return End(duration, joint, counted > booking.free_period_seconds)


def unstarted(booking: Booking, presence: Presence | None, times: SessionTimes) -> Miss:
    """The outcome of a confirmed session that was not started in time."""
    missed = absence(booking, presence, times.latest_end(booking), times)
    if missed is not None:
        return missed
    came = presence is not None and _anybody_came(booking, presence, times)
    return Miss(None if came else Absent.BOTH, 0)


def _anybody_came(booking: Booking, presence: Presence, times: SessionTimes) -> bool:
    opens = times.opens(booking)
    return presence.of(Actor.SEEKER).came(opens) or presence.of(Actor.CONSULTANT).came(opens)
