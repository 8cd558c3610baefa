"""Events of payments: authorisations, captures, refunds, disputes and payouts."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.base import Event


class PaymentEvent(Event, frozen=True, kw_only=True):
    """Fields common to all events about a payment."""

    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking", "notifications")
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    booking_id: UUID
    payment_intent_id: str | None
    amount: int
    currency: str
    reason: str | None = None


class PaymentAuthorized(PaymentEvent, frozen=True, kw_only=True):
    """The card holds `amount`."""

    TYPE: ClassVar[str] = "payment.authorized.v1"
    # Unread and no longer filled; the next version drops it (decision 0085).
    capture_before: datetime | None = None


class PaymentFailed(PaymentEvent, frozen=True, kw_only=True):
    """The card could not be authorised, or a hold was lost and could not be renewed; `reason` is a
    `payment_failure` code of the API. `owed` is whether the seeker owes `amount`: the booking is
    over, and the card was declined when it was charged. Saving a card pays the debt.
    """

    TYPE: ClassVar[str] = "payment.failed.v1"
    owed: bool = False


class PaymentCaptured(PaymentEvent, frozen=True, kw_only=True):
    """`amount` was captured: the session's price, or the fee of a late cancellation."""

    TYPE: ClassVar[str] = "payment.captured.v1"
    # Unread; the next version drops it (decision 0085).
    commission_amount: int = 0


class PaymentReleased(PaymentEvent, frozen=True, kw_only=True):
    """Nothing is held and nothing was charged; `amount` was held until now (0 if nothing was). With
    the `reason` written_off, it is a debt that was given up, because no card can be charged so
    little.
    """

    TYPE: ClassVar[str] = "payment.released.v1"


class PaymentRefunded(PaymentEvent, frozen=True, kw_only=True):
    """`amount` was refunded to the card (negative: the bank returned it to us). `kept_amount` is
    the part of the captured amount that is neither refunded nor withheld by the bank, and
    `payment_status` the payment's status at that time: a dispute may be open.
    """

    TYPE: ClassVar[str] = "payment.refunded.v1"
    kept_amount: int = 0
    payment_status: str | None = None


class RefundRefused(PaymentEvent, frozen=True, kw_only=True):
    """A refund of `amount` that the consultant requested was not made: Stripe refused it, and the
    payment is unchanged. `reason` is Stripe's code, such as charge_already_refunded.
    """

    TYPE: ClassVar[str] = "refund.refused.v1"


class RefundReturned(PaymentEvent, frozen=True, kw_only=True):
    """The bank has returned a refund of `amount` to us, so it never reached the card. What the
    payment amounts to now is said by PaymentRefunded, with a negative amount.
    """

    TYPE: ClassVar[str] = "refund.returned.v1"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("notifications",)


class PaymentDisputed(PaymentEvent, frozen=True, kw_only=True):
    """The cardholder's bank has opened or decided a dispute (`reason`: opened, won, lost).
    `payment_status` is the payment's status at that time: a payment whose dispute was won may have
    been refunded in the meantime. `kept_amount` is the part of the captured amount that is neither
    refunded nor withheld by the bank.
    """

    TYPE: ClassVar[str] = "payment.disputed.v1"
    kept_amount: int | None = None
    payment_status: str | None = None


class PaymentMethodChanged(Event, frozen=True, kw_only=True):
    """A seeker has saved, replaced or removed their card (`state`: saved, removed)."""

    TYPE: ClassVar[str] = "payment_method.changed.v1"
    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking",)
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID
    state: str


class PayoutAccountChanged(Event, frozen=True, kw_only=True):
    """A consultant's payout account has changed (`state`: pending, active, restricted,
    rejected).
    """

    TYPE: ClassVar[str] = "payout_account.changed.v1"
    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("directory", "notifications")
    AGGREGATE_ID: ClassVar[str] = "user_id"
    user_id: UUID
    state: str


class PayoutSent(Event, frozen=True, kw_only=True):
    """The consultant's share of a booking was transferred (`state`: paid, reversed)."""

    TYPE: ClassVar[str] = "payout.sent.v1"
    PRODUCER: ClassVar[str] = "payments"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking", "notifications")
    AGGREGATE_ID: ClassVar[str] = "booking_id"
    user_id: UUID
    booking_id: UUID
    state: str
    amount: int
    currency: str
    # Unread and no longer filled; the next version drops it (decision 0085).
    transfer_id: str | None = None
