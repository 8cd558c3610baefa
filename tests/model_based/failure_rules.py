"""What goes wrong: a Stripe that fails, webhooks in disorder, killed processes."""

from __future__ import annotations

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model_based.example import Example

PATHS = (
    "/v1/payment_intents",
    "/v1/payment_intents/*/capture",
    "/v1/payment_intents/*/cancel",
    "/v1/transfers",
    "/v1/transfers/*/reversals",
    "/v1/refunds",
)
TROUBLE = ("500", "500_after", "429", "409")
# A failure mode by number, and how often it happens.
Trouble = tuple[int, int] | None

MAX_BOOKINGS = 4
any_booking = st.integers(0, MAX_BOOKINGS - 1)
# None, half of the time.
any_trouble = st.one_of(st.none(), st.tuples(st.integers(0, 5), st.integers(1, 2)))


class FailureRules(Example):
    """Failures, and protection from them."""

    trouble: ClassVar[tuple[str, ...]] = TROUBLE
    victims: ClassVar[tuple[str, ...]] = ()

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
