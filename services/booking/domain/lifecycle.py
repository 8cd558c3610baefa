"""The life of a booking as data: nothing but these rows ever changes its status. `python -m
services.booking.domain.lifecycle` draws them.

The table's CHECK and EXCLUDE constraints and the diagram in docs/architecture.md are held to this
file by tests.
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
    # The consultant says yes; now the seeker's card is asked for the money.
    Transition(Verb.ACCEPT, Status.REQUESTED, Status.ACCEPTED, _consultant),
    # The consultant says no; others may have the slot.
    Transition(Verb.DECLINE, Status.REQUESTED, Status.DECLINED, _consultant),
    # The consultant said nothing until `respond_by`; others may have the slot.
    Transition(Verb.EXPIRE, Status.REQUESTED, Status.EXPIRED, _system),
    # The card holds the money: both can count on the session.
    Transition(Verb.CONFIRM, Status.ACCEPTED, Status.CONFIRMED, _system),
    # The seeker authenticated at their bank after a first refusal.
    Transition(Verb.CONFIRM, Status.PAYMENT_FAILED, Status.CONFIRMED, _system),
    # The card was declined: the seeker has until `payment_deadline` to put it right.
    Transition(Verb.FAIL_PAYMENT, Status.ACCEPTED, Status.PAYMENT_FAILED, _system),
    # The hold was lost before the session and could not be renewed: both are told rather than left
    # with an unpaid session.
    Transition(Verb.FAIL_PAYMENT, Status.CONFIRMED, Status.PAYMENT_FAILED, _system),
    # The seeker asks to try again, usually with another card.
    Transition(Verb.RETRY_PAYMENT, Status.PAYMENT_FAILED, Status.ACCEPTED, _seeker),
    # The seeker did not put it right in time; others may have the slot.
    Transition(Verb.LAPSE, Status.PAYMENT_FAILED, Status.CANCELLED, _system),
    # The session would begin now and the card's answer never came.
    Transition(Verb.LAPSE, Status.ACCEPTED, Status.CANCELLED, _system),
    # The seeker takes the request back, or the consultant withdraws from it: free.
    Transition(Verb.CANCEL, Status.REQUESTED, Status.CANCELLED, _either),
    # Called off while the money is not held yet: free.
    Transition(Verb.CANCEL, Status.ACCEPTED, Status.CANCELLED, _either),
    # Called off rather than paid: free.
    Transition(Verb.CANCEL, Status.PAYMENT_FAILED, Status.CANCELLED, _either),
    # Called off although both counted on it: the seeker pays for being late, the consultant never.
    Transition(Verb.CANCEL, Status.CONFIRMED, Status.CANCELLED, _either),
    # The session begins, and with it the free period.
    Transition(Verb.START, Status.CONFIRMED, Status.IN_PROGRESS, _either),
    # The session is over: either party ends it, or the system does at the latest end.
    Transition(Verb.END, Status.IN_PROGRESS, Status.COMPLETED, _anyone),
    # It was never started, or a party never came: the hold is released, except for what an absent
    # seeker owes.
    Transition(Verb.MISS, Status.CONFIRMED, Status.NO_SHOW, _system),
    # One of the two started it and the other never came.
    Transition(Verb.MISS, Status.IN_PROGRESS, Status.NO_SHOW, _system),
)

LIFECYCLE = Lifecycle(TRANSITIONS)

# What counts towards a consultant's sessions of a day.
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
