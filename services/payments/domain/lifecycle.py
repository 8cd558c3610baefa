"""The lifecycle of a payment as data: its status changes only by these transitions.

The status says what has happened to the money, `due` what booking has decided about it. They arrive
in any order; whichever comes second finds the other in the row, and `policy.next_step` determines
what to do.
"""

from __future__ import annotations

from enum import StrEnum

from services.payments.domain.model import PaymentStatus
from shared.lifecycle import Lifecycle, Transition


class Verb(StrEnum):
    """What is done to a payment."""

    AUTHORIZE = "authorize"
    HOLD = "hold"
    FAIL = "fail"
    CAPTURE = "capture"
    RELEASE = "release"
    REOPEN = "reopen"
    REFUND = "refund"
    DISPUTE = "dispute"
    RESTORE = "restore"
    ADOPT_CAPTURE = "adopt_capture"


class Actor(StrEnum):
    """Who changes a payment."""

    SYSTEM = "system"
    OPERATOR = "operator"


_S = PaymentStatus
_system, _operator = (Actor.SYSTEM,), (Actor.OPERATOR,)

TRANSITIONS: tuple[Transition[PaymentStatus, Verb, Actor], ...] = (
    # The booking was accepted.
    Transition(Verb.AUTHORIZE, _S.NONE, _S.AUTHORIZING, _system),
    # The seeker tries again.
    Transition(Verb.AUTHORIZE, _S.FAILED, _S.AUTHORIZING, _system),
    # The bank has authorised the hold.
    Transition(Verb.HOLD, _S.AUTHORIZING, _S.AUTHORIZED, _system),
    # The cardholder has authenticated after a first decline.
    Transition(Verb.HOLD, _S.FAILED, _S.AUTHORIZED, _system),
    # A hold was renewed.
    Transition(Verb.HOLD, _S.AUTHORIZED, _S.AUTHORIZED, _system),
    # The bank declined.
    Transition(Verb.FAIL, _S.AUTHORIZING, _S.FAILED, _system),
    # A hold was lost and could not be renewed.
    Transition(Verb.FAIL, _S.AUTHORIZED, _S.FAILED, _system),
    # The bank declined again, perhaps for another reason.
    Transition(Verb.FAIL, _S.FAILED, _S.FAILED, _system),
    # The hold was captured.
    Transition(Verb.CAPTURE, _S.AUTHORIZED, _S.CAPTURED, _system),
    # A debt was paid: the card was charged again.
    Transition(Verb.CAPTURE, _S.FAILED, _S.CAPTURED, _system),
    # Nothing was charged, nothing is held.
    Transition(Verb.RELEASE, _S.NONE, _S.RELEASED, _system),
    Transition(Verb.RELEASE, _S.AUTHORIZING, _S.RELEASED, _system),
    Transition(Verb.RELEASE, _S.AUTHORIZED, _S.RELEASED, _system),
    Transition(Verb.RELEASE, _S.FAILED, _S.RELEASED, _system),
    # Booking's decision came after the payment had been given up: the seeker owes what is due.
    Transition(Verb.REOPEN, _S.RELEASED, _S.FAILED, _system),
    # All of it was refunded.
    Transition(Verb.REFUND, _S.CAPTURED, _S.REFUNDED, _system),
    # The dispute was decided, and all had been refunded.
    Transition(Verb.REFUND, _S.DISPUTED, _S.REFUNDED, _system),
    # The cardholder's bank disputes the charge, or has taken what was left of it.
    Transition(Verb.DISPUTE, _S.CAPTURED, _S.DISPUTED, _system),
    Transition(Verb.DISPUTE, _S.REFUNDED, _S.DISPUTED, _system),
    # The bank returned a refund: the money is ours again.
    Transition(Verb.RESTORE, _S.REFUNDED, _S.CAPTURED, _system),
    # The dispute was decided, and some of the money is ours.
    Transition(Verb.RESTORE, _S.DISPUTED, _S.CAPTURED, _system),
    # Stripe shows a capture that is not recorded here: an operator adopts it.
    Transition(Verb.ADOPT_CAPTURE, _S.NONE, _S.CAPTURED, _operator),
    Transition(Verb.ADOPT_CAPTURE, _S.AUTHORIZING, _S.CAPTURED, _operator),
    Transition(Verb.ADOPT_CAPTURE, _S.AUTHORIZED, _S.CAPTURED, _operator),
    Transition(Verb.ADOPT_CAPTURE, _S.FAILED, _S.CAPTURED, _operator),
    Transition(Verb.ADOPT_CAPTURE, _S.RELEASED, _S.CAPTURED, _operator),
)

LIFECYCLE = Lifecycle(TRANSITIONS)
# Statuses in which money may still be held or charged.
LIVE = (PaymentStatus.AUTHORIZING, PaymentStatus.AUTHORIZED, PaymentStatus.FAILED)
# Statuses after a capture.
SETTLED = (PaymentStatus.CAPTURED, PaymentStatus.REFUNDED, PaymentStatus.DISPUTED)
