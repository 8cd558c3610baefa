"""One example of the machine: its actions so far, how it waits, and its report when something is
wrong.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, rule

from shared.testing import until
from tests.model_based.booking_model import BookingModel
from tests.model_based.invariants import wrong
from tests.model_based.stack_driver import StackDriver


class Example(RuleBasedStateMachine):
    """The bookings of one example on a running stack."""

    driver: ClassVar[StackDriver]
    ended: ClassVar[list[BookingModel]]  # of all examples

    def __init__(self) -> None:
        super().__init__()
        self.bookings: list[BookingModel] = []
        self.journal: list[str] = []
        self.began = datetime.now(UTC)
        self.done = False

    @rule()
    def settle(self) -> None:
        """Everything in progress finishes, despite the failures ahead, and then all invariants
        hold.
        """
        self.note("settle()")
        if self.bookings:
            self.driver.stripe("POST", "/_sandbox/webhooks", pause=False)
            self.settled()

    def settled(self) -> None:
        """Waits until nothing is in progress and nothing is wrong, checked twice. Raises
        AssertionError with the whole history.
        """
        ids = [booking.id for booking in self.bookings]
        hurried, clean = 0.0, 0

        def look() -> list[str]:
            nonlocal hurried, clean
            if time.monotonic() - hurried > 0.5:
                hurried = time.monotonic()
                self.driver.hurry(ids)
            found = self.driver.busy(ids, self.began, echoes=self.done) or [
                f"{booking.id}: {what}"
                for booking in self.bookings
                for what in wrong(self.driver, booking)
            ]
            clean = 0 if found else clean + 1
            return found

        until(look, lambda _: clean == 2, within=self.driver.patience, story=self.story)

    def note(self, what: str) -> None:
        at = (datetime.now(UTC) - self.began).total_seconds()
        self.journal.append(f"{at:7.2f} s  {what}")

    def pick(self, n: int, verb: str, *likely: str) -> BookingModel:
        """One of the bookings, preferably in one of the `likely` phases: actions that are refused
        anyway reveal little.
        """
        among = [
            booking
            for booking in self.bookings
            if booking.phase in likely or ("paid" in likely and booking.due)
        ] or self.bookings
        booking = among[n % len(among)]
        self.note(f"{verb} of {booking.id[-4:]} ({booking.when})")
        return booking

    @staticmethod
    def moved(answer: Any) -> bool:
        """Whether the booking was moved; 409 is the only other response."""
        assert answer.status_code in (200, 202, 409), answer.text
        moved: bool = answer.status_code != 409
        return moved

    def story(self, found: list[str]) -> str:
        """What is wrong, the actions so far, and the database's state."""
        lines = ["", "WRONG:", *found, "DONE:", *self.journal]
        for booking in self.bookings:
            lines += [f"BOOKING {booking.id}: {booking}"]
            for table, key in (
                ("payments", "booking_id"),
                ("payouts", "booking_id"),
                ("operations", "subject_id"),
            ):
                rows = self.driver.sql(
                    f"select * from payments.{table} where {key} = $1 order by created_at",
                    booking.id,
                )
                for row in rows:
                    said = {k: v for k, v in row.items() if v is not None}
                    said.pop("request_context", None)
                    lines.append(f"  {table}: {said}")
            timeline = self.driver.sql(
                "select at, actor, event, detail from booking.timeline where booking_id = $1 "
                "order by at",
                booking.id,
            )
            lines += [
                f"  {row['at']:%H:%M:%S.%f} {row['actor']} {row['event']} {row['detail']}"
                for row in timeline
            ]
        return "\n".join(lines)
