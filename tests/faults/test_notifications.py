"""Each user is notified of each event exactly once, by stream and by mail, although processes and
servers fail.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shared.testing import eventually
from tests.mailbox import Mailbox
from tests.people import World
from tests.replicas import Replica
from tests.stack import Stack
from tests.streams import Stream

BOOKINGS = 4
# The mails about one cancelled booking: requested, accepted, and both confirmed and cancelled to
# both parties.
MAILS_EACH = 6


@pytest.fixture(scope="module")
def stack(run_directory: Path) -> Iterator[Any]:
    running = Stack(run_directory / "notifications-faults")
    try:
        yield running.up()
    finally:
        running.down()


@pytest.fixture
async def mailbox(stack: Stack) -> AsyncIterator[Any]:
    made = Mailbox(stack.published["mail"])
    yield made
    await made.close()


@pytest.fixture
async def database(stack: Stack) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(stack.published["database"])
    yield connection
    await connection.close()


async def whole_bookings(world: World, consultant: Any, seekers: Any) -> Any:
    """Requests, accepts and cancels one booking per seeker, all concurrently; returns their ids."""
    slots = await consultant.offer(starts_in=timedelta(days=3), count=len(seekers))

    async def one(seeker: Any, slot: Any) -> Any:
        booking = await seeker.request(consultant, slot)
        await consultant.accept(booking["id"])
        await seeker.sees(booking["id"], status="confirmed", within=90)
        await seeker.cancel(booking["id"])
        return booking["id"]

    return await asyncio.gather(*map(one, seekers, slots))


async def assert_all_delivered(
    database: Any, mailbox: Mailbox, streams: Any, ids: Any, *, copies: int = 0
) -> None:
    """Asserts that every stream received each of its rows once and in order, and that every mail
    was delivered once, except for at most `copies` whose confirmation was lost with a process.
    """
    people = {stream: stream.person for stream in streams}

    async def received_by_stream() -> Any:
        for stream, person in people.items():
            rows = await database.fetch(
                "select id from notifications.stream_events where user_id = $1 order by id",
                person.id,
            )
            if {row["id"] for row in rows} != set(stream.ids):
                return False
        return True

    async def mailed() -> Any:
        rows = await database.fetch(
            "select id, user_id, kind, state from notifications.mails where booking_id = any($1)",
            ids,
        )
        now = [row for row in rows if row["kind"] not in ("reminder", "rating.asked")]
        # Mails that are minutes late, and whose subject is over by then, are void.
        ended = {row["state"] for row in now} <= {"sent", "void"}
        return now if len(now) == MAILS_EACH * len(ids) and ended else None

    rows = await eventually(mailed, within=180, every=0.3)
    await eventually(received_by_stream, within=60, every=0.3)
    for stream in streams:
        assert stream.ids == sorted(set(stream.ids)), "once, and in order"
    taken: Counter[str] = Counter()
    for person in people.values():
        for mail in await mailbox.to(person.user["email"]):
            if any(str(id) in mail["headers"].get("References", "") for id in ids):
                taken[mail["headers"]["Message-ID"].strip("<>").partition("@")[0]] += 1
    sent = {str(row["id"]) for row in rows if row["state"] == "sent"}
    void = {str(row["id"]) for row in rows if row["state"] == "void"}
    assert sent <= taken.keys(), "what counts as sent was delivered"
    # A mail whose confirmation was lost is sent again, or is void by the time of its second try.
    assert taken.keys() - sent <= void
    assert sum(taken.values()) - len(sent) <= copies


@pytest.mark.parametrize("victim", ["notifications", "rabbitmq", "mail-sandbox"])
async def test_process_is_killed_while_users_are_notified(
    stack: Stack, world: World, mailbox: Mailbox, database: Any, victim: Any
) -> None:
    consultant = await world.consultant()
    seekers = [await world.seeker() for _ in range(BOOKINGS)]
    moments = random.Random(victim)
    async with AsyncExitStack() as open_streams:
        streams = [
            await open_streams.enter_async_context(Stream(person))
            for person in (consultant, *seekers)
        ]
        running = asyncio.create_task(whole_bookings(world, consultant, seekers))
        kills = 3
        for _ in range(kills):
            await asyncio.sleep(moments.uniform(0.05, 1.0))
            killed = await asyncio.to_thread(stack.kill, victim)
            await stack.restarts(victim, killed)
        ids = await running
        # A killed process may have one mail per connection whose confirmation it never received.
        await assert_all_delivered(database, mailbox, streams, ids, copies=kills * 4)


async def test_two_replicas_notify_of_each_event_once(
    stack: Stack, world: World, mailbox: Mailbox, database: Any
) -> None:
    second = Replica(stack, "notifications", 2)
    await second.start()
    try:
        consultant = await world.consultant()
        seekers = [await world.seeker() for _ in range(BOOKINGS)]
        first_url = stack.published["services"]["notifications"]
        async with AsyncExitStack() as open_streams:
            streams = [
                await open_streams.enter_async_context(Stream(person, url))
                for person in (consultant, *seekers)
                for url in (first_url, second.url)
            ]
            ids = await whole_bookings(world, consultant, seekers)
            await assert_all_delivered(database, mailbox, streams[::2], ids)
            await assert_all_delivered(database, mailbox, streams[1::2], ids)
    finally:
        second.kill()


@pytest.mark.parametrize("program", ["notifications", "gateway"])
async def test_a_replica_that_leaves_hands_its_streams_over_without_a_gap(
    stack: Stack, world: World, mailbox: Mailbox, database: Any, program: Any
) -> None:
    second = Replica(stack, program, 2, DRAIN_SECONDS="2")
    await second.start()
    consultant = await world.consultant()
    seekers = [await world.seeker() for _ in range(BOOKINGS)]
    first_url = {"gateway": stack.published["gateway"], **stack.published["services"]}[program]
    try:
        async with AsyncExitStack() as open_streams:
            streams = [
                await open_streams.enter_async_context(Stream(person, second.url, first_url))
                for person in (consultant, *seekers)
            ]
            running = asyncio.create_task(whole_bookings(world, consultant, seekers))
            assert await second.stop() == 0
            ids = await running
            await assert_all_delivered(database, mailbox, streams, ids)
            assert all(stream.connections >= 2 for stream in streams)
    finally:
        second.kill()


async def test_a_mail_server_that_is_away_costs_time_and_no_mail(
    stack: Stack, world: World, mailbox: Mailbox
) -> None:
    pid = int((await asyncio.to_thread(stack.processes))["mail-sandbox"]["pid"])
    consultant, seeker = await world.consultant(), await world.seeker()
    slot = (await consultant.offer(starts_in=timedelta(days=2)))[0]
    os.kill(pid, signal.SIGSTOP)
    try:
        booking = await seeker.request(consultant, slot)
        await consultant.accept(booking["id"])
        await seeker.sees(booking["id"], status="confirmed")
        async with Stream(consultant) as stream:
            await seeker.cancel(booking["id"])
            await stream.sees("booking.cancelled")  # what is live does not wait for mail
    finally:
        os.kill(pid, signal.SIGCONT)
    await mailbox.one(seeker.user["email"], "Cancelled", within=120)
    await mailbox.one(consultant.user["email"], "Cancelled", within=120)


async def test_a_mail_that_can_never_be_delivered_stops_no_other(
    world: World, mailbox: Mailbox, database: Any
) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    slots = await consultant.offer(starts_in=timedelta(days=2), count=2)
    # Then the next mail is the one about the request.
    for person in (consultant, seeker):
        await eventually(partial(mailbox.to, person.user["email"]))
    await mailbox.fail_next("550")
    lost = await seeker.request(consultant, slots[0])

    async def failed() -> Any:
        return await database.fetchval(
            "select count(*) from notifications.mails where booking_id = $1 and state = 'failed'",
            lost["id"],
        )

    assert await eventually(failed) == 1
    await seeker.request(consultant, slots[1])
    await mailbox.one(consultant.user["email"], "Ada")
