"""Rescheduling: proposals and their lifecycle."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import asyncpg
import msgspec
import pytest

from services.booking.domain.model import Status
from services.booking.domain.rescheduling import (
    LIFECYCLE,
    ProposalActor,
    ProposalStatus,
    ProposalVerb,
    open_proposal_status,
)
from services.booking.jobs.sweeps import sweeps
from services.booking.settings import BookingSettings
from services.booking.tests.bookings import AT, booking_at
from services.booking.tests.conftest import Market, instant
from shared import clock
from shared.auth import User
from shared.events import (
    BookingRescheduled,
    RescheduleAccepted,
    RescheduleDeclined,
    RescheduleExpired,
    RescheduleProposed,
    RescheduleWithdrawn,
    UserDeactivated,
)
from shared.ids import new_id
from shared.lifecycle import TransitionRefused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPEN = ProposalStatus.OPEN
WAYS = {
    (ProposalVerb.ACCEPT, ProposalActor.OTHER): ProposalStatus.ACCEPTED,
    (ProposalVerb.DECLINE, ProposalActor.OTHER): ProposalStatus.DECLINED,
    (ProposalVerb.WITHDRAW, ProposalActor.PROPOSER): ProposalStatus.WITHDRAWN,
    (ProposalVerb.WITHDRAW, ProposalActor.SYSTEM): ProposalStatus.WITHDRAWN,
    (ProposalVerb.EXPIRE, ProposalActor.SYSTEM): ProposalStatus.EXPIRED,
}


@pytest.mark.parametrize(
    ("status", "verb", "by"), list(product(ProposalStatus, ProposalVerb, ProposalActor))
)
def test_every_status_verb_and_actor_of_a_proposal(
    status: ProposalStatus, verb: ProposalVerb, by: ProposalActor
) -> None:
    reached = WAYS.get((verb, by)) if status is OPEN else None
    if reached is not None:
        assert LIFECYCLE.advance(status, verb, by) is reached
        return
    with pytest.raises(TransitionRefused):
        LIFECYCLE.advance(status, verb, by)


def test_proposal_is_open_until_it_expires() -> None:
    booking = booking_at(AT, Status.CONFIRMED)
    assert open_proposal_status(booking, AT) is None
    until = msgspec.structs.replace(booking, proposal_expires_at=AT)
    assert open_proposal_status(until, AT - timedelta(microseconds=1)) is OPEN
    assert open_proposal_status(until, AT) is None


async def propose(
    market: Market, booking: dict[str, Any], by: User, slot: dict[str, Any], **more: Any
) -> Any:
    return await market.do("reschedule", booking, by, slot_id=slot["id"], **more)


async def answer(market: Market, verb: str, booking: dict[str, Any], by: User) -> Any:
    return await market.do(f"reschedule/{verb}", booking, by)


async def proposed(market: Market, starts_in: timedelta = 5 * DAY) -> tuple[Any, Any]:
    """A confirmed booking in three days, for which the seeker has proposed another time."""
    booking, slot = await market.confirmed(), await market.slot(starts_in)
    made = await propose(market, booking, market.seeker, slot, message="Thursday?")
    assert made.status_code == 202, made.text
    return made.json(), slot


def settings_of(market: Market) -> BookingSettings:
    settings: BookingSettings = market.harness.app.state.settings
    return settings


async def sweep(market: Market, name: str = "expire-proposals") -> None:
    await sweeps(settings_of(market))[name].run(market.harness.database, lambda: None)


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


async def test_proposal_is_shown_and_its_slot_held(market: Market) -> None:
    booking, slot = await proposed(market)
    assert booking["status"] == "confirmed"
    assert booking["reschedule"] == {
        "proposed_by": "seeker",
        "slot_id": slot["id"],
        "scheduled_start": slot["start_time"],
        "scheduled_end": slot["end_time"],
        "message": "Thursday?",
        "expires_at": booking["reschedule"]["expires_at"],
    }
    left = instant(booking["reschedule"]["expires_at"]) - clock.now()
    assert DAY - timedelta(minutes=1) < left <= DAY
    assert not await market.is_free(slot["id"])
    assert refusal(await market.request(slot, by=market.someone("seeker"))) == (
        409,
        "slot_unavailable",
    )
    [event] = await market.harness.emitted(RescheduleProposed)
    assert (str(event.new_slot_id), event.proposed_by) == (slot["id"], "seeker")
    assert event.scheduled_start == instant(booking["scheduled_start"])


async def test_accepted_proposal_moves_the_booking(market: Market) -> None:
    booking, slot = await proposed(market)
    former = booking["slot_id"]
    moved = await answer(market, "accept", booking, market.consultant)
    assert moved.status_code == 200
    after = moved.json()
    kept = ("id", "status", "amount", "commission_amount", "payment_status", "payment_intent_id")
    assert [after[name] for name in kept] == [booking[name] for name in kept]
    assert (after["slot_id"], after["scheduled_start"], after["scheduled_end"]) == (
        slot["id"],
        slot["start_time"],
        slot["end_time"],
    )
    assert after["reschedule"] is None
    assert await market.is_free(former)
    assert not await market.is_free(slot["id"])
    [accepted] = await market.harness.emitted(RescheduleAccepted)
    [event] = await market.harness.emitted(BookingRescheduled)
    assert event.calendar_sequence == accepted.calendar_sequence + 1
    assert (str(event.slot_id), str(event.previous_slot_id)) == (slot["id"], former)
    assert (event.status, event.rescheduled_by) == ("confirmed", "consultant")
    assert (await market.events_of(booking))[-3:] == [
        "reschedule.proposed",
        "reschedule.accepted",
        "booking.rescheduled",
    ]


@pytest.mark.parametrize(
    ("verb", "by", "kind"),
    [
        ("decline", "consultant", RescheduleDeclined),
        ("withdraw", "seeker", RescheduleWithdrawn),
    ],
)
async def test_declined_or_withdrawn_proposal_leaves_all_as_it_was(
    market: Market, verb: str, by: str, kind: Any
) -> None:
    booking, slot = await proposed(market)
    user = market.seeker if by == "seeker" else market.consultant
    after = (await answer(market, verb, booking, user)).json()
    assert after["reschedule"] is None
    assert after["scheduled_start"] == booking["scheduled_start"]
    assert await market.is_free(slot["id"])
    (event,) = await market.harness.emitted(kind)
    if kind is RescheduleWithdrawn:
        assert event.withdrawn_by == by
    assert await market.harness.emitted(BookingRescheduled) == []
    again = await answer(market, verb, booking, user)
    assert refusal(again) == (409, "no_proposal")


@pytest.mark.parametrize(("verb", "by"), [
    ("accept", "seeker"), ("decline", "seeker"), ("withdraw", "consultant"),
])  # fmt: skip
async def test_nobody_answers_for_the_other(market: Market, verb: str, by: str) -> None:
    booking, _ = await proposed(market)
    user = market.seeker if by == "seeker" else market.consultant
    assert refusal(await answer(market, verb, booking, user)) == (409, "no_proposal")
    assert (await market.read(booking))["reschedule"] is not None


async def test_slots_of_a_closed_account_are_not_free(market: Market) -> None:
    booking, slot = await market.confirmed(), await market.slot(5 * DAY)
    await market.consultant_event(UserDeactivated)
    refused = await propose(market, booking, market.seeker, slot)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_unavailable")


async def test_one_proposal_at_a_time(market: Market) -> None:
    booking, _ = await proposed(market)
    other = await market.slot(6 * DAY)
    for user in (market.seeker, market.consultant):
        assert refusal(await propose(market, booking, user, other)) == (409, "proposal_open")
    assert await market.is_free(other["id"])


async def test_expired_proposal_is_over_and_makes_room(market: Market) -> None:
    booking, slot = await proposed(market)
    with clock.shifted(DAY):
        late = await answer(market, "accept", booking, market.consultant)
        assert refusal(late) == (409, "no_proposal")
        other = await market.slot(6 * DAY)
        made = await propose(market, booking, market.consultant, other)
        assert made.status_code == 202, made.text
        assert await market.is_free(slot["id"])
    assert len(await market.harness.emitted(RescheduleExpired)) == 1


async def test_sweep_closes_what_nobody_answered(market: Market) -> None:
    booking, slot = await proposed(market)
    with clock.shifted(DAY - timedelta(minutes=1)):
        await sweep(market)
    assert (await market.read(booking))["reschedule"] is not None
    with clock.shifted(DAY + timedelta(minutes=1)):
        await sweep(market)
        assert await market.is_free(slot["id"])
    assert (await market.read(booking))["reschedule"] is None
    assert (await market.events_of(booking))[-1] == "reschedule.expired"


async def test_proposal_expires_at_the_nearer_of_the_two_starts(market: Market) -> None:
    near = await market.slot(2 * HOUR)
    booking = await market.confirmed()
    made = (await propose(market, booking, market.seeker, near)).json()
    assert made["reschedule"]["expires_at"] == near["start_time"]


@pytest.mark.parametrize("make", ["unpaid", "in_progress", "completed"])
async def test_time_of_other_bookings_cannot_be_changed(market: Market, make: str) -> None:
    booking, slot = await getattr(market, make)(), await market.slot(5 * DAY)
    answered = await propose(market, booking, market.seeker, slot)
    assert refusal(answered) == (409, "invalid_transition")
    assert await market.is_free(slot["id"])


async def test_slot_must_be_free_of_the_same_consultant_and_length(market: Market) -> None:
    booking = await market.confirmed()
    short, taken = await market.slot(5 * DAY, minutes=30), await market.slot(6 * DAY)
    foreign = await market.slot(7 * DAY, by=await market.priced(market.someone("consultant")))
    await market.request(taken, by=market.someone("seeker"))
    refused = await propose(market, booking, market.seeker, short)
    assert refusal(refused) == (400, "validation_failed")
    assert refused.json()["errors"][0]["field"] == "slot_id"
    assert await market.is_free(short["id"])
    for slot, code in (
        (taken, (409, "slot_unavailable")),
        (foreign, (404, "not_found")),
        ({"id": str(new_id())}, (404, "not_found")),
        ({"id": booking["slot_id"]}, (409, "slot_unavailable")),
    ):
        assert refusal(await propose(market, booking, market.seeker, slot)) == code


async def test_seeker_who_is_busy_then_cannot_propose_it(market: Market) -> None:
    booking = await market.confirmed()
    other = await market.priced(market.someone("consultant"))
    await market.request(await market.slot(5 * DAY, by=other))
    slot = await market.slot(5 * DAY)
    answered = await propose(market, booking, market.seeker, slot)
    assert refusal(answered) == (409, "seeker_busy")
    assert await market.is_free(slot["id"])


async def test_seeker_is_busy_at_the_proposed_time_too(market: Market) -> None:
    await proposed(market, 5 * DAY)
    other = await market.priced(market.someone("consultant"))
    overlapping = await market.slot(5 * DAY + HOUR / 2, by=other)
    assert refusal(await market.request(overlapping)) == (409, "seeker_busy")


async def test_database_refuses_what_overlaps_a_proposal(market: Market) -> None:
    _, slot = await proposed(market)
    other = await market.requested(8 * DAY)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await market.harness.sql(
            "update bookings set scheduled_start = $2, scheduled_end = $3 where id = $1",
            other["id"],
            instant(slot["start_time"]),
            instant(slot["end_time"]),
        )


async def test_proposed_slot_cannot_be_withdrawn(market: Market) -> None:
    _, slot = await proposed(market)
    path = f"/consultants/me/availability/{slot['id']}"
    answered = await market.harness.delete(path, user=market.consultant)
    assert refusal(answered) == (409, "slot_booked")
