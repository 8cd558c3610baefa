"""Events of booking about moving a booking to another time."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.bookings import BookingEvent


class RescheduleEvent(BookingEvent, frozen=True, kw_only=True):
    """A proposal to move a booking. The booking's own times are still the agreed ones; `new_…` are
    those of the proposed slot.
    """

    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)
    proposed_by: str
    new_slot_id: UUID
    new_start: datetime
    new_end: datetime


class RescheduleProposed(RescheduleEvent, frozen=True, kw_only=True):
    """One party (`proposed_by`: seeker, consultant) has proposed another time to the other; the
    proposal is open until `expires_at`.
    """

    TYPE: ClassVar[str] = "reschedule.proposed.v1"
    expires_at: datetime
    message: str | None = None


class RescheduleAccepted(RescheduleEvent, frozen=True, kw_only=True):
    """The other party has agreed to the proposed time; BookingRescheduled follows."""

    TYPE: ClassVar[str] = "reschedule.accepted.v1"


class RescheduleDeclined(RescheduleEvent, frozen=True, kw_only=True):
    """The other party has declined the proposed time; the booking keeps its time."""

    TYPE: ClassVar[str] = "reschedule.declined.v1"


class RescheduleWithdrawn(RescheduleEvent, frozen=True, kw_only=True):
    """The proposer has withdrawn the proposal, or the booking ended or its session began while it
    was open: `withdrawn_by` is who proposed it (seeker, consultant), or system.
    """

    TYPE: ClassVar[str] = "reschedule.withdrawn.v1"
    withdrawn_by: str | None = None  # null in events from before it was recorded


class RescheduleExpired(RescheduleEvent, frozen=True, kw_only=True):
    """The proposal was not answered in time; the booking keeps its time."""

    TYPE: ClassVar[str] = "reschedule.expired.v1"


class BookingRescheduled(BookingEvent, frozen=True, kw_only=True):
    """The booking has moved: slot and times are the new ones, `previous_…` the former times.
    `rescheduled_by` is the party whose call moved it: who accepted the proposal, or the seeker who
    moved their own unanswered request. Price, commission and payment are unchanged. `respond_by` is
    the new deadline if the request has yet to be answered.
    """

    TYPE: ClassVar[str] = "booking.rescheduled.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("payments", "notifications")
    status: str
    rescheduled_by: str
    # Unread, but still sent: the decoders of the previous version require it. The next one drops it
    # (decision 0085).
    previous_slot_id: UUID | None = None
    previous_start: datetime
    previous_end: datetime
    respond_by: datetime | None = None
