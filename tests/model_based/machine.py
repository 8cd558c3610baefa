"""Actions on bookings and their money, in any order, by users, banks, operators, the clock, a
failing Stripe, and SIGKILL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model_based.booking_model import BookingModel
from tests.model_based.example import Example
from tests.model_based.invariants import LIVE, Money
from tests.people import Consultant, Seeker

PAIRS = 2
MOST_DEALS = 4
CARDS = (
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_chargeCustomerFail",
    "pm_card_authenticationRequired",
)
PATHS = (
    "/v1/payment_intents",
    "/v1/payment_intents/*/capture",
    "/v1/payment_intents/*/cancel",
    "/v1/transfers",
    "/v1/transfers/*/reversals",
    "/v1/refunds",
)
TROUBLE = ("500", "500_after", "429", "409")
Trouble = tuple[int, int] | None
STARTS = {"now": timedelta(minutes=4), "soon": timedelta(hours=2), "far": timedelta(days=5)}
STAGES = ("requested", "accepted", "confirmed", "paid", "paid")
# Time passes for one booking: whatever it waits for becomes due.
_PASSES = {
    "requested": "update booking.bookings set respond_by = now() where id = $1",
    "payment_failed": "update booking.bookings set payment_deadline = now() where id = $1",
}
_BEGAN_EARLIER = (
    "update booking.bookings set session_start_time = session_start_time - interval '20 min' "
    "where id = $1"
)
_RENEWAL = (
    "update payments.operations set due_at = now() where subject_id = $1 and kind = 'renew' and "
    "state = 'due'"
)

any_deal = st.integers(0, MOST_DEALS - 1)
# The failure modes by frequency: none, half of the time.
any_trouble = st.one_of(st.none(), st.tuples(st.integers(0, 5), st.integers(1, 2)))


class MoneyMachine(Example):
    """One example: two seekers, two consultants, a few bookings, and any sequence of actions."""

    trouble: ClassVar[tuple[str, ...]] = TROUBLE
    victims: ClassVar[tuple[str, ...]] = ()

    # ---- setup

    @initialize(
        cards=st.lists(st.sampled_from(CARDS), min_size=PAIRS, max_size=PAIRS),
        onboarded=st.lists(st.booleans(), min_size=PAIRS, max_size=PAIRS),
        harnesses=st.lists(st.sampled_from(STAGES), min_size=2, max_size=3),
    )
    def set_out(self, cards: list[str], onboarded: list[bool], harnesses: list[str]) -> None:
        self.note(f"set_out({cards}, {onboarded}, {harnesses})")
        self.driver.stripe("POST", "/_sandbox/fail_next")
        self.driver.stripe("POST", "/_sandbox/webhooks", duplicate=0, shuffle=False, pause=False)
        self.seekers, self.consultants = self.driver.run(self._people())
        for seeker, card in zip(self.seekers, cards, strict=True):
            # So that payments expected to succeed do: the card of the example is saved later.
            self.driver.save_card(seeker, "pm_card_visa")
            self.change_card_of(seeker, card, at_once=not harnesses.count("paid"))
        for consultant, ready in zip(self.consultants, onboarded, strict=True):
            if ready:
                self.driver.onboard(consultant, "complete")
        self.slots = {when: self._offer(when, start) for when, start in STARTS.items()}
        for number, harness in enumerate(harnesses):
            when = "now" if harness == "paid" and number < PAIRS else ("soon", "far")[number % 2]
            self._reach(harness, when)
        if harnesses.count("paid"):
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

    def _reach(self, harness: str, when: str) -> None:
        self.request(when)
        if harness == "requested" or not self.deals:
            return
        number = len(self.deals) - 1
        self.accept(number)
        if harness != "accepted":
            self.settle()
        if harness == "paid":
            self.start(number)
            self.end(number, True)
            self.settle()

    # ---- users

    @precondition(lambda self: len(self.deals) < MOST_DEALS)
    @rule(when=st.sampled_from(tuple(STARTS)))
    def request(self, when: str) -> None:
        self.note(f"request({when!r})")
        pair, slot = next(self.slots[when], (0, None))
        if slot is None:
            return
        seeker, consultant = self.seekers[pair], self.consultants[pair]
        answer = self.driver.say(
            seeker, "POST", "/bookings", {"consultant_id": consultant.id, "slot_id": slot["id"]}
        )
        if answer.status_code == 201:
            made = answer.json()
            self.deals.append(BookingModel(made["id"], seeker, consultant, when, made["amount"]))
        else:
            assert answer.status_code == 409, answer.text

    @rule(n=any_deal, trouble=any_trouble)
    def accept(self, n: int, trouble: Trouble = None) -> None:
        self.beset("/v1/payment_intents", trouble)
        deal = self.pick(n, "accept", "requested")
        if self.moved(self.driver.say(deal.consultant, "POST", f"/bookings/{deal.id}/accept")):
            deal.phase = "accepted"

    @rule(n=any_deal)
    def decline(self, n: int) -> None:
        deal = self.pick(n, "decline", "requested")
        if self.moved(self.driver.say(deal.consultant, "POST", f"/bookings/{deal.id}/decline")):
            deal.decide(0)

    @rule(n=any_deal, by_seeker=st.booleans(), calmly=st.booleans(), trouble=any_trouble)
    def cancel(self, n: int, by_seeker: bool, calmly: bool, trouble: Trouble = None) -> None:
        """Only when nothing is in progress, so that the fee can be predicted. Otherwise the bank
        may respond meanwhile.
        """
        deal = self.pick(
            n, f"cancel(by_seeker={by_seeker}, calmly={calmly})", "requested", "accepted"
        )
        if calmly:
            self.settle()
        self.beset(
            f"/v1/payment_intents/*/{'capture' if deal.late_fee and by_seeker else 'cancel'}",
            trouble,
        )
        person = deal.seeker if by_seeker else deal.consultant
        status = self.driver.booking(person, deal.id)["status"]
        if not self.moved(self.driver.say(person, "POST", f"/bookings/{deal.id}/cancel")):
            return
        (row,) = self.driver.sql(
            "select cancellation_fee from booking.bookings where id = $1", deal.id
        )
        confirmed = [0, deal.late_fee] if status == "accepted" and not calmly else [deal.late_fee]
        allowed = confirmed if by_seeker and status in ("accepted", "confirmed") else [0]
        if by_seeker and status == "accepted" and calmly:
            allowed = [0]
        assert row["cancellation_fee"] in allowed, (
            f"fee {row['cancellation_fee']}, not in {allowed}"
        )
        deal.decide(row["cancellation_fee"])

    @rule(n=any_deal)
    def start(self, n: int) -> None:
        deal = self.pick(n, "start", "accepted")
        if self.moved(self.driver.say(deal.seeker, "POST", f"/bookings/{deal.id}/start")):
            assert deal.when == "now"
            deal.phase = "started"

    @rule(n=any_deal, long=st.booleans(), trouble=any_trouble)
    def end(self, n: int, long: bool, trouble: Trouble = None) -> None:
        """Twenty minutes pass before it is ended."""
        self.beset("/v1/transfers", trouble)
        deal = self.pick(n, f"end(long={long})", "started")
        if long:
            self.driver.sql(_BEGAN_EARLIER, deal.id)
        answer = self.driver.say(deal.consultant, "POST", f"/bookings/{deal.id}/end")
        if self.moved(answer):
            duration = answer.json()["duration_seconds"]
            assert duration > 1000 or not long
            deal.decide(deal.amount if duration > 1 else 0)

    @rule(n=any_deal)
    def retry_payment(self, n: int) -> None:
        deal = self.pick(n, "retry_payment", "accepted")
        self.driver.say(deal.seeker, "POST", f"/bookings/{deal.id}/retry-payment")

    @rule(pair=st.integers(0, PAIRS - 1), card=st.sampled_from((*CARDS, None)))
    def change_card(self, pair: int, card: str | None) -> None:
        self.note(f"change_card({pair}, {card!r})")
        if card is None:
            self.driver.say(self.seekers[pair], "DELETE", "/payments/payment-method")
        else:
            self.driver.save_card(self.seekers[pair], card)

    @rule(n=any_deal, outcome=st.sampled_from(("succeed", "succeed", "fail")))
    def authenticate(self, n: int, outcome: str) -> None:
        deal = self.pick(n, f"authenticate({outcome!r})", "accepted")
        answer = self.driver.say(deal.seeker, "GET", f"/payments/{deal.id}/authentication")
        if answer.status_code == 200:
            intent = answer.json()["client_secret"].partition("_secret_")[0]
            self.driver.stripe("POST", f"/_sandbox/3ds/{intent}", outcome=outcome)

    @rule(n=any_deal, amount=st.sampled_from((1, 333, 777, 1_251, None)), trouble=any_trouble)
    def refund(self, n: int, amount: int | None, trouble: Trouble = None) -> None:
        self.beset("/v1/refunds", trouble)
        deal = self.pick(n, f"refund({amount})", "paid")
        body = {"reason": "because"} | ({"amount": amount} if amount else {})
        answer = self.driver.say(deal.consultant, "POST", f"/payments/{deal.id}/refund", body)
        assert answer.status_code in (202, 404, 409), answer.text
        deal.refunds += answer.status_code == 202

    @rule(pair=st.integers(0, PAIRS - 1), outcome=st.sampled_from(("complete", "restrict")))
    def onboard(self, pair: int, outcome: str) -> None:
        self.note(f"onboard({pair}, {outcome!r})")
        self.driver.onboard(self.consultants[pair], outcome)

    # ---- banks and operators

    @rule(n=any_deal, outcome=st.sampled_from((None, "won", "lost")), trouble=any_trouble)
    def dispute(self, n: int, outcome: str | None, trouble: Trouble = None) -> None:
        self.beset("/v1/transfers/*/reversals", trouble)
        deal = self.pick(n, f"dispute({outcome!r})", "paid")
        for intent in Money(self.driver, deal.id).intents:
            if intent["amount_received"]:
                more = {"outcome": outcome} if outcome else {}
                self.driver.stripe(
                    "POST", "/_sandbox/disputes", charge=intent["latest_charge"], **more
                )

    @rule(n=any_deal, amount=st.sampled_from((2, 401, 1_250)))
    def refund_by_hand(self, n: int, amount: int) -> None:
        deal = self.pick(n, f"refund_by_hand({amount})", "paid")
        self.fair_weather()
        for intent in Money(self.driver, deal.id).intents:
            if intent["amount_received"]:
                deal.refunded_by_hand = True
                self.driver.stripe(
                    "POST", "/v1/refunds", payment_intent=intent["id"], amount=amount
                )

    @rule(n=any_deal, amount=st.sampled_from((1, 503, 1_063)))
    def recall_by_hand(self, n: int, amount: int) -> None:
        deal = self.pick(n, f"recall_by_hand({amount})", "paid")
        self.fair_weather()
        for transfer in self.driver.stripe("GET", "/v1/transfers", transfer_group=deal.id)["data"][
            :1
        ]:
            made = self.driver.stripe(
                "POST", f"/v1/transfers/{transfer['id']}/reversals", amount=amount
            )
            deal.recalled += made.get("amount", 0)

    @rule(n=any_deal)
    def release_by_hand(self, n: int) -> None:
        deal = self.pick(n, "release_by_hand", "accepted", "started")
        self.fair_weather()
        for hold in Money(self.driver, deal.id).holds:
            self.driver.stripe("POST", f"/v1/payment_intents/{hold}/cancel")

    # ---- the clock

    @rule(days=st.sampled_from((1, 5, 8)))
    def jump(self, days: int) -> None:
        """At Stripe only: holds lapse."""
        self.note(f"jump({days})")
        self.driver.stripe("POST", "/_sandbox/clock", advance=days * 86_400)

    @rule(n=any_deal)
    def renew(self, n: int) -> None:
        deal = self.pick(n, "renew", "accepted", "started")
        self.driver.sql(_RENEWAL, deal.id)

    @rule(n=any_deal)
    def let_pass(self, n: int) -> None:
        """Nobody answers the request, or fixes the payment, in time."""
        deal = self.pick(n, "let_pass", "requested", "accepted")
        status = self.driver.booking(deal.seeker, deal.id)["status"]
        if status in _PASSES:
            self.driver.sql(_PASSES[status], deal.id)
            after = self.until(
                lambda: self.driver.booking(deal.seeker, deal.id)["status"],
                lambda now: now != status,
            )
            if after in ("expired", "cancelled"):
                deal.decide(0)

    # ---- failures

    def fair_weather(self) -> None:
        """An operator's own call must get a response, or the model could not know its effect."""
        self.driver.stripe("POST", "/_sandbox/fail_next")

    @rule(path=st.sampled_from(PATHS), kind=st.integers(0, 5), times=st.integers(1, 3))
    def fail_next(self, path: str, kind: int, times: int) -> None:
        self.beset(path, (kind, times))

    def beset(self, path: str, trouble: Trouble) -> None:
        """The next calls to `path` fail, whether executed or not."""
        if trouble is not None:
            mode = self.trouble[trouble[0] % len(self.trouble)]
            self.note(f"fail_next({path!r}, {mode!r}, {trouble[1]})")
            self.driver.stripe(
                "POST", "/_sandbox/fail_next", path=path, mode=mode, times=trouble[1]
            )

    @rule(duplicate=st.integers(0, 2), shuffle=st.booleans(), pause=st.booleans())
    def disturb_webhooks(self, duplicate: int, shuffle: bool, pause: bool) -> None:
        self.note(f"disturb_webhooks({duplicate}, {shuffle}, {pause})")
        self.driver.stripe(
            "POST", "/_sandbox/webhooks", duplicate=duplicate, shuffle=shuffle, pause=pause
        )

    @rule(back=st.integers(1, 30))
    def deliver_again(self, back: int) -> None:
        self.note(f"deliver_again({back})")
        for event in self.driver.stripe("GET", "/v1/events", limit=back)["data"]:
            self.driver.stripe("POST", "/_sandbox/redeliver", event=event["id"])

    @precondition(lambda self: self.victims)
    @rule(n=st.integers(0, 3))
    def kill(self, n: int) -> None:
        victim = self.victims[n % len(self.victims)]
        self.note(f"kill({victim})")
        self.driver.kill(victim)

    # ---- invariants

    @rule()
    def settle(self) -> None:
        """Everything in progress finishes, despite the failures ahead, and then all invariants
        hold.
        """
        self.note("settle()")
        if self.deals:
            self.driver.stripe("POST", "/_sandbox/webhooks", pause=False)
            self.settled()

    def teardown(self) -> None:
        """Open bookings are cancelled, every account can receive, and all invariants must hold."""
        if self.done or not self.deals:
            return
        self.done = True
        self.note("teardown()")
        self.settle()
        for deal in self.deals:
            status = self.driver.booking(deal.seeker, deal.id)["status"]
            if status == "in_progress":
                self.end(self.deals.index(deal), True)
            elif status in LIVE:
                answer = self.driver.say(deal.consultant, "POST", f"/bookings/{deal.id}/cancel")
                assert answer.status_code == 200, answer.text
                deal.decide(0)
        for consultant in self.consultants:
            self.driver.onboard(consultant, "complete")
        self.settled()
        type(self).ended += self.deals
