"""The lifecycle of a booking as data: its status changes only by these transitions. `python -m
services.booking.domain.lifecycle` prints the diagram.

Tests compare this module with the diagram in docs/architecture.md and with the table's CHECK and
EXCLUDE constraints.
"""

from enum import StrEnum

from services.booking.domain.model import LIVE, Actor, Status
from shared.lifecycle import Lifecycle, Transition


class Verb(StrEnum):
    """What is done to a booking."""

    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    CONFIRM = "confirm"
    FAIL_PAYMENT = "fail_payment"
    RETRY_PAYMENT = "retry_payment"
    LAPSE = "lapse"
    CANCEL = "cancel"
    START = "start"
    END = "end"
    MISS = "miss"


_consultant, _seeker, _system = (Actor.CONSULTANT,), (Actor.SEEKER,), (Actor.SYSTEM,)
_either = (Actor.SEEKER, Actor.CONSULTANT)
_anyone = (Actor.SEEKER, Actor.CONSULTANT, Actor.SYSTEM)

TRANSITIONS: tuple[Transition[Status, Verb, Actor], ...] = (
    # The consultant accepts; the seeker's card is authorised next.
    Transition(Verb.ACCEPT, Status.REQUESTED, Status.ACCEPTED, _consultant),
    # The consultant declines; the slot is free again.
    Transition(Verb.DECLINE, Status.REQUESTED, Status.DECLINED, _consultant),
    # The consultant did not answer by `Booking.answer_by`; the slot is free again, unless it has
    # begun.
    Transition(Verb.EXPIRE, Status.REQUESTED, Status.EXPIRED, _system),
    # The payment is authorised: the session will take place.
    Transition(Verb.CONFIRM, Status.ACCEPTED, Status.CONFIRMED, _system),
    # The seeker has authenticated with their bank after a first decline.
    Transition(Verb.CONFIRM, Status.PAYMENT_FAILED, Status.CONFIRMED, _system),
    # The card was declined: the seeker has until `payment_deadline` to fix it.
    Transition(Verb.FAIL_PAYMENT, Status.ACCEPTED, Status.PAYMENT_FAILED, _system),
    # The hold was lost before the session and could not be renewed: both parties are notified, so
    # that the session is not left unpaid.
    Transition(Verb.FAIL_PAYMENT, Status.CONFIRMED, Status.PAYMENT_FAILED, _system),
    # The seeker retries the payment, usually with another card.
    Transition(Verb.RETRY_PAYMENT, Status.PAYMENT_FAILED, Status.ACCEPTED, _seeker),
    # The seeker did not fix it in time; the slot is free again.
    Transition(Verb.LAPSE, Status.PAYMENT_FAILED, Status.CANCELLED, _system),
    # The session would begin now, but the outcome of the authorisation never arrived.
    Transition(Verb.LAPSE, Status.ACCEPTED, Status.CANCELLED, _system),
    # The seeker withdraws the request, or the consultant rejects it: free of charge.
    Transition(Verb.CANCEL, Status.REQUESTED, Status.CANCELLED, _either),
    # Cancelled before the payment is authorised: free of charge.
    Transition(Verb.CANCEL, Status.ACCEPTED, Status.CANCELLED, _either),
    # Cancelled instead of paid: free of charge.
    Transition(Verb.CANCEL, Status.PAYMENT_FAILED, Status.CANCELLED, _either),
    # Cancelled after confirmation: the seeker pays a fee if it is late, the consultant never.
    Transition(Verb.CANCEL, Status.CONFIRMED, Status.CANCELLED, _either),
    # The session and its free period begin.
    Transition(Verb.START, Status.CONFIRMED, Status.IN_PROGRESS, _either),
    # A party ends the session, or the system does at the latest end.
    Transition(Verb.END, Status.IN_PROGRESS, Status.COMPLETED, _anyone),
    # The session was never started, or a party never came: the hold is released, except for what an
    # absent seeker owes.
    Transition(Verb.MISS, Status.CONFIRMED, Status.NO_SHOW, _system),
    # One of the two started it and the other never came.
    Transition(Verb.MISS, Status.IN_PROGRESS, Status.NO_SHOW, _system),
)

LIFECYCLE = Lifecycle(TRANSITIONS)

# Statuses that count towards a consultant's daily limit.
COUNTED = LIVE | {Status.COMPLETED}

PAST_TENSE = {
    Verb.ACCEPT: "accepted",
    Verb.DECLINE: "declined",
    Verb.EXPIRE: "expired",
    Verb.CONFIRM: "confirmed",
    Verb.FAIL_PAYMENT: "failed",
    Verb.RETRY_PAYMENT: "paid for again",
    Verb.LAPSE: "cancelled",
    Verb.CANCEL: "cancelled",
    Verb.START: "started",
    Verb.END: "ended",
    Verb.MISS: "missed",
}


def diagram() -> str:
    """The table as a mermaid state diagram."""
    return LIFECYCLE.diagram(f"[*] --> {Status.REQUESTED}: request (seeker)")


if __name__ == "__main__":
    print(diagram())  # noqa: T201
