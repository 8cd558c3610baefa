"""The event catalogue: every event with its wire name, version, producer and consumers.

Adding an optional field is a compatible change. Any other change is a new class with the next
version; the old golden JSON files must decode for ever (`shared/tests/golden/`). Amounts are in
minor units; instants are in UTC.
"""

from shared.events.accounts import (
    AccountEvent,
    EmailChanged,
    EmailChangeRequested,
    EmailVerificationRequested,
    NewDeviceEvent,
    NewDeviceUsed,
    PasswordChanged,
    PasswordResetRequested,
    SessionsRevoked,
    SignedInFromNewDevice,
    UserDeactivated,
    UserEvent,
    UserRegistered,
    UserUpdated,
)
from shared.events.availability import (
    AvailabilityChanged,
    BusyCalendarConflicted,
    BusyCalendarFailed,
    BusyCalendarFailureEnded,
    Interval,
    WaitlistTimeFreed,
)
from shared.events.base import (
    Event,
)
from shared.events.bookings import (
    BookingAccepted,
    BookingCancelled,
    BookingConfirmed,
    BookingDeclined,
    BookingEvent,
    BookingExpired,
    BookingPaymentFailed,
    BookingRequested,
)
from shared.events.payments import (
    PaymentAuthorized,
    PaymentCaptured,
    PaymentDisputed,
    PaymentEvent,
    PaymentFailed,
    PaymentMethodChanged,
    PaymentRefunded,
    PaymentReleased,
    PayoutAccountChanged,
    PayoutSent,
    RefundRefused,
    RefundReturned,
)
from shared.events.profiles import (
    ProfileUpdated,
)
from shared.events.rescheduling import (
    BookingRescheduled,
    RescheduleAccepted,
    RescheduleDeclined,
    RescheduleEvent,
    RescheduleExpired,
    RescheduleProposed,
    RescheduleWithdrawn,
)
from shared.events.sessions import (
    MessagePosted,
    MessagesRead,
    RatingReplied,
    SessionEnded,
    SessionMissed,
    SessionRated,
    SessionStarted,
)

__all__ = [
    "BY_TYPE",
    "CATALOGUE",
    "RENAMED",
    "AccountEvent",
    "AvailabilityChanged",
    "BookingAccepted",
    "BookingCancelled",
    "BookingConfirmed",
    "BookingDeclined",
    "BookingEvent",
    "BookingExpired",
    "BookingPaymentFailed",
    "BookingRequested",
    "BookingRescheduled",
    "BusyCalendarConflicted",
    "BusyCalendarFailed",
    "BusyCalendarFailureEnded",
    "EmailChangeRequested",
    "EmailChanged",
    "EmailVerificationRequested",
    "Event",
    "Interval",
    "MessagePosted",
    "MessagesRead",
    "NewDeviceEvent",
    "NewDeviceUsed",
    "PasswordChanged",
    "PasswordResetRequested",
    "PaymentAuthorized",
    "PaymentCaptured",
    "PaymentDisputed",
    "PaymentEvent",
    "PaymentFailed",
    "PaymentMethodChanged",
    "PaymentRefunded",
    "PaymentReleased",
    "PayoutAccountChanged",
    "PayoutSent",
    "ProfileUpdated",
    "RatingReplied",
    "RefundRefused",
    "RefundReturned",
    "RescheduleAccepted",
    "RescheduleDeclined",
    "RescheduleEvent",
    "RescheduleExpired",
    "RescheduleProposed",
    "RescheduleWithdrawn",
    "SessionEnded",
    "SessionMissed",
    "SessionRated",
    "SessionStarted",
    "SessionsRevoked",
    "SignedInFromNewDevice",
    "UserDeactivated",
    "UserEvent",
    "UserRegistered",
    "UserUpdated",
    "WaitlistTimeFreed",
]

CATALOGUE: tuple[type[Event], ...] = (
    UserRegistered, UserUpdated, UserDeactivated,
    EmailVerificationRequested, PasswordResetRequested, PasswordChanged, EmailChangeRequested,
    EmailChanged, NewDeviceUsed, SignedInFromNewDevice, SessionsRevoked,
    ProfileUpdated,
    AvailabilityChanged,
    BookingRequested, BookingAccepted, BookingDeclined, BookingExpired, BookingCancelled,
    BookingConfirmed,
    BookingPaymentFailed,
    RescheduleProposed, RescheduleAccepted, RescheduleDeclined, RescheduleWithdrawn,
    RescheduleExpired,
    BookingRescheduled,
    SessionStarted, SessionMissed, SessionEnded, SessionRated, RatingReplied,
    MessagePosted, MessagesRead,
    BusyCalendarFailed, BusyCalendarFailureEnded, BusyCalendarConflicted, WaitlistTimeFreed,
    PaymentAuthorized, PaymentFailed, PaymentCaptured, PaymentReleased, PaymentRefunded,
    RefundRefused, RefundReturned, PaymentDisputed,
    PaymentMethodChanged, PayoutAccountChanged, PayoutSent,
)  # fmt: skip

# Former names of events, and their current classes. They are no longer published, but are
# consumed for one more release, because replicas of both versions run during an upgrade.
RENAMED: dict[type[Event], type[Event]] = {SignedInFromNewDevice: NewDeviceUsed}

BY_TYPE: dict[str, type[Event]] = {event.TYPE: event for event in CATALOGUE}
