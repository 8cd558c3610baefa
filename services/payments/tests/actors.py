"""Helpers for payments' tests: the service with the sandbox of Stripe, a seeker with a card, a
booking and its events.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from services.payments.tests.sandbox import CONNECT_SECRET, WEBHOOK_SECRET, Sandbox, signed
from shared import clock
from shared.auth import User
from shared.events import (
    BookingAccepted,
    BookingCancelled,
    BookingEvent,
    BookingRescheduled,
    SessionEnded,
    SessionMissed,
    UserRegistered,
)
from shared.ids import new_id
from shared.money import share
from shared.testing import ServiceHarness


class Payments:
    """The service and the sandbox of Stripe, with the steps that tests need most."""

    def __init__(self, harness: ServiceHarness, sandbox: Sandbox) -> None:
        self.harness, self.stripe = harness, sandbox
        self.state = harness.app.state

    async def deliver_webhook(self, event: Any, secret: str | None = None) -> httpx.Response:
        """Delivers a Stripe event to the webhook, signed."""
        body = json.dumps(event).encode()
        secret = secret or (CONNECT_SECRET if event.get("account") else WEBHOOK_SECRET)
        headers = {"stripe-signature": signed(body, secret), "content-type": "application/json"}
        return await self.harness.post("/webhooks/stripe", content=body, headers=headers)

    async def receive_events(self) -> None:
        """Delivers all of Stripe's new events and has them handled."""
        for event in await self.stripe.new_events():
            assert (await self.deliver_webhook(event)).status_code == 200
        await self.handle()

    async def handle(self) -> None:
        """Handles the events that were delivered, the echoes of our own steps too."""
        await self.harness.sql(
            "update stripe_events set due_at = received_at where state = 'pending' and tries = 0"
        )
        await self.handle_due()

    async def handle_due(self) -> None:
        """Handles the events that are due now."""
        while await self.harness.run_job("stripe-events"):
            pass

    async def work(self) -> None:
        """Does all steps that are due now."""
        await self.state.worker.drain()

    async def settle(self) -> None:
        """Steps and events, until nothing is new."""
        for _ in range(3):
            await self.work()
            await self.receive_events()

    async def outlast(self, tries: int = 4) -> None:
        """Works until that many further tries were made of whatever Stripe did not answer, each a
        pause after the one before.
        """
        for number in range(1, tries + 1):
            with clock.shifted(timedelta(seconds=600 * number)):
                await self.work()

    async def later(self, seconds: float) -> None:
        """Works as if that much time had passed: rescheduled steps are due, leases over."""
        with clock.shifted(timedelta(seconds=seconds)):
            await self.settle()

    async def seeker(self, card: str | None = "pm_card_visa") -> User:
        """A seeker, registered, with that test card on file."""
        user = self.harness.user("seeker", first_name="Sam", last_name="Seeker")
        await self.registered(user)
        if card is not None:
            await self.save_card(user, card)
        return user

    async def registered(self, user: User) -> None:
        await self.harness.deliver(
            UserRegistered(
                user_id=user.id,
                role=user.role,
                first_name=user.first_name,
                last_name=user.last_name,
                email=f"{user.id}@example.com",
            )
        )

    async def save_card(self, user: User, card: str = "pm_card_visa") -> None:
        """As the browser does it: setup intent, confirmed with Stripe, reported by the event."""
        made = (await self.harness.post("/payments/setup-intent", user=user)).json()
        confirmed = await self.stripe.post(
            f"/v1/setup_intents/{made['setup_intent_id']}/confirm", payment_method=card
        )
        if confirmed.get("status") == "requires_action":
            await self.stripe.control(f"3ds/{made['setup_intent_id']}", outcome="succeed")
        await self.settle()

    async def consultant(self, *, onboarded: bool = True) -> User:
        """A consultant; `onboarded`: with an account that can receive."""
        user = self.harness.user("consultant", first_name="Cora", last_name="Consultant")
        await self.registered(user)
        if onboarded:
            account = (await self.harness.post("/payments/connect-account", user=user)).json()[
                "account_id"
            ]
            await self.onboard(account)
        return user

    async def onboard(self, account: str, outcome: str = "complete") -> None:
        await self.stripe.control(f"accounts/{account}/onboard", outcome=outcome)
        await self.settle()

    async def payment(self, booking_id: UUID) -> Any:
        rows = await self.harness.sql("select * from payments where booking_id = $1", booking_id)
        return rows[0] if rows else None

    async def payout(self, booking_id: UUID) -> Any:
        rows = await self.harness.sql("select * from payouts where booking_id = $1", booking_id)
        return rows[0] if rows else None

    async def operations(self, booking_id: UUID) -> list[Any]:
        return await self.harness.sql(
            "select * from operations where subject_id = $1 order by id", booking_id
        )

    async def ledger_sum(self) -> int:
        total: int = (
            await self.harness.sql("select coalesce(sum(amount), 0) as total from ledger_entries")
        )[0]["total"]
        return total


