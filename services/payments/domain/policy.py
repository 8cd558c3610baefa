"""The rules of payments: the next step, when a hold is renewed, how a capture is split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.payments.domain.lifecycle import LIVE, Verb
from services.payments.domain.model import (
    Dispute,
    DisputeOutcome,
    Due,
    Payment,
    PaymentStatus,
    SavedCard,
    Settlement,
)
from shared.money import divide_half_up, share

# A hold must outlive the session by this; one that does not is renewed this long before it lapses,
# so that the seeker has time to provide another card if it fails.
GRACE = timedelta(days=1)
RENEW_BEFORE = timedelta(hours=12)
# How long after a renewal, successful or not, the next one is tried. A new hold is kept for that
# long even if it seems to lapse before: otherwise a wrong clock would have the money held again and
# again.
RENEW_AGAIN_AFTER = timedelta(hours=1)
# A payment for which booking sends no decision is given up this long before its hold lapses, which
# leaves time to release it while Stripe is down, and not sooner after the session's end: booking
# decides within minutes of it.
GIVE_UP_BEFORE = timedelta(hours=2)
# Where there is no hold, nothing lapses, and it is given up this long after the session's end.
GIVE_UP_AFTER = timedelta(days=2)
# `due_reason` of a payment that was given up; a decision that arrives later replaces it.
GIVEN_UP_REASON = "forgotten"
# `due_reason` of a debt that is smaller than the least that a card can be charged.
WRITTEN_OFF_REASON = "written_off"


class Step(StrEnum):
    """The next step of a payment. WITHDRAW: drop an authorisation that was not sent, or wait for
    its outcome. CLOSE: nothing is held, so there is nothing to do at Stripe. CHARGE: the hold was
    lost, and the seeker owes the amount.
    """

    CAPTURE = "capture"
    CHARGE = "charge"
    RELEASE = "release"
    WITHDRAW = "withdraw"
    CLOSE = "close"


def next_step(
    status: PaymentStatus, due: Due | None, *, amount: int, has_intent: bool
) -> Step | None:
    """The next step of a payment in `status`, given what booking has decided; `amount` is to be
    captured. None if there is none, or a step is in progress.
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


def given_up_at(ends: datetime, capture_before: datetime | None) -> datetime:
    """When booking's decision about a session that ends at `ends` is waited for no longer; the
    payment's hold lapses at `capture_before`, None if it has none. The query of `queries/stuck.py`
    says the same.
    """
    if capture_before is None:
        return ends + GIVE_UP_AFTER
    return max(capture_before - GIVE_UP_BEFORE, ends + GIVE_UP_BEFORE)


def is_superseded(saved: SavedCard, chosen_at: datetime) -> bool:
    """Whether the seeker has confirmed another card, or removed theirs, after they confirmed one at
    `chosen_at`. That is Stripe's time, in whole seconds, so a removal within the same second counts
    as the earlier of the two: rather a card too many than none.
    """
    if saved.removed_at is not None and chosen_at < saved.removed_at.replace(microsecond=0):
        return True
    return chosen_at < saved.chosen_at


def commission_of(payment: Payment, amount: int) -> int:
    """Our share of `amount`."""
    return share(amount, payment.commission_bps)


def commission_between(payment: Payment, before: int, after: int) -> int:
    """The commission that we lose when `before` becomes `after`; negative when we regain it."""
    return commission_of(payment, before) - commission_of(payment, after)


def convert(amount: int, *, captured: int, settled: int) -> int:
    """Converts `amount`, a part of `captured`, to the currency in which `captured` has settled as
    `settled`: at Stripe's own rate, which is the ratio of the two, rounded half up. The whole is
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
    """Our share of `amount`, in the currency in which the capture has settled: the rest after the
    consultant's share.
    """
    return settled_of(payment, amount) - share_of(payment, amount)


def remaining_of(payment: Payment, disputes: Iterable[Dispute]) -> int:
    """The captured amount that is neither refunded nor withheld by the cardholder's bank, which
    keeps what is disputed unless we win. It may dispute all of a charge of which a part was
    refunded.
    """
    withheld = sum(one.charge_amount for one in disputes if one.outcome != DisputeOutcome.WON)
    return max(payment.captured_amount - payment.refunded_amount - withheld, 0)


def verb_after_returns(payment: Payment, disputes: Sequence[Dispute]) -> Verb:
    """The verb that leads to the status of a captured payment after these refunds and disputes, in
    whatever order they came: disputed while the bank decides on any of them, then refunded if all
    of it was, captured if something remains, and disputed if the bank has taken the rest.
    """
    if any(one.outcome == DisputeOutcome.OPEN for one in disputes):
        return Verb.DISPUTE
    if payment.refunded_amount == payment.captured_amount:
        return Verb.REFUND
    return Verb.RESTORE if remaining_of(payment, disputes) > 0 else Verb.DISPUTE


class Loss(NamedTuple):
    """What the platform and the consultant lose by a dispute, in the charge's currency."""

    commission: int
    share: int


def loss_by(payment: Payment, dispute: Dispute, others: Iterable[Dispute]) -> Loss:
    """What each party loses while the bank withholds the amount of `dispute`, in addition to what
    was refunded and what `others` withhold.
    """
    before = remaining_of(payment, others)
    after = max(before - dispute.charge_amount, 0)
    commission = commission_between(payment, before, after)
    return Loss(commission, before - after - commission)


def disputed_of(
    payment: Payment, amount: int, currency: str, withdrawn: Settlement | None
) -> int | None:
    """How much of the capture a dispute of `amount` concerns, in the charge's currency. If the bank
    disputes in another currency, it is computed from what was `withdrawn` from our balance, at the
    rate of the capture; None if nothing has been withdrawn yet. Never more than was captured; all
    of it if the funds moved in a currency whose rate is not known.
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
