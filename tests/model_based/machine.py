"""Actions on bookings and their money, in any order, by users, banks, operators, the clock, a
failing Stripe, and SIGKILL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.model_based.bank_rules import BankRules
from tests.model_based.invariants import LIVE
from tests.model_based.party_rules import CARDS, PAIRS, STARTS, PartyRules
from tests.people import Consultant, Seeker

# How far the first bookings of an example are taken.
STATES = ("requested", "accepted", "confirmed", "paid", "paid")


class MoneyMachine(PartyRules, BankRules):
    """One example: two seekers, two consultants, a few bookings, and any sequence of actions."""

    @initialize(
        cards=st.lists(st.sampled_from(CARDS), min_size=PAIRS, max_size=PAIRS),
        onboarded=st.lists(st.booleans(), min_size=PAIRS, max_size=PAIRS),
        states=st.lists(st.sampled_from(STATES), min_size=2, max_size=3),
    )
    def set_out(self, cards: list[str], onboarded: list[bool], states: list[str]) -> None:
        self.note(f"set_out({cards}, {onboarded}, {states})")
        self.driver.stripe("POST", "/_sandbox/fail_next")
        self.driver.stripe("POST", "/_sandbox/webhooks", duplicate=0, shuffle=False, pause=False)
        self.seekers, self.consultants = self.driver.run(self._people())
        for seeker, card in zip(self.seekers, cards, strict=True):
            # So that payments expected to succeed do: the card of the example is saved later.
            self.driver.save_card(seeker, "pm_card_visa")
            self.change_card_of(seeker, card, at_once=not states.count("paid"))
        for consultant, ready in zip(self.consultants, onboarded, strict=True):
            if ready:
                self.driver.onboard(consultant, "complete")
        self.slots = {when: self._offer(when, start) for when, start in STARTS.items()}
        for number, state in enumerate(states):
            when = "now" if state == "paid" and number < PAIRS else ("soon", "far")[number % 2]
            self._reach(state, when)
        if states.count("paid"):
            for seeker, card in zip(self.seekers, cards, strict=True):
                self.change_card_of(seeker, card, at_once=True)

    def change_card_of(self, seeker: Seeker, card: str, *, at_once: bool) -> None:
        if at_once and card != "pm_card_visa":
            self.driver.save_card(seeker, card)

    async def _people(self) -> tuple[list[Seeker], list[Consultant]]:
        world = self.driver.world
        seekers = [world.seeker(card=None) for _ in range(PAIRS)]
        consultants = [world.consultant(onboarded=False, hourly_rate=10_007) for _ in range(PAIRS)]
        made = await asyncio.gather(*seekers, *consultants)
        return list(made[:PAIRS]), list(made[PAIRS:])  # type: ignore[arg-type]

    def _offer(self, when: str, start: timedelta) -> Iterator[tuple[int, Any]]:
        """Slots of both consultants alternately; each has only one that can be started now."""
        count = 1 if when == "now" else 3
        offered = [
            self.driver.run(consultant.offer(minutes=15, starts_in=start, count=count))
            for consultant in self.consultants
        ]
        return iter(
            [(pair, offered[pair][number]) for number in range(count) for pair in range(PAIRS)]
        )

    def _reach(self, state: str, when: str) -> None:
        self.request(when)
        if state == "requested" or not self.bookings:
            return
        number = len(self.bookings) - 1
        self.accept(number)
        if state != "accepted":
            self.settle()
        if state == "paid":
            self.start(number)
            self.end(number, True)
            self.settle()

    def teardown(self) -> None:
        """Open bookings are cancelled, every account can receive, and all invariants must hold."""
        if self.done or not self.bookings:
            return
        self.done = True
        self.note("teardown()")
        self.settle()
        for booking in self.bookings:
            status = self.driver.booking(booking.seeker, booking.id)["status"]
            if status == "in_progress":
                self.end(self.bookings.index(booking), True)
            elif status in LIVE:
                answer = self.driver.say(
                    booking.consultant, "POST", f"/bookings/{booking.id}/cancel"
                )
                assert answer.status_code == 200, answer.text
                booking.decide(0)
        for consultant in self.consultants:
            self.driver.onboard(consultant, "complete")
        self.settled()
        type(self).ended += self.bookings
