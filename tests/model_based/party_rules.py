"""What seekers and consultants do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model_based.booking_model import BookingModel
from tests.model_based.failure_rules import (
    MAX_BOOKINGS,
    FailureRules,
    Trouble,
    any_booking,
    any_trouble,
)
from tests.people import Consultant, Seeker

PAIRS = 2
CARDS = (
    "pm_card_visa",
    "pm_card_mastercard",
    "pm_card_chargeCustomerFail",
    "pm_card_authenticationRequired",
)
STARTS = {"now": timedelta(minutes=4), "soon": timedelta(hours=2), "far": timedelta(days=5)}
_BEGAN_EARLIER = (
    "update booking.bookings set session_start_time = session_start_time - interval '20 min' "
    "where id = $1"
)


class PartyRules(FailureRules):
    """Bookings of two pairs of a seeker and a consultant."""

    seekers: list[Seeker]
    consultants: list[Consultant]
    slots: dict[str, Iterator[tuple[int, Any]]]

    @precondition(lambda self: len(self.bookings) < MAX_BOOKINGS)
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
            self.bookings.append(BookingModel(made["id"], seeker, consultant, when, made["amount"]))
        else:
            assert answer.status_code == 409, answer.text

    @rule(n=any_booking, trouble=any_trouble)
    def accept(self, n: int, trouble: Trouble = None) -> None:
        self.beset("/v1/payment_intents", trouble)
        booking = self.pick(n, "accept", "requested")
        if self.moved(
            self.driver.say(booking.consultant, "POST", f"/bookings/{booking.id}/accept")
        ):
            booking.phase = "accepted"

    @rule(n=any_booking)
    def decline(self, n: int) -> None:
        booking = self.pick(n, "decline", "requested")
        if self.moved(
            self.driver.say(booking.consultant, "POST", f"/bookings/{booking.id}/decline")
        ):
            booking.decide(0)

    @rule(n=any_booking, by_seeker=st.booleans(), calmly=st.booleans(), trouble=any_trouble)
    def cancel(self, n: int, by_seeker: bool, calmly: bool, trouble: Trouble = None) -> None:
        """Only when nothing is in progress, so that the fee can be predicted. Otherwise the bank
        may respond meanwhile.
        """
        booking = self.pick(
            n, f"cancel(by_seeker={by_seeker}, calmly={calmly})", "requested", "accepted"
        )
        if calmly:
            self.settle()
        self.beset(
            f"/v1/payment_intents/*/{'capture' if booking.late_fee and by_seeker else 'cancel'}",
            trouble,
        )
        person = booking.seeker if by_seeker else booking.consultant
        status = self.driver.booking(person, booking.id)["status"]
        if not self.moved(self.driver.say(person, "POST", f"/bookings/{booking.id}/cancel")):
            return
        (row,) = self.driver.sql(
            "select cancellation_fee from booking.bookings where id = $1", booking.id
        )
        confirmed = (
            [0, booking.late_fee] if status == "accepted" and not calmly else [booking.late_fee]
        )
        allowed = confirmed if by_seeker and status in ("accepted", "confirmed") else [0]
        if by_seeker and status == "accepted" and calmly:
            allowed = [0]
        assert row["cancellation_fee"] in allowed, (
            f"fee {row['cancellation_fee']}, not in {allowed}"
        )
        booking.decide(row["cancellation_fee"])

    @rule(n=any_booking)
    def start(self, n: int) -> None:
        booking = self.pick(n, "start", "accepted")
        if self.moved(self.driver.say(booking.seeker, "POST", f"/bookings/{booking.id}/start")):
            assert booking.when == "now"
            booking.phase = "started"

    @rule(n=any_booking, long=st.booleans(), trouble=any_trouble)
    def end(self, n: int, long: bool, trouble: Trouble = None) -> None:
        """Twenty minutes pass before it is ended."""
        self.beset("/v1/transfers", trouble)
        booking = self.pick(n, f"end(long={long})", "started")
        if long:
            self.driver.sql(_BEGAN_EARLIER, booking.id)
        answer = self.driver.say(booking.consultant, "POST", f"/bookings/{booking.id}/end")
        if self.moved(answer):
            duration = answer.json()["duration_seconds"]
            assert duration > 1000 or not long
            booking.decide(booking.amount if duration > 1 else 0)

    @rule(n=any_booking)
    def retry_payment(self, n: int) -> None:
        booking = self.pick(n, "retry_payment", "accepted")
        self.driver.say(booking.seeker, "POST", f"/bookings/{booking.id}/retry-payment")

    @rule(pair=st.integers(0, PAIRS - 1), card=st.sampled_from((*CARDS, None)))
    def change_card(self, pair: int, card: str | None) -> None:
        self.note(f"change_card({pair}, {card!r})")
        if card is None:
            self.driver.say(self.seekers[pair], "DELETE", "/payments/payment-method")
        else:
            self.driver.save_card(self.seekers[pair], card)

    @rule(n=any_booking, outcome=st.sampled_from(("succeed", "succeed", "fail")))
    def authenticate(self, n: int, outcome: str) -> None:
        booking = self.pick(n, f"authenticate({outcome!r})", "accepted")
        answer = self.driver.say(booking.seeker, "GET", f"/payments/{booking.id}/authentication")
        if answer.status_code == 200:
            intent = answer.json()["client_secret"].partition("_secret_")[0]
            self.driver.stripe("POST", f"/_sandbox/3ds/{intent}", outcome=outcome)

    @rule(n=any_booking, amount=st.sampled_from((1, 333, 777, 1_251, None)), trouble=any_trouble)
    def refund(self, n: int, amount: int | None, trouble: Trouble = None) -> None:
        self.beset("/v1/refunds", trouble)
        booking = self.pick(n, f"refund({amount})", "paid")
        body = {"reason": "because"} | ({"amount": amount} if amount else {})
        answer = self.driver.say(booking.consultant, "POST", f"/payments/{booking.id}/refund", body)
        assert answer.status_code in (202, 404, 409), answer.text
        booking.refunds += answer.status_code == 202

    @rule(pair=st.integers(0, PAIRS - 1), outcome=st.sampled_from(("complete", "restrict")))
    def onboard(self, pair: int, outcome: str) -> None:
        self.note(f"onboard({pair}, {outcome!r})")
        self.driver.onboard(self.consultants[pair], outcome)
