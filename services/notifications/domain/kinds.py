"""Who is notified of what, when and how: one table as data. Pure.

`domain/kinds_documentation.py` generates the documentation's table from it, and a test checks every
row.
"""

from __future__ import annotations

from services.notifications.domain.conditions import (
    first_attempt,
    is_money_back,
    is_opened,
    is_owed,
    is_paid,
    is_withdrawn_by_proposer,
)
from services.notifications.domain.model import Category, Channel, Due, Kind, Reader, Void
from shared import events as e

_SEEKER, _CONSULTANT = (Reader.SEEKER,), (Reader.CONSULTANT,)
_BOTH = (Reader.SEEKER, Reader.CONSULTANT)
_OWNER = (Reader.OWNER,)
_LIVE = (Channel.LIVE,)
_LIVE_AND_LIST = (Channel.LIVE, Channel.LIST)
_ALL = (Channel.LIVE, Channel.LIST, Channel.MAIL)
_MAIL = (Channel.MAIL,)
_OVER = ("declined", "expired", "cancelled", "no_show", "completed")
_NOT_CONFIRMED = ("requested", "accepted", "payment_failed", *_OVER)
_HELD = ("confirmed", "in_progress")
_DAY, _HOUR = 86_400, 3_600
_BOOKINGS, _PAYMENTS = Category.BOOKINGS, Category.PAYMENTS
_RATINGS, _REMINDERS = Category.RATINGS, Category.REMINDERS

