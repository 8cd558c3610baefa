"""What banks and operators do at Stripe, and what the passing of time does."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from shared.testing import until
from tests.model_based.failure_rules import FailureRules, Trouble, any_booking, any_trouble
from tests.model_based.invariants import Money

# Time passes for one booking: everything that it waits for becomes due.
_PASSES = {
    "requested": "update booking.bookings set respond_by = now() where id = $1",
    "payment_failed": "update booking.bookings set payment_deadline = now() where id = $1",
}
_RENEWAL = (
    "update payments.operations set due_at = now() where subject_id = $1 and kind = 'renew' and "
    "state = 'due'"
)
# Stripe keeps an idempotency key for a day of its clock, payments relies on it for a little less of
# its own.
_AGE_KEYS = (
    "update payments.operations set first_sent_at = first_sent_at - make_interval(days => $1) "
    "where state in ('due', 'running')",
    "update payments.customers set created_at = created_at - make_interval(days => $1)",
)


class BankRules(FailureRules):
    """Disputes, refunds and reversals by hand, holds that lapse or are renewed."""

    @rule(n=any_booking, outcome=st.sampled_from((None, "won", "lost")), trouble=any_trouble)
    def dispute(self, n: int, outcome: str | None, trouble: Trouble = None) -> None:
        self.beset("/v1/transfers/*/reversals", trouble)
        booking = self.pick(n, f"dispute({outcome!r})", "paid")
        for intent in Money(self.driver, booking.id).intents:
            if intent["amount_received"]:
                more = {"outcome": outcome} if outcome else {}
                self.driver.stripe(
                    "POST", "/_sandbox/disputes", charge=intent["latest_charge"], **more
                )

    @rule(n=any_booking, amount=st.sampled_from((2, 401, 1_250)))
    def refund_by_hand(self, n: int, amount: int) -> None:
        booking = self.pick(n, f"refund_by_hand({amount})", "paid")
        self.fair_weather()
        for intent in Money(self.driver, booking.id).intents:
            if intent["amount_received"]:
                booking.refunded_by_hand = True
                self.driver.stripe(
                    "POST", "/v1/refunds", payment_intent=intent["id"], amount=amount
                )

    @rule(n=any_booking, amount=st.sampled_from((1, 503, 1_063)))
    def recall_by_hand(self, n: int, amount: int) -> None:
        booking = self.pick(n, f"recall_by_hand({amount})", "paid")
        self.fair_weather()
        sent = self.driver.stripe("GET", "/v1/transfers", transfer_group=booking.id)["data"]
        for transfer in sent[:1]:
            made = self.driver.stripe(
                "POST", f"/v1/transfers/{transfer['id']}/reversals", amount=amount
            )
            booking.recalled += made.get("amount", 0)

    @rule(n=any_booking)
    def release_by_hand(self, n: int) -> None:
        booking = self.pick(n, "release_by_hand", "accepted", "started")
        self.fair_weather()
        for hold in Money(self.driver, booking.id).holds:
            self.driver.stripe("POST", f"/v1/payment_intents/{hold}/cancel")

    @rule(days=st.sampled_from((1, 5, 8)))
    def jump(self, days: int) -> None:
        """At Stripe only: holds lapse, and keys of requests are forgotten."""
        self.note(f"jump({days})")
        self._age_keys(days)
        self.driver.stripe("POST", "/_sandbox/clock", advance=days * 86_400)
        self._age_keys(days)  # those that were sent meanwhile

    def _age_keys(self, days: int) -> None:
        for statement in _AGE_KEYS:
            self.driver.sql(statement, days)

    @rule(n=any_booking)
    def renew(self, n: int) -> None:
        booking = self.pick(n, "renew", "accepted", "started")
        self.driver.sql(_RENEWAL, booking.id)

    @rule(n=any_booking)
    def let_pass(self, n: int) -> None:
        """Nobody answers the request, or fixes the payment, in time."""
        booking = self.pick(n, "let_pass", "requested", "accepted")
        status = self.driver.booking(booking.seeker, booking.id)["status"]
        if status in _PASSES:
            self.driver.sql(_PASSES[status], booking.id)
            after = until(
                lambda: self.driver.booking(booking.seeker, booking.id)["status"],
                lambda now: now != status,
                within=self.driver.patience,
                story=lambda seen: self.story([f"{booking.id} stays {seen}"]),
            )
            if after in ("expired", "cancelled"):
                booking.decide(0)