class Booking:
    """A booking, as its events describe it."""

    def __init__(
        self,
        payments: Payments,
        seeker: User,
        consultant: User,
        *,
        amount: int = 10_000,
        starts_in: timedelta = timedelta(days=1),
        commission_bps: int = 1500,
    ) -> None:
        self.payments, self.id = payments, new_id()
        self.start: datetime = clock.now() + starts_in
        self.fields: dict[str, Any] = {
            "booking_id": self.id,
            "seeker_id": seeker.id,
            "consultant_id": consultant.id,
            "slot_id": new_id(),
            "scheduled_start": self.start,
            "scheduled_end": self.start + timedelta(hours=1),
            "amount": amount,
            "currency": "usd",
            "commission_bps": commission_bps,
        }
        self.seeker, self.consultant, self.amount = seeker, consultant, amount
        self.commission = share(amount, commission_bps)

    async def deliver(self, event: BookingEvent) -> None:
        await self.payments.harness.deliver(event)

    def accepted(self, attempt: int = 1) -> BookingAccepted:
        return BookingAccepted(**self.fields, commission_amount=self.commission, attempt=attempt)

    def ended(self, *, billable: bool = True) -> SessionEnded:
        return SessionEnded(
            **self.fields,
            session_start_time=self.start,
            session_end_time=self.start + timedelta(minutes=50),
            duration_seconds=3000 if billable else 300,
            billable=billable,
            ended_by="seeker",
        )

    def cancelled(self, fee: int = 0, by: str = "seeker") -> BookingCancelled:
        return BookingCancelled(**self.fields, cancelled_by=by, fee=fee)

    def missed(self, fee: int = 0) -> SessionMissed:
        return SessionMissed(**self.fields, absent="seeker" if fee else None, fee=fee)

    def moved(self, starts_in: timedelta, number: int = 1) -> BookingRescheduled:
        start = clock.now() + starts_in
        times = {"scheduled_start": start, "scheduled_end": start + timedelta(hours=1)}
        return BookingRescheduled(
            **{**self.fields, **times, "slot_id": new_id(), "calendar_sequence": number},
            status="confirmed",
            rescheduled_by="seeker",
            previous_slot_id=self.fields["slot_id"],
            previous_start=self.start,
            previous_end=self.fields["scheduled_end"],
        )

    async def authorize(self) -> None:
        """Accepted, and the bank has answered."""
        await self.deliver(self.accepted())
        await self.payments.settle()

    async def emitted(self, kind: type[Any]) -> list[Any]:
        return [
            event
            for event in await self.payments.harness.emitted(kind)
            if event.booking_id == self.id
        ]

    async def status(self) -> str:
        status: str = (await self.payments.payment(self.id))["status"]
        return status


Make = Callable[..., Awaitable[Payments]]