KINDS: tuple[Kind, ...] = (
    # ---- accounts
    Kind(
        "account.verification",
        e.EmailVerificationRequested,
        _OWNER,
        _MAIL,
        address_field="email",
        valid_seconds=_DAY,
        link="/verify-email#token={token}",
    ),
    Kind(
        "account.password_reset",
        e.PasswordResetRequested,
        _OWNER,
        _MAIL,
        address_field="email",
        valid_seconds=_HOUR,
        link="/reset-password#token={token}",
    ),
    Kind("account.password_changed", e.PasswordChanged, _OWNER, _ALL, link="/account"),
    Kind(
        "account.email_confirmation",
        e.EmailChangeRequested,
        _OWNER,
        _MAIL,
        address_field="new_email",
        valid_seconds=_DAY,
        link="/verify-email#token={token}",
    ),
    Kind(
        "account.email_change_requested",
        e.EmailChangeRequested,
        _OWNER,
        _MAIL,
        address_field="old_email",
        link="/account",
    ),
    Kind(
        "account.email_changed",
        e.EmailChanged,
        _OWNER,
        _ALL,
        address_field="old_email",
        link="/account",
    ),
    Kind("account.new_device", e.NewDeviceUsed, _OWNER, _ALL, link="/account"),
    # ---- bookings
    Kind(
        "booking.requested",
        e.BookingRequested,
        _CONSULTANT,
        _ALL,
        _BOOKINGS,
        Void(answered=True),
    ),
    Kind("booking.requested", e.BookingRequested, _SEEKER, _LIVE),
    Kind(
        "booking.accepted",
        e.BookingAccepted,
        _SEEKER,
        _ALL,
        _BOOKINGS,
        Void(("payment_failed", *_HELD, *_OVER), "end"),
        condition=first_attempt,
    ),
    Kind("booking.accepted", e.BookingAccepted, _CONSULTANT, _LIVE),
    Kind(
        "booking.confirmed",
        e.BookingConfirmed,
        _BOTH,
        _ALL,
        _BOOKINGS,
        Void(_NOT_CONFIRMED, "end", moved=True),
        calendar="REQUEST",
    ),
    Kind("booking.declined", e.BookingDeclined, _SEEKER, _ALL, _BOOKINGS, Void(after="end")),
    Kind("booking.declined", e.BookingDeclined, _CONSULTANT, _LIVE),
    Kind("booking.expired", e.BookingExpired, _BOTH, _ALL, _BOOKINGS, Void(after="end")),
    Kind("booking.cancelled", e.BookingCancelled, _BOTH, _ALL, calendar="CANCEL", money=True),
    Kind(
        "booking.payment_failed",
        e.BookingPaymentFailed,
        _SEEKER,
        _ALL,
        void=Void(("accepted", *_HELD, *_OVER), "payment_deadline"),
        money=True,
    ),
    Kind("booking.payment_failed", e.BookingPaymentFailed, _CONSULTANT, _LIVE),
    Kind(
        "reschedule.proposed",
        e.RescheduleProposed,
        (Reader.OTHER,),
        _ALL,
        _BOOKINGS,
        Void(_OVER, "expires_at", proposal_closed=True),
    ),
    Kind("reschedule.proposed", e.RescheduleProposed, (Reader.PROPOSER,), _LIVE),
    Kind("reschedule.accepted", e.RescheduleAccepted, _BOTH, _LIVE),
    Kind(
        "booking.rescheduled",
        e.BookingRescheduled,
        _BOTH,
        _ALL,
        _BOOKINGS,
        Void(_OVER, "end", moved=True, answered=True),
        calendar="REQUEST",
    ),
    Kind(
        "reschedule.declined",
        e.RescheduleDeclined,
        (Reader.PROPOSER,),
        _ALL,
        _BOOKINGS,
        Void(_OVER, "end", moved=True),
    ),
    Kind("reschedule.declined", e.RescheduleDeclined, (Reader.OTHER,), _LIVE),
    Kind(
        "reschedule.withdrawn",
        e.RescheduleWithdrawn,
        (Reader.OTHER,),
        _LIVE_AND_LIST,
        condition=is_withdrawn_by_proposer,
    ),
    Kind("reschedule.withdrawn", e.RescheduleWithdrawn, (Reader.PROPOSER,), _LIVE),
    Kind("reschedule.expired", e.RescheduleExpired, (Reader.PROPOSER,), _LIVE_AND_LIST),
    Kind("reschedule.expired", e.RescheduleExpired, (Reader.OTHER,), _LIVE),
    Kind(
        "reminder",
        e.BookingConfirmed,
        _BOTH,
        _MAIL,
        _REMINDERS,
        Void((*_NOT_CONFIRMED, "in_progress"), "start", moved=True),
        Due.REMINDERS,
        link="/session/{booking_id}",
        calendar="REQUEST",
    ),
    # ---- sessions
    Kind("session.started", e.SessionStarted, _BOTH, _LIVE),
    Kind("session.missed", e.SessionMissed, _BOTH, _ALL, _BOOKINGS, money=True),
    Kind("session.ended", e.SessionEnded, _BOTH, _ALL, _PAYMENTS, money=True),
    Kind("rating.asked", e.SessionEnded, _SEEKER, _MAIL, _RATINGS, Void(rated=True), Due.AFTER_END),
    Kind("rating.received", e.SessionRated, _CONSULTANT, _ALL, _RATINGS),
    Kind("rating.received", e.SessionRated, _SEEKER, _LIVE),
    Kind("rating.replied", e.RatingReplied, _SEEKER, _LIVE_AND_LIST),
    Kind("rating.replied", e.RatingReplied, _CONSULTANT, _LIVE),
    Kind(
        "message.posted",
        e.MessagePosted,
        (Reader.RECIPIENT,),
        _ALL,
        Category.MESSAGES,
        due=Due.UNREAD,
    ),
    Kind("message.posted", e.MessagePosted, (Reader.AUTHOR,), _LIVE),
    Kind("messages.read", e.MessagesRead, (Reader.AUTHOR, Reader.RECIPIENT), _LIVE),
    Kind(
        "waitlist.freed",
        e.WaitlistTimeFreed,
        _SEEKER,
        _ALL,
        _BOOKINGS,
        Void(after="start", time_taken=True),
        link="/experts/{consultant_id}",
    ),
    Kind(
        "calendar.failed",
        e.BusyCalendarFailed,
        _CONSULTANT,
        _ALL,
        _BOOKINGS,
        Void(failure_ended=True),
        link="/availability",
    ),
    Kind(
        "calendar.conflicted",
        e.BusyCalendarConflicted,
        _CONSULTANT,
        _ALL,
        _BOOKINGS,
        Void(_OVER, "start", moved=True),
    ),
    # ---- money
    Kind("payment.authorized", e.PaymentAuthorized, _BOTH, _LIVE),
    Kind(
        "payment.failed",
        e.PaymentFailed,
        _SEEKER,
        _ALL,
        void=Void(owes_nothing=True),
        condition=is_owed,
        link="/settings/payment",
        money=True,
    ),
    Kind("payment.failed", e.PaymentFailed, _CONSULTANT, _LIVE),
    Kind("payment.captured", e.PaymentCaptured, _BOTH, _LIVE),
    Kind("payment.released", e.PaymentReleased, _BOTH, _LIVE),
    Kind(
        "payment.refunded",
        e.PaymentRefunded,
        _SEEKER,
        _ALL,
        _PAYMENTS,
        condition=is_money_back,
        money=True,
    ),
    Kind("payment.refunded", e.PaymentRefunded, _CONSULTANT, _LIVE),
    Kind("refund.refused", e.RefundRefused, _CONSULTANT, _ALL, _PAYMENTS, money=True),
    # The seeker waits for the money, so this mail cannot be switched off.
    Kind("refund.returned", e.RefundReturned, _BOTH, _ALL, money=True),
    Kind(
        "payment.disputed",
        e.PaymentDisputed,
        _CONSULTANT,
        _ALL,
        _PAYMENTS,
        condition=is_opened,
        money=True,
    ),
    Kind("payment.disputed", e.PaymentDisputed, _SEEKER, _LIVE),
    Kind(
        "payout.sent",
        e.PayoutSent,
        _CONSULTANT,
        _ALL,
        _PAYMENTS,
        condition=is_paid,
        link="/payouts",
        money=True,
    ),
    Kind("payout_account.changed", e.PayoutAccountChanged, _OWNER, _LIVE, link="/payouts"),
)

BY_EVENT: dict[type[e.Event], tuple[Kind, ...]] = {
    event: tuple(kind for kind in KINDS if kind.event is event)
    for event in dict.fromkeys(kind.event for kind in KINDS)
}
MAILED: dict[str, Kind] = {kind.name: kind for kind in KINDS if Channel.MAIL in kind.channels}
# Somebody waits for these mails, and their links expire: they are sent before all others.
URGENT: tuple[str, ...] = tuple(name for name, kind in MAILED.items() if kind.valid_seconds)
OTHERS: tuple[str, ...] = tuple(name for name in MAILED if name not in URGENT)
