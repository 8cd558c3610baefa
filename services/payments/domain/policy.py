"""The rules of a payment: what it waits for, when a hold is renewed, how a capture is split."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from services.payments.domain.lifecycle import LIVE
from services.payments.domain.model import Due, Payment, PaymentStatus, Settlement
from shared.money import divide_half_up, share

# A hold must outlive the session by this; one that does not is renewed this long before it lapses,
# so that a card that fails leaves the seeker time to bring another.
GRACE = timedelta(days=1)
RENEW_BEFORE = timedelta(hours=12)
# How long after a renewal that failed the next is tried, while the old hold is still good.
RENEW_AGAIN_AFTER = timedelta(hours=1)


class Step(StrEnum):
    """What a payment waits for. WITHDRAW: drop an authorisation that was not sent, or wait for its
    outcome. CLOSE: nothing is held, so there is nothing to do at Stripe. CHARGE: the hold was lost,
    and the seeker owes the amount.
    """

    CAPTURE = "capture"
    CHARGE = "charge"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    CLOSE = "close"


def next_step(status: str, due: str | None, *, amount: int, has_intent: bool) -> Step | None:
    """What a payment in `status` waits for, given what the booking has decided: `amount` is what is
    to be captured. None: nothing, or the outcome of a step under way.
    """
    if due is None or status not in LIVE:
        return None
    capture = due == Due.CAPTURE and amount > 0
    if status == PaymentStatus.AUTHORIZING:
        return None if capture else Step.WITHDRAW
    if status == PaymentStatus.AUTHORIZED and has_intent:
        return Step.CAPTURE if capture else Step.RELEASE
    if status == PaymentStatus.FAILED and capture:
        return Step.CHARGE
    return Step.RELEASE if has_intent else Step.CLOSE


def renewal_due(ends: datetime, capture_before: datetime | None) -> datetime | None:
    """When a hold is to be renewed: RENEW_BEFORE it lapses, if the session's end plus a day lies
    beyond; None if never.
    """
    if capture_before is None or ends + GRACE <= capture_before:
        return None
    return capture_before - RENEW_BEFORE


def next_renewal(capture_before: datetime | None, at: datetime) -> datetime | None:
    """When a renewal that failed `at` that moment is tried again, the last time as the old hold
    lapses; None once it has lapsed.
    """
    if capture_before is None or capture_before <= at:
        return None
    return min(at + RENEW_AGAIN_AFTER, capture_before)


def commission_of(payment: Payment, amount: int) -> int:
    """Our share of `amount`."""
    return share(amount, payment.commission_bps)


def commission_between(payment: Payment, before: int, after: int) -> int:
    """The commission that we lose when `before` becomes `after`; negative when we regain it."""
    return commission_of(payment, before) - commission_of(payment, after)


def convert(amount: int, *, captured: int, settled: int) -> int:
    """What `amount` of the `captured` money is in the currency in which all of it has settled as
    `settled`: at Stripe's own rate, which is the ratio of the two, rounded half up. All of it is
    exactly `settled`, and no part is more.
    """
    return divide_half_up(amount * settled, captured)


def settled_of(payment: Payment, amount: int) -> int:
    """`amount` of what was captured, in the currency in which it has settled."""
    if payment.settled_amount is None or payment.settled_currency == payment.currency:
        return amount
    return convert(amount, captured=payment.captured_amount, settled=payment.settled_amount)


def share_of(payment: Payment, amount: int) -> int:
    """The consultant's share of `amount`, in the currency in which the capture has settled."""
    return settled_of(payment, amount - commission_of(payment, amount))


def settled_commission_of(payment: Payment, amount: int) -> int:
    """Our share of `amount`, in the currency in which the capture has settled: what the
    consultant's leaves of it.
    """
    return settled_of(payment, amount) - share_of(payment, amount)


def disputed_of(
    payment: Payment, amount: int, currency: str, withdrawn: Settlement | None
) -> int | None:
    """How much of the captured money a dispute of `amount` is about, in the charge's currency. A
    bank may dispute in another: then what was `withdrawn` from our balance decides, at the rate of
    the capture, and None says that nothing has been withdrawn yet. Never more than was captured;
    all of it where the money moved in a currency whose rate is not known.
    """
    if currency == payment.currency:
        return amount
    if withdrawn is None:
        return None
    captured, taken = payment.captured_amount, abs(withdrawn.amount)
    if withdrawn.currency == payment.currency:
        return min(taken, captured)
    if withdrawn.currency != payment.settled_currency or not payment.settled_amount:
        return captured
    return min(convert(taken, captured=payment.settled_amount, settled=captured), captured)
