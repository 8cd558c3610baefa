"""Requesting a slot."""

from datetime import timedelta
from typing import Any

import pytest

from services.booking.commands import requests
from services.booking.store import offers
from services.booking.tests.conftest import RATE, Market, instant
from shared import clock
from shared.events import (
    BookingRequested,
    ProfileUpdated,
    UserDeactivated,
)
from shared.ids import new_id

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_request_keeps_the_terms_of_its_moment(open_market: Any) -> None:
    market = await open_market(commission_bps="1000", respond_within_seconds="3600")
    booking = await market.requested(minutes=30)
    assert (booking["amount"], booking["commission_amount"]) == (RATE // 2, RATE // 20)
    assert instant(booking["respond_by"]) == instant(booking["created_at"]) + HOUR
    await market.priced(market.consultant, 99_900, "eur")
    assert (await market.read(booking))["amount"] == RATE // 2
    other = (await market.request(await market.slot(5 * DAY))).json()
    assert (other["amount"], other["currency"]) == (99_900, "eur")


async def test_unknown_slot_and_slot_of_another_are_404(market: Market) -> None:
    slot = await market.slot()
    stranger = await market.priced(market.someone("consultant"))
    for consultant_id, slot_id in (
        (market.consultant.id, new_id()),
        (new_id(), slot["id"]),
        (stranger.id, slot["id"]),
    ):
        answer = await market.request({"consultant_id": str(consultant_id), "id": str(slot_id)})
        assert refusal(answer) == (404, "not_found")


async def test_taken_slot_is_409(market: Market) -> None:
    slot = await market.slot()
    await market.request(slot)
    assert refusal(await market.request(slot, by=market.someone("seeker"))) == (
        409,
        "slot_unavailable",
    )
    assert refusal(await market.request(slot)) == (409, "slot_unavailable")
    assert len(await market.harness.emitted(BookingRequested)) == 1


async def test_slot_that_has_begun_is_409(market: Market) -> None:
    slot = await market.slot(HOUR)
    with clock.shifted(HOUR):
        assert refusal(await market.request(slot)) == (409, "slot_unavailable")


async def test_seeker_with_a_live_booking_at_that_time_is_busy(market: Market) -> None:
    booking = await market.requested(DAY)
    other = await market.priced(market.someone("consultant"))
    overlapping = await market.slot(DAY + timedelta(minutes=30), by=other)
    assert refusal(await market.request(overlapping)) == (409, "seeker_busy")
    assert [slot["is_booked"] for slot in await own_slots(market, other)] == [False]
    await market.do("decline", booking, market.consultant)
    assert (await market.request(overlapping)).status_code == 201


async def own_slots(market: Market, consultant: Any) -> list[dict[str, Any]]:
    answer = await market.harness.get("/consultants/me/availability", user=consultant)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_back_to_back_bookings_of_a_seeker_are_fine(market: Market) -> None:
    first, second = await market.offer((DAY, DAY + HOUR), (DAY + HOUR, DAY + 2 * HOUR))
    assert (await market.request(first)).status_code == 201
    assert (await market.request(second)).status_code == 201


async def test_consultant_whose_account_is_closed_cannot_be_booked(market: Market) -> None:
    slot = await market.slot()
    await market.consultant_event(UserDeactivated)
    assert refusal(await market.request(slot)) == (404, "not_found")
    assert not await market.is_free(slot["id"])


async def test_seeker_whose_account_is_closed_cannot_book(market: Market) -> None:
    slot = await market.slot()
    await market.user_event(UserDeactivated, market.seeker)
    assert refusal(await market.request(slot)) == (403, "forbidden")


async def test_request_waits_for_a_price_that_is_on_its_way(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    newcomer = market.someone("consultant")
    slot = await market.slot(by=newcomer)
    looks = 0
    look = offers.find_offer

    async def deliver_at_the_second_look(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        if looks == 2:
            event = ProfileUpdated(consultant_id=newcomer.id, hourly_rate=6_000, currency="usd")
            await market.harness.deliver(event)
        return await look(*arguments)

    monkeypatch.setattr(requests, "find_offer", deliver_at_the_second_look)
    answer = await market.request(slot)
    assert (answer.status_code, answer.json()["amount"]) == (201, 6_000)


async def test_consultant_without_a_price_is_404_after_a_while(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PRICE_ARRIVES_WITHIN", timedelta(milliseconds=120))
    broker_is(monkeypatch, market, healthy=True)
    slot = await market.slot(by=market.someone("consultant"))
    assert refusal(await market.request(slot)) == (404, "not_found")


async def test_price_that_the_broker_may_hold_back_is_503_with_retry_after(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "PRICE_ARRIVES_WITHIN", timedelta(milliseconds=120))
    broker_is(monkeypatch, market, healthy=False)
    slot = await market.slot(by=market.someone("consultant"))
    answer = await market.request(slot)
    assert refusal(answer) == (503, "service_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    unknown = await market.request({**slot, "id": str(new_id())})
    assert refusal(unknown) == (404, "not_found")


def broker_is(monkeypatch: pytest.MonkeyPatch, market: Market, *, healthy: bool) -> None:
    messaging = market.harness.service.messaging
    monkeypatch.setattr(messaging, "state", "up" if healthy else "blocked")


async def test_those_who_wait_for_a_price_leave_connections_for_others(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "_waiting", requests.MAX_WAITING)
    broker_is(monkeypatch, market, healthy=True)
    slot = await market.slot(by=market.someone("consultant"))
    started = clock.now()
    assert refusal(await market.request(slot)) == (404, "not_found")
    assert clock.now() - started < requests.PRICE_ARRIVES_WITHIN


async def test_same_idempotency_key_books_once(market: Market) -> None:
    slot, other = await market.offer((DAY, DAY + HOUR), (2 * DAY, 2 * DAY + HOUR))
    headers = {"idempotency-key": "one click, twice"}
    body = {"consultant_id": slot["consultant_id"], "slot_id": slot["id"]}
    first = await market.harness.post("/bookings", user=market.seeker, json=body, headers=headers)
    again = await market.harness.post("/bookings", user=market.seeker, json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    changed = await market.harness.post(
        "/bookings", user=market.seeker, json={**body, "slot_id": other["id"]}, headers=headers
    )
    assert refusal(changed) == (422, "idempotency_key_reused")


async def test_refusal_of_a_busy_seeker_is_kept_under_its_key(market: Market) -> None:
    await market.requested(DAY)
    other = await market.priced(market.someone("consultant"))
    slot = await market.slot(DAY, by=other)
    body = {"consultant_id": slot["consultant_id"], "slot_id": slot["id"]}
    for _ in range(2):
        answer = await market.harness.post(
            "/bookings", user=market.seeker, json=body, headers={"idempotency-key": "k"}
        )
        assert refusal(answer) == (409, "seeker_busy")


@pytest.mark.parametrize(
    ("hourly_rate", "minutes", "currency", "word"),
    [
        (100, 15, "usd", "least"),  # 25 cents
        (100_000_000, 120, "usd", "most"),
        (500, 60, "isk", "least"),
        (12_000, 60, "xyz", "XYZ"),
    ],
)
async def test_price_that_no_card_can_be_charged_is_400_with_a_sentence(
    market: Market, hourly_rate: int, minutes: int, currency: str, word: str
) -> None:
    slot = await market.slot(minutes=minutes)
    await market.priced(market.consultant, hourly_rate, currency)
    answer = await market.request(slot)
    assert refusal(answer) == (400, "validation_failed")
    [error] = answer.json()["errors"]
    assert error["field"] == "slot_id"
    assert word in error["message"]
    assert await market.is_free(slot["id"])


@pytest.mark.parametrize(
    ("hourly_rate", "minutes", "currency", "amount"),
    [
        (200, 15, "usd", 50),
        (1_333_300, 30, "isk", 666_700),  # 6,666.50 krona: whole ones only
        (15_333, 15, "kwd", 3_830),  # 3.83325 dinar: the last digit is 0
        (5_001, 30, "jpy", 2_501),
    ],
)
async def test_price_is_rounded_to_what_the_currency_can_be_charged_in(
    market: Market, hourly_rate: int, minutes: int, currency: str, amount: int
) -> None:
    slot = await market.slot(minutes=minutes)
    await market.priced(market.consultant, hourly_rate, currency)
    assert (await market.request(slot)).json()["amount"] == amount


async def test_a_request_without_a_key_is_two_statements(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The busiest command: what is offered, and all that is written; no transaction around it."""
    slot = await market.slot()
    await market.do("cancel", (await market.request(slot)).json(), market.seeker)  # both are known
    statements = market.statements(monkeypatch)
    monkeypatch.setattr(market.harness.database, "transaction", None)
    assert (await market.request(slot)).status_code == 201
    assert len(statements) == 2
