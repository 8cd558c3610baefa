"""The model: what a booking must have cost in the end, computed from the actions performed on it,
and from nothing that the services report about money.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.money import share
from tests.people import Consultant, Seeker

COMMISSION_BPS = 1_500
LATE_CANCEL_BPS = 5_000


@dataclass
class BookingModel:
    """One booking. `when`: `now` (it can be started), `soon` (too late for a free cancellation) or
    `far`.
    """

    id: str
    seeker: Seeker
    consultant: Consultant
    when: str
    amount: int
    phase: str = "requested"  # accepted, started, over: as reported to the users
    due: int | None = None  # what the seeker owes; None while undecided
    refunds: int = 0  # number of refunds requested and confirmed
    refunded_by_hand: bool = False  # may have used up what a confirmed refund was to return
    recalled: int = 0  # amount taken back from the consultant manually

    def decide(self, due: int) -> None:
        """The first decision holds."""
        self.phase = "over"
        if self.due is None:
            self.due = due

    @property
    def late_fee(self) -> int:
        """What the seeker owes for cancelling now, when confirmed."""
        return 0 if self.when == "far" else share(self.amount, LATE_CANCEL_BPS)


def earned(kept: int, recalled: int) -> int:
    """What the consultant's account must have received of the amount that was captured, and neither
    refunded nor disputed.
    """
    return max(kept - share(kept, COMMISSION_BPS) - recalled, 0)
