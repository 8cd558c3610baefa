"""Presence as a fold over heartbeats, against a plain model of intervals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.domain.model import Actor
from services.booking.domain.presence import HERE_FOR, Heartbeat, Presence, Window

AT = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
HERE, GONE = Heartbeat.HERE, Heartbeat.GONE
SEEKER, CONSULTANT = Actor.SEEKER, Actor.CONSULTANT
OPEN_WINDOW = Window(AT, AT + timedelta(hours=2))

Beat = tuple[datetime, Actor, Heartbeat]


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def folded(beats: list[Beat], window: Window = OPEN_WINDOW) -> Presence:
    presence = Presence(beats[0][0])
    for at, party, heartbeat in beats:
        presence = presence.after(party, heartbeat, at, window)
    return presence


# ---- the model: intervals listed one by one, and intersected


def intervals_of(beats: list[Beat], party: Actor) -> list[tuple[datetime, datetime]]:
    """Each `here` until the party's next heartbeat, at most HERE_FOR; a `gone` ends it."""
    own = [(at, heartbeat) for at, who, heartbeat in beats if who is party]
    ends = [following for _, (following, _) in pairwise(own)] + [datetime.max.replace(tzinfo=UTC)]
    return [
        (at, min(at + HERE_FOR, end))
        for (at, heartbeat), end in zip(own, ends, strict=False)
        if heartbeat is HERE
    ]


def overlap(*intervals: tuple[datetime, datetime]) -> timedelta:
    start, end = max(i[0] for i in intervals), min(i[1] for i in intervals)
    return max(timedelta(), end - start)


def joint_in_model(beats: list[Beat], at: datetime, window: Window) -> timedelta:
    if window.start is None:
        return timedelta()
    counted = (window.start, min(at, window.end))
    return sum(
        (
            overlap(ours, theirs, counted)
            for ours, theirs in product(
                intervals_of(beats, SEEKER), intervals_of(beats, CONSULTANT)
            )
        ),
        timedelta(),
    )


instants = st.integers(0, 200_000).map(lambda ms: AT + timedelta(milliseconds=ms))
beats = st.lists(
    st.tuples(instants, st.sampled_from((SEEKER, CONSULTANT)), st.sampled_from(Heartbeat)),
    min_size=1,
    max_size=30,
).map(lambda found: sorted(found, key=lambda beat: beat[0]))
windows = st.builds(lambda a, b: Window(min(a, b), max(a, b)), instants, instants) | st.just(
    Window(None, after(300))
)


@given(beats=beats, window=windows, later=st.integers(0, 100_000))
def test_the_fold_agrees_with_intervals(beats: list[Beat], window: Window, later: int) -> None:
    """Whatever is lost, doubled or late: present, seconds and joint time are the model's."""
    at = beats[-1][0] + timedelta(milliseconds=later)
    presence = folded(beats, window)
    joint = joint_in_model(beats, at, window)
    assert presence.joint_seconds(at, window) == joint // timedelta(seconds=1)
    for party in (SEEKER, CONSULTANT):
        stays = intervals_of(beats, party)
        total = sum((overlap(stay, (AT, at)) for stay in stays), timedelta())
        assert presence.of(party).seconds(at) == total // timedelta(seconds=1)
        assert presence.of(party).is_present(at) == any(s <= at < e for s, e in stays)


@given(beats=beats, window=windows)
def test_reading_changes_nothing(beats: list[Beat], window: Window) -> None:
    """Asking in between, however often, leaves what comes out the same."""
    presence = Presence(beats[0][0])
    for at, party, heartbeat in beats:
        presence.joint_seconds(at, window)
        presence = presence.after(party, heartbeat, at, window)
    assert presence == folded(beats, window)


@given(beats=beats, window=windows, position=st.integers(0, 29))
def test_a_doubled_heartbeat_counts_once(beats: list[Beat], window: Window, position: int) -> None:
    index = position % len(beats)
    doubled = [*beats[: index + 1], *beats[index:]]
    at = after(400)
    once, twice = folded(beats, window), folded(doubled, window)
    assert once.joint_seconds(at, window) == twice.joint_seconds(at, window)
    assert once.seeker.seconds(at) == twice.seeker.seconds(at)


@given(beats=beats, window=windows, back=st.integers(0, 60_000))
def test_a_replica_whose_clock_is_behind_takes_nothing_away(
    beats: list[Beat], window: Window, back: int
) -> None:
    """A heartbeat that carries an earlier time counts as of the latest one."""
    last, party, _ = beats[-1]
    presence = folded(beats, window)
    behind = presence.after(party, HERE, last - timedelta(milliseconds=back), window)
    assert behind == presence.after(party, HERE, last, window)


# ---- by example


def test_present_until_25_seconds_after_the_last_here() -> None:
    presence = folded([(AT, SEEKER, HERE), (after(10), SEEKER, HERE)])
    assert presence.seeker.is_present(after(34.999))
    assert not presence.seeker.is_present(after(35))
    assert presence.seeker.seconds(after(100)) == 35
    assert not presence.consultant.is_present(after(10))


def test_gone_ends_presence_at_once_and_here_begins_anew() -> None:
    presence = folded([(AT, SEEKER, HERE), (after(5), SEEKER, GONE), (after(60), SEEKER, HERE)])
    assert presence.seeker.seconds(after(59)) == 5
    assert presence.seeker.seconds(after(70)) == 15
    assert presence.seeker.since == after(60)


def test_gone_of_somebody_who_never_came_is_no_presence() -> None:
    presence = folded([(AT, SEEKER, GONE)])
    assert not presence.seeker.came(AT - timedelta(days=1))
    assert presence.seeker.seconds(after(60)) == 0


def test_joint_time_counts_only_while_the_session_is_in_progress() -> None:
    beats = [(after(n), party, HERE) for n in range(0, 60, 10) for party in (SEEKER, CONSULTANT)]
    started = Window(after(20), after(1000))
    assert folded(beats, started).joint_seconds(after(60), started) == 40
    unstarted = Window(None, after(1000))
    assert folded(beats, unstarted).joint_seconds(after(60), unstarted) == 0
    over = Window(after(20), after(45))
    assert folded(beats, over).joint_seconds(after(60), over) == 25


@pytest.mark.parametrize(("asked", "since"), [(15, 10), (36, None), (5, None)])
def test_since_is_when_both_began_to_be_there(asked: int, since: int | None) -> None:
    beats = [(AT, SEEKER, HERE), (after(10), CONSULTANT, HERE), (after(11), SEEKER, HERE)]
    known = [beat for beat in beats if beat[0] <= after(asked)]
    expected = after(since) if since is not None else None
    assert folded(known).joint_since(after(asked), OPEN_WINDOW) == expected


@pytest.mark.parametrize(("asked", "since"), [(19.999, None), (20, 20), (29.999, 20), (30, None)])
def test_since_lies_within_the_session(asked: float, since: int | None) -> None:
    beats = [(after(n), party, HERE) for n in (0, 10) for party in (SEEKER, CONSULTANT)]
    session = Window(after(20), after(30))
    expected = after(since) if since is not None else None
    assert folded(beats, session).joint_since(after(asked), session) == expected


@pytest.mark.parametrize(("opens", "came"), [(-60, True), (24, True), (25, False)])
def test_who_was_there_only_long_before_has_not_come(opens: int, came: bool) -> None:
    assert folded([(AT, SEEKER, HERE)]).seeker.came(after(opens)) is came
