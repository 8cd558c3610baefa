"""Bookings and related values. Amounts are in minor units, instants in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import msgspec


class Status(StrEnum):
    """The status of a booking."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    PAYMENT_FAILED = "payment_failed"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class Actor(StrEnum):
    """Who acts: one of the two parties, or the system (a deadline, or an event of payments)."""

    SEEKER = "seeker"
    CONSULTANT = "consultant"
    SYSTEM = "system"


class PaymentStatus(StrEnum):
    """The status of a booking's payment."""

    NONE = "none"
    AUTHORIZING = "authorizing"
    AUTHORIZED = "authorized"
    FAILED = "failed"
    CAPTURED = "captured"
    RELEASED = "released"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class PaymentFailure(StrEnum):
    """Why the card could not be authorised."""

    CARD_DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    AUTHENTICATION_REQUIRED = "authentication_required"
    NO_PAYMENT_METHOD = "no_payment_method"
    PROCESSING_ERROR = "processing_error"


# A live booking occupies its slot and both parties' time: the database refuses another one that
# overlaps.
LIVE = frozenset(
    {Status.REQUESTED, Status.ACCEPTED, Status.PAYMENT_FAILED, Status.CONFIRMED, Status.IN_PROGRESS}
)

# Statuses in which the parties can be in the session.
ATTENDABLE = frozenset({Status.CONFIRMED, Status.IN_PROGRESS})

# Statuses in which the booking has, or had, a session with an address.
WITH_SESSION = frozenset({Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED, Status.NO_SHOW})


class Absent(StrEnum):
    """Who never came to a session."""

    SEEKER = "seeker"
    CONSULTANT = "consultant"
    BOTH = "both"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Another time that one party has proposed for a booking. Its slot is reserved until the
    proposal is answered or `expires_at` has passed.
    """

    proposed_by: Actor
    slot_id: UUID
    scheduled_start: datetime
    scheduled_end: datetime
    message: str | None
    expires_at: datetime


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking with the names of its two parties. The terms (`respond_by` to
    `payment_grace_seconds`) are those at the time of the request (`policy.BookingTerms`). Fields
    that begin with `propos` are the open proposal.
    """

    id: UUID
    seeker_id: UUID
    consultant_id: UUID
    slot_id: UUID
    status: Status
    message: str | None
    scheduled_start: datetime
    scheduled_end: datetime
    session_start_time: datetime | None = None
    session_end_time: datetime | None = None
    duration_seconds: int | None = None
    respond_by: datetime
    amount: int
    currency: str
    commission_bps: int
    commission_amount: int
    free_period_seconds: int
    cancel_free_seconds: int
    late_cancel_bps: int
    payment_grace_seconds: int
    payment_status: PaymentStatus = PaymentStatus.NONE
    payment_intent_id: str | None = None
    payment_failure: PaymentFailure | None = None
    payment_deadline: datetime | None = None
    payment_attempt: int = 0
    charged_amount: int | None = None
    last_payment_sequence: int | None = None
    cancelled_by: Actor | None = None
    cancellation_fee: int | None = None
    reason: str | None = None
    room: str | None = None
    calendar_sequence: int = 0
    joint_seconds: int | None = None
    absent: Absent | None = None
    seeker_unread: int = 0
    consultant_unread: int = 0
    blocked_until: datetime | None = None
    proposed_by: Actor | None = None
    proposed_slot_id: UUID | None = None
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    proposed_blocked_until: datetime | None = None
    proposal_message: str | None = None
    proposal_expires_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    seeker_first_name: str
    seeker_last_name: str
    consultant_first_name: str
    consultant_last_name: str

    @property
    def free_until(self) -> datetime:
        """Until when the seeker can cancel a confirmed session free of charge."""
        return self.scheduled_start - timedelta(seconds=self.cancel_free_seconds)

    @property
    def answer_by(self) -> datetime:
        """Until when a request can be answered: `respond_by`, or, while a time that the consultant
        has proposed is open, until that expires, if it is later.
        """
        expires_at = self.proposal_expires_at
        is_extended = self.status is Status.REQUESTED and self.proposed_by is Actor.CONSULTANT
        if not is_extended or expires_at is None:
            return self.respond_by
        return max(self.respond_by, expires_at)

    @property
    def proposal(self) -> Proposal | None:
        """The open proposal, if there is one."""
        if (
            self.proposed_by is None
            or self.proposed_slot_id is None
            or self.proposed_start is None
            or self.proposed_end is None
            or self.proposal_expires_at is None
        ):
            return None
        return Proposal(
            proposed_by=self.proposed_by,
            slot_id=self.proposed_slot_id,
            scheduled_start=self.proposed_start,
            scheduled_end=self.proposed_end,
            message=self.proposal_message,
            expires_at=self.proposal_expires_at,
        )

    def changed(self, **changes: Any) -> Booking:
        """The booking with `changes` that affect its calendar entry (status or times)."""
        sequence = self.calendar_sequence + 1
        return msgspec.structs.replace(self, calendar_sequence=sequence, **changes)

    def unread_by(self, reader: Actor) -> int:
        """The number of the other party's messages that `reader` has not read."""
        return self.seeker_unread if reader is Actor.SEEKER else self.consultant_unread

    def role_of(self, user_id: UUID) -> Actor | None:
        """The role of `user_id` in the booking; None if they are not a party."""
        if user_id == self.seeker_id:
            return Actor.SEEKER
        if user_id == self.consultant_id:
            return Actor.CONSULTANT
        return None

    def other_party(self, party: Actor) -> tuple[Actor, UUID]:
        """The role and id of the party that is not `party`."""
        if party is Actor.SEEKER:
            return Actor.CONSULTANT, self.consultant_id
        return Actor.SEEKER, self.seeker_id


class TimelineEntry(NamedTuple):
    """An entry of a booking's timeline: who did what (noun.past_verb), with a few details. Without
    `at` it happens when it is written. `sequence` is that of the payment's event, for its entries.
    """

    actor: Actor
    event: str
    detail: Mapping[str, Any] = {}
    at: datetime | None = None
    sequence: int | None = None


class Cancellation(msgspec.Struct, frozen=True):
    """The consequences of cancelling: `fee` is what the seeker owes, `returned` how much of the
    hold is released, `payout` the consultant's part of the fee. Cancelling is free of charge until
    `free_until`, which is None if that has passed or does not apply.
    """

    can_cancel: bool
    fee: int
    returned: int
    currency: str
    free_until: datetime | None
    policy: str
    payout: int = 0
