"""The model: what a booking must have cost in the end, from what was done to it and from nothing
that the services say of money.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.money import share
from tests.people import Consultant, Seeker

COMMISSION_BPS = 1_500
LATE_CANCEL_BPS = 5_000


@dataclass
class BookingModel:
    """One booking. `when`: `now` (it can be started), `soon` (too late to cancel for nothing) or
    `far`.
    """

    id: str
    seeker: Seeker
    consultant: Consultant
    when: str
    amount: int
    phase: str = "requested"  # accepted, started, over: as far as people were told
    due: int | None = None  # what the seeker owes for it; None while nothing is decided
    refunds: int = 0  # how many were asked for, and promised
    refunded_by_hand: bool = False  # which may have taken what a promised refund was to return
    recalled: int = 0  # what was taken back from the consultant by hand

    def decide(self, due: int) -> None:
        """What was decided first holds."""
        self.phase = "over"
        if self.due is None:
            self.due = due

    @property
    def late_fee(self) -> int:
        """What the seeker owes who cancels it now, though it is confirmed."""
        return 0 if self.when == "far" else share(self.amount, LATE_CANCEL_BPS)


def earned(kept: int, recalled: int) -> int:
    """What must be at the consultant's account, of what was captured, not refunded and not
    disputed.
    """
    return max(kept - share(kept, COMMISSION_BPS) - recalled, 0)
