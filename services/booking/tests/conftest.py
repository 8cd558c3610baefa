"""Fixtures and helpers for booking's tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import msgspec
import pytest

from shared import clock
from shared.auth import User
from shared.events import (
    PaymentAuthorized,
    PaymentFailed,
    ProfileUpdated,
    UserEvent,
    UserRegistered,
)
from shared.testing import ServiceHarness

if TYPE_CHECKING:
    from services.booking.tests.feeds import Feeds

RATE = 12_000


class Market(msgspec.Struct):
    """A harness with one consultant, who asks 120.00 an hour, and one seeker."""

    harness: ServiceHarness
    consultant: User
    seeker: User

    async def consultant_event(self, event: type[UserEvent], **more: Any) -> None:
        """Delivers a user event about the consultant."""
        await self.user_event(event, self.consultant, **more)

    async def user_event(self, event: type[UserEvent], user: User, **more: Any) -> None:
        """Delivers a user event about somebody."""
        await self.harness.deliver(
            event(
                user_id=user.id,
                role=user.role,
                first_name=user.first_name,
                last_name=user.last_name,
                email=f"{user.id}@example.org",
                **more,
            )
        )

    def statements(self, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """A list to which each statement that runs outside a transaction is added from now on."""
        reader, run = self.harness.database.reader, []
        rows = reader.rows

        async def counted(query: Any, *arguments: Any, **named: Any) -> Any:
            run.append(query)
            return await rows(query, *arguments, **named)

        monkeypatch.setattr(reader, "rows", counted)
        return run

    async def run_job(self, name: str) -> bool:
        """Runs a job of the service once; returns whether more may be due."""
        return await self.harness.run_job(name)

    def someone(self, role: str) -> User:
        return self.harness.user(role, first_name="Some", last_name="Body")

    async def priced(
        self, consultant: User, hourly_rate: int = RATE, currency: str = "usd"
    ) -> User:
        await self.harness.deliver(
            ProfileUpdated(consultant_id=consultant.id, hourly_rate=hourly_rate, currency=currency)
        )
        return consultant

    async def offer(
        self, *times: tuple[timedelta, timedelta], by: User | None = None
    ) -> list[dict[str, Any]]:
        """Slots from now + start to now + end each."""
        at = clock.now().replace(microsecond=0)
        body = {
            "slots": [
                {"start_time": (at + start).isoformat(), "end_time": (at + end).isoformat()}
                for start, end in times
            ]
        }
        answer = await self.harness.post(
            "/consultants/me/availability", user=by or self.consultant, json=body
        )
        assert answer.status_code == 201, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def slot(
        self, starts_in: timedelta = timedelta(days=3), minutes: int = 60, by: User | None = None
    ) -> dict[str, Any]:
        [slot] = await self.offer((starts_in, starts_in + timedelta(minutes=minutes)), by=by)
        return slot

    async def request(
        self, slot: dict[str, Any], by: User | None = None, **more: Any
    ) -> httpx.Response:
        body = {"consultant_id": slot["consultant_id"], "slot_id": slot["id"], **more}
        return await self.harness.post("/bookings", user=by or self.seeker, json=body)

    async def requested(
        self, starts_in: timedelta = timedelta(days=3), minutes: int = 60
    ) -> dict[str, Any]:
        answer = await self.request(await self.slot(starts_in, minutes))
        assert answer.status_code == 201, answer.text
        return self._body(answer)

    async def accepted(
        self, starts_in: timedelta = timedelta(days=3), minutes: int = 60
    ) -> dict[str, Any]:
        booking = await self.requested(starts_in, minutes)
        answer = await self.do("accept", booking, self.consultant)
        assert answer.status_code == 202, answer.text
        return self._body(answer)

    async def confirmed(
        self, starts_in: timedelta = timedelta(days=3), minutes: int = 60
    ) -> dict[str, Any]:
        booking = await self.accepted(starts_in, minutes)
        await self.harness.deliver(self.authorized(booking))
        return await self.read(booking)

    async def unpaid(
        self, starts_in: timedelta = timedelta(days=3), minutes: int = 60
    ) -> dict[str, Any]:
        booking = await self.accepted(starts_in, minutes)
        await self.harness.deliver(self.failed(booking))
        return await self.read(booking)

    async def in_progress(self, minutes: int = 60) -> dict[str, Any]:
        booking = await self.confirmed(timedelta(minutes=5), minutes)
        answer = await self.do("start", booking, self.seeker)
        assert answer.status_code == 200, answer.text
        return self._body(answer)

    async def completed(self) -> dict[str, Any]:
        booking = await self.in_progress()
        with clock.shifted(timedelta(minutes=20)):
            answer = await self.do("end", booking, self.seeker)
        assert answer.status_code == 200, answer.text
        return self._body(answer)

    async def do(
        self, verb: str, booking: dict[str, Any], by: User | None, **json: Any
    ) -> httpx.Response:
        """POST /bookings/{id}/{verb}"""
        return await self.harness.post(
            f"/bookings/{booking['id']}/{verb}", user=by, json=json or None
        )

    async def read(self, booking: dict[str, Any], by: User | None = None) -> dict[str, Any]:
        answer = await self.harness.get(f"/bookings/{booking['id']}", user=by or self.seeker)
        assert answer.status_code == 200, answer.text
        return self._body(answer)

    async def status(self, booking: dict[str, Any]) -> str:
        return str((await self.read(booking))["status"])

    async def events_of(self, booking: dict[str, Any]) -> list[str]:
        answer = await self.harness.get(f"/bookings/{booking['id']}/timeline", user=self.seeker)
        return [entry["event"] for entry in answer.json()["items"]]

    async def is_free(self, slot_id: str) -> bool:
        answer = await self.harness.get(f"/consultants/{self.consultant.id}/availability")
        return slot_id in [slot["id"] for slot in answer.json()["items"]]

    def authorized(self, booking: dict[str, Any], intent: str = "pi_1") -> PaymentAuthorized:
        return PaymentAuthorized(
            booking_id=UUID(booking["id"]),
            payment_intent_id=intent,
            amount=booking["amount"],
            currency=booking["currency"],
        )

    def failed(self, booking: dict[str, Any], reason: str = "card_declined") -> PaymentFailed:
        return PaymentFailed(
            booking_id=UUID(booking["id"]),
            payment_intent_id="pi_1",
            amount=booking["amount"],
            currency=booking["currency"],
            reason=reason,
        )

    @staticmethod
    def _body(answer: httpx.Response) -> dict[str, Any]:
        body: dict[str, Any] = answer.json()
        return body


def instant(text: str) -> datetime:
    """An instant in a response."""
    assert text.endswith("Z"), text
    return datetime.fromisoformat(text)


@pytest.fixture
def open_market(
    harness: Callable[..., Awaitable[ServiceHarness]],
) -> Callable[..., Awaitable[Market]]:
    async def make(**settings: str) -> Market:
        made = await harness("booking", **settings)
        market = Market(
            made,
            consultant=made.user("consultant", first_name="Grace", last_name="Hopper"),
            seeker=made.user("seeker"),
        )
        await market.priced(market.consultant)
        return market

    return make


@pytest.fixture
async def market(open_market: Callable[..., Awaitable[Market]]) -> Market:
    return await open_market()


@pytest.fixture
async def known_consultant(market: Market) -> User:
    """The market's consultant, known from identity's event before they have offered anything."""
    await market.consultant_event(UserRegistered)
    return market.consultant


@pytest.fixture
def feeds(market: Market) -> Feeds:
    """The market's busy calendars."""
    from services.booking.tests.feeds import Feeds  # noqa: PLC0415 - it imports this module

    return Feeds(market)
