"""Events leave with their transaction, at least once, in order, whatever happens to the relay or
the broker.
"""

import asyncio

import asyncpg
import pytest

from shared.outbox import Outgoing, Relay, emit
from shared.telemetry import RequestContext, request_context
from shared.testing import eventually


class Recorder:
    """A publisher that remembers; `refuse` makes it confirm nothing."""

    def __init__(self):
        self.sent: list[Outgoing] = []
        self.refuse = False
        self.most = 10_000

    async def publish(self, batch):
        if self.refuse:
            return ()
        confirmed = batch[: self.most]
        self.sent.extend(confirmed)
        return confirmed


def running(relay):
    return asyncio.create_task(relay.run())


async def ended(*tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_emit_in_a_rolled_back_transaction_publishes_nothing(booking, accepted):
    with pytest.raises(ZeroDivisionError):
        async with booking.transaction() as db:
            await emit(db, accepted())
            1 / 0  # noqa: B018
    assert await booking.reader.value("select count(*) from outbox") == 0


async def test_emit_carries_the_request_id_and_the_trace(booking, accepted):
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    token = request_context.set(RequestContext("request-1", "event-0", parent))
    async with booking.transaction() as db:
        await emit(db, accepted())
    request_context.reset(token)
    row = await booking.reader.row("select correlation_id, causation_id, traceparent from outbox")
    assert tuple(row) == ("request-1", "event-0", parent)


async def test_relay_publishes_in_the_order_of_emission_and_empties_the_outbox(booking, accepted):
    recorder = Recorder()
    recorder.most = 7
    one = accepted().booking_id
    for k in range(30):
        async with booking.transaction() as db:
            await emit(db, accepted(booking_id=one, amount=k))
    relay = running(Relay(booking.url, "booking", recorder.publish))

    async def empty():
        return await booking.reader.value("select count(*) = 0 from outbox")

    await eventually(empty)
    await ended(relay)
    assert [o.position for o in recorder.sent] == sorted(o.position for o in recorder.sent)
    assert len(recorder.sent) == 30


async def test_unconfirmed_events_stay_until_the_broker_takes_them(booking, accepted):
    recorder = Recorder()
    recorder.refuse = True
    relay = running(Relay(booking.url, "booking", recorder.publish))
    async with booking.transaction() as db:
        await emit(db, accepted())
    assert await booking.reader.value("select count(*) from outbox") == 1
    recorder.refuse = False

    async def sent():
        return recorder.sent

    await eventually(sent)
    await ended(relay)


async def test_two_relays_publish_each_event_once_and_the_second_takes_over(booking, accepted):
    first, second = Recorder(), Recorder()
    leading = running(Relay(booking.url, "booking", first.publish))

    async def emitted_by_first():
        async with booking.transaction() as db:
            await emit(db, accepted())
        return first.sent

    await eventually(emitted_by_first)
    standing_by = running(Relay(booking.url, "booking", second.publish))
    for _ in range(20):
        async with booking.transaction() as db:
            await emit(db, accepted())

    async def empty():
        return await booking.reader.value("select count(*) = 0 from outbox")

    await eventually(empty)
    assert second.sent == []
    assert len({o.event_id for o in first.sent}) == len(first.sent)
    await ended(leading)
    async with booking.transaction() as db:
        await emit(db, accepted())

    async def taken_over():
        return second.sent

    await eventually(taken_over)
    await ended(standing_by)


async def test_relay_survives_the_loss_of_its_connection(booking, accepted, infrastructure):
    recorder = Recorder()
    relay = running(Relay(booking.url, "booking", recorder.publish))
    async with booking.transaction() as db:
        await emit(db, accepted())

    async def sent_one():
        return len(recorder.sent) == 1

    await eventually(sent_one)
    admin = await asyncpg.connect(infrastructure.admin_url)
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'booking-relay'"
    )
    await admin.close()
    async with booking.transaction() as db:
        await emit(db, accepted())

    async def sent_two():
        # one may have come twice: the connection can end between its publication and its deletion
        return len({outgoing.event_id for outgoing in recorder.sent}) == 2

    await eventually(sent_two)
    await ended(relay)


async def test_relay_goes_on_after_an_error_that_nobody_thought_of(booking, accepted):
    recorder = Recorder()

    async def breaks_once(batch):
        if not recorder.sent and not failures:
            failures.append(len(batch))
            raise asyncpg.InternalClientError(
                "cannot switch to state 11; another operation (2) is in progress"
            )
        return await recorder.publish(batch)

    failures: list[int] = []
    relay = running(Relay(booking.url, "booking", breaks_once))
    async with booking.transaction() as db:
        await emit(db, accepted())

    async def sent():
        return recorder.sent

    await eventually(sent)
    assert failures == [1]
    await ended(relay)
