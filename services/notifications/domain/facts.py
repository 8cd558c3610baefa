"""The fields of an event that a party may see in its stream. Pure."""

from __future__ import annotations

from shared import events as e

_TIMES = ("scheduled_start", "scheduled_end")
_PROPOSAL = ("proposed_by", "new_slot_id", "new_start", "new_end")
# The fields of each event that a party may see in its stream, in addition to id, type, time and
# booking.
FACTS: dict[type[e.Event], tuple[str, ...]] = {
    e.BookingRequested: (*_TIMES, "amount", "currency", "respond_by", "message"),
    e.BookingAccepted: (*_TIMES, "amount", "currency"),
    e.BookingDeclined: (*_TIMES, "reason"),
    e.BookingExpired: _TIMES,
    e.BookingCancelled: (*_TIMES, "cancelled_by", "fee", "currency", "reason"),
    e.BookingConfirmed: _TIMES,
    e.BookingPaymentFailed: (*_TIMES, "payment_failure", "payment_deadline"),
    e.RescheduleProposed: (*_TIMES, *_PROPOSAL, "expires_at", "message"),
    e.RescheduleAccepted: (*_TIMES, *_PROPOSAL),
    e.RescheduleDeclined: (*_TIMES, *_PROPOSAL),
    e.RescheduleWithdrawn: (*_TIMES, *_PROPOSAL, "withdrawn_by"),
    e.RescheduleExpired: (*_TIMES, *_PROPOSAL),
    e.BookingRescheduled: (*_TIMES, "previous_start", "previous_end", "rescheduled_by"),
    e.SessionStarted: ("session_start_time",),
    e.SessionMissed: ("absent", "fee", "currency"),
    e.SessionEnded: (
        "session_start_time",
        "session_end_time",
        "duration_seconds",
        "joint_seconds",
        "billable",
        "ended_by",
    ),
    e.SessionRated: ("score", "comment"),
    e.RatingReplied: ("body",),
    e.MessagePosted: ("message_id", "author", "excerpt"),
    e.MessagesRead: ("reader_id", "up_to"),
    e.WaitlistTimeFreed: ("consultant_id", "slot_id", "start_time", "end_time"),
    e.BusyCalendarFailed: ("calendar_id", "name", "host", "since"),
    e.BusyCalendarConflicted: ("calendar_id", "name", "host", *_TIMES),
    e.PaymentAuthorized: ("amount", "currency"),
    e.PaymentFailed: ("amount", "currency", "reason", "owed"),
    e.PaymentCaptured: ("amount", "currency"),
    e.PaymentReleased: ("amount", "currency"),
    e.PaymentRefunded: ("amount", "currency", "kept_amount"),
    e.RefundRefused: ("amount", "currency"),
    e.RefundReturned: ("amount", "currency"),
    e.PaymentDisputed: ("amount", "currency", "reason"),
    e.PayoutSent: ("amount", "currency", "state"),
    e.PayoutAccountChanged: ("state",),
    e.NewDeviceUsed: ("user_agent",),
}
