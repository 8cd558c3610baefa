"""Outcomes of sessions: for every presence, status and moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import msgspec
import pytest

from services.booking.domain.model import Absent, Actor, Booking, Status
from services.booking.domain.outcome import (
    End,
    Miss,
    SessionTimes,
    absence,
    absence_is_decided,
    ending,
    is_missed,
    unstarted,
)
from services.booking.domain.presence import Heartbeat, Presence
from services.booking.tests.bookings import booking_at

TIMES = SessionTimes(early=timedelta(minutes=15), overtime=timedelta(minutes=15))
BOOKING = booking_at(datetime.fromisoformat("2027-03-02T12:00:00Z"), Status.CONFIRMED)
START = BOOKING.scheduled_start
RUNNING = msgspec.structs.replace(BOOKING, status=Status.IN_PROGRESS, session_start_time=START)
HALF = 5_000  # of 99.99, half up


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def together(
    *parties: Actor, start: datetime = START, seconds: int = 0, booking: Booking = RUNNING
) -> Presence | None:
    """The presence of `parties`, each present for `seconds`."""
    if not parties:
        return None
    presence, window = Presence(start), TIMES.window(booking)
    for second in (*range(0, seconds, 10), seconds):
        for party in parties:
            heartbeat = Heartbeat.GONE if second == seconds and seconds else Heartbeat.HERE
            at = start + timedelta(seconds=second)
            presence = presence.after(party, heartbeat, at, window)
    return presence


WHO = [(), (Actor.SEEKER,), (Actor.CONSULTANT,), (Actor.SEEKER, Actor.CONSULTANT)]


@pytest.mark.parametrize(("who", "late"), list(product(WHO, (False, True))))
def test_absence_is_decided_15_minutes_after_the_start(who: tuple[Actor, ...], late: bool) -> None:
    at = START + minutes(15) - timedelta(microseconds=0 if late else 1)
    found = absence(RUNNING, together(*who, seconds=60), at, TIMES)
    outcomes: dict[tuple[Actor, ...], Miss] = {
        (Actor.SEEKER,): Miss(Absent.CONSULTANT, 0),
        (Actor.CONSULTANT,): Miss(Absent.SEEKER, HALF),
    }
    assert found == (outcomes.get(who) if late else None)


def test_absence_is_decided_at_the_end_of_a_shorter_session() -> None:
    short = msgspec.structs.replace(RUNNING, scheduled_end=START + minutes(5))
    assert absence_is_decided(short) == START + minutes(5)


def test_presence_long_before_the_session_is_no_coming() -> None:
    early = together(Actor.SEEKER, start=START - timedelta(days=2), seconds=60)
    assert absence(RUNNING, early, START + minutes(20), TIMES) is None
    assert unstarted(BOOKING, early, TIMES) == Miss(Absent.BOTH, 0)
    # nobody's presence was recorded then, so the clock decides what is charged
    assert ending(RUNNING, early, START + minutes(30), TIMES) == End(1_800, None, True)


@pytest.mark.parametrize("status", Status)
def test_only_a_confirmed_session_counts_as_missed_before_the_sweep(status: Status) -> None:
    booking = msgspec.structs.replace(BOOKING, status=status)
    waiting = together(Actor.SEEKER, seconds=60)
    latest_end = TIMES.latest_end(booking)
    for presence, at in ((waiting, START + minutes(20)), (None, latest_end)):
        missed = is_missed(booking, presence, at, TIMES)
        assert missed is (status is Status.CONFIRMED)
    assert not is_missed(booking, None, latest_end - timedelta(seconds=1), TIMES)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ((), Miss(Absent.BOTH, 0)),
        ((Actor.SEEKER,), Miss(Absent.CONSULTANT, 0)),
        ((Actor.CONSULTANT,), Miss(Absent.SEEKER, HALF)),
        ((Actor.SEEKER, Actor.CONSULTANT), Miss(None, 0)),
    ],
)
def test_session_that_nobody_started_is_missed_by_whoever_never_came(
    who: tuple[Actor, ...], expected: Miss
) -> None:
    presence = together(*who, seconds=60, booking=BOOKING)
    assert unstarted(BOOKING, presence, TIMES) == expected


@pytest.mark.parametrize(("seconds", "billable"), [(0, False), (600, False), (601, True)])
def test_without_presence_the_clock_decides(seconds: int, billable: bool) -> None:
    at = START + timedelta(seconds=seconds)
    assert ending(RUNNING, None, at, TIMES) == End(seconds, None, billable)


@pytest.mark.parametrize(("seconds", "billable"), [(60, False), (600, False), (601, True)])
def test_with_presence_the_joint_time_decides(seconds: int, billable: bool) -> None:
    presence = together(Actor.SEEKER, Actor.CONSULTANT, seconds=seconds)
    outcome = ending(RUNNING, presence, START + minutes(55), TIMES)
    assert outcome == End(3_300, seconds, billable)


def test_joint_time_counts_until_the_latest_end() -> None:
    end = RUNNING.scheduled_end
    presence = together(
        Actor.SEEKER, Actor.CONSULTANT, start=end - minutes(5), seconds=1_800
    )  # 25 minutes beyond the end, of which 15 count
    outcome = ending(RUNNING, presence, TIMES.latest_end(RUNNING), TIMES)
    assert outcome == End(4_500, 1_200, True)


@pytest.mark.parametrize(
    ("present", "before", "after"),
    [
        (Actor.SEEKER, Miss(Absent.CONSULTANT, 0), Miss(Absent.CONSULTANT, 0)),
        (Actor.CONSULTANT, End(1_500, 0, False), Miss(Absent.SEEKER, HALF)),
    ],
)
def test_one_party_alone_cannot_make_a_session_billable(
    present: Actor, before: End | Miss, after: Miss
) -> None:
    """A party who starts alone and ends after the free period neither pays nor is paid. A seeker
    is absent, and owes a fee, only 15 minutes after the scheduled start.
    """
    presence = together(present, start=START - minutes(15), seconds=1_500)
    early = msgspec.structs.replace(RUNNING, session_start_time=START - minutes(15))
    assert ending(early, presence, START + minutes(10), TIMES) == before
    assert ending(early, presence, START + minutes(15), TIMES) == after
