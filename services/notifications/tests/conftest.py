"""Notifications with empty tables, a mail sandbox, and shortcuts to create events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared import events as e
from shared.auth import User
from shared.clock import now
from shared.ids import new_id
from shared.testing import ServiceHarness
from shared.testing.mail_sandbox import MailSandbox

Notifications = ServiceHarness


@pytest.fixture(scope="session")
def running_mail(run_directory: Path) -> Iterator[MailSandbox]:
    made = MailSandbox(run_directory / "notifications-mail")
    yield made
    made.kill()


@pytest.fixture
def mail(running_mail: MailSandbox) -> MailSandbox:
    """The sandbox, empty and without queued failures."""
    running_mail.clear()
    return running_mail


@pytest.fixture
async def notifications(
    harness: Callable[..., Awaitable[ServiceHarness]], mail: MailSandbox
) -> ServiceHarness:
    """Notifications without its jobs; nothing is sent until `send_mails`."""
    return await harness(
        "notifications",
        smtp_url=mail.url,
        mail_from="Consultant Connect <hello@market.example>",
        public_url="https://market.example",
    )


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notifications.mailer.sender.PACE_SECONDS", 0)


async def send_mails(notifications: ServiceHarness) -> None:
    """Runs the job until nothing more is due."""
    while await notifications.app.state.sender.work():
        pass


async def states(notifications: Notifications, kind: str) -> list[tuple[Any, ...]]:
    rows = await notifications.sql(
        "select state, last_error from mails where kind = $1 order by id", kind
    )
    return [tuple(row) for row in rows]


async def make_due(notifications: Notifications, kind: str) -> None:
    await notifications.sql("update mails set due_at = now() where kind = $1", kind)


class Pair:
    """A known seeker and consultant, and events about their booking."""

    def __init__(self, service: ServiceHarness) -> None:
        self.service = service
        self.seeker = User(new_id(), "seeker", "Ada", "Byron")
        self.consultant = User(new_id(), "consultant", "Carl", "Gauß")
        self.booking_id = new_id()
        self.start = (now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
        self.sequence = 0

    def email(self, user: User) -> str:
        return f"{user.first_name.lower()}@example.org"

    async def register(
        self, *, languages: Mapping[str, str | None] | None = None, **zones: str
    ) -> Pair:
        for user in (self.seeker, self.consultant):
            zone = zones.get(user.role, "Europe/Berlin")
            language = (languages or {}).get(user.role)
            await self.service.deliver(self.registered(user, zone, language))
        return self

    def registered(
        self, user: User, zone: str = "UTC", language: str | None = None
    ) -> e.UserRegistered:
        return e.UserRegistered(
            user_id=user.id,
            role=user.role,
            first_name=user.first_name,
            last_name=user.last_name,
            email=self.email(user),
            time_zone=zone,
            language=language,
        )

    def fields(self, start: datetime | None = None) -> dict[str, Any]:
        start = start or self.start
        return {
            "booking_id": self.booking_id,
            "seeker_id": self.seeker.id,
            "consultant_id": self.consultant.id,
            "slot_id": UUID(int=1),
            "scheduled_start": start,
            "scheduled_end": start + timedelta(hours=1),
            "amount": 6000,
            "currency": "eur",
            "commission_bps": 1500,
            "calendar_sequence": self.sequence,
        }

    async def happens(self, kind: type[e.BookingEvent], **more: Any) -> None:
        self.sequence += 1
        await self.service.deliver(kind(**self.fields(more.pop("start", None)), **more))

    async def requested(self, **more: Any) -> None:
        more = {"respond_by": self.start - timedelta(hours=1), **more}
        await self.happens(e.BookingRequested, **more)

    async def confirmed(self) -> None:
        await self.requested()
        await self.happens(e.BookingAccepted, commission_amount=900)
        await self.happens(e.BookingConfirmed)

    async def cancelled(self, by: str = "seeker", fee: int = 0, **more: Any) -> None:
        await self.happens(e.BookingCancelled, cancelled_by=by, fee=fee, **more)

    async def ended(self, **more: Any) -> None:
        at = now()
        await self.happens(
            e.SessionEnded,
            **{
                "session_start_time": at - timedelta(hours=1),
                "session_end_time": at,
                "duration_seconds": 3600,
                "billable": True,
                "ended_by": "seeker",
                **more,
            },
        )

    async def moved(self, start: datetime, status: str = "confirmed", **more: Any) -> None:
        old, self.start = self.start, start
        await self.happens(
            e.BookingRescheduled,
            status=status,
            rescheduled_by="seeker",
            previous_slot_id=UUID(int=2),
            previous_start=old,
            previous_end=old + timedelta(hours=1),
            **more,
        )

    def proposal(self) -> dict[str, Any]:
        """The facts of the seeker's proposal to move the session to the next day."""
        start = self.start + timedelta(days=1)
        return {
            "proposed_by": "seeker",
            "new_slot_id": UUID(int=3),
            "new_start": start,
            "new_end": start + timedelta(hours=1),
        }

    def posted(self, excerpt: str = "Hello", author: str = "seeker", **more: Any) -> Any:
        seeker, consultant = self.seeker.id, self.consultant.id
        mine, other = (seeker, consultant) if author == "seeker" else (consultant, seeker)
        fields = {
            "message_id": new_id(),
            "booking_id": self.booking_id,
            "author": author,
            "author_id": mine,
            "recipient_id": other,
            "excerpt": excerpt,
            "posted_at": now(),
            **more,
        }
        return e.MessagePosted(**fields)


@pytest.fixture
async def pair(notifications: ServiceHarness) -> Pair:
    return await Pair(notifications).register()
