"""Failures on demand: the next POSTs to a path time out, or are answered 500, 429 or 409.

- `timeout_before`: nothing is done, nothing is answered, the connection is closed after `seconds`;
- `timeout_after`: the work is done and kept, but nothing is answered, likewise;
- `500`: nothing is done, as in an outage;
- `500_after`: the work is done, the answer is 500, which its idempotency key replays from then on;
- `429`: nothing is done: too many requests;
- `409`: nothing is done, as if the same key were in flight;
- `slow`: the work is done after `seconds`; meanwhile the same key is answered 409.
"""

import re
from typing import Any

import msgspec

from sandbox.stripe.errors import StripeError
from sandbox.stripe.store import Store

MODES = ("timeout_before", "timeout_after", "500", "500_after", "429", "409", "slow")
# What clients wait for an answer is less than the one and more than the other.
HOLD_SECONDS, SLOW_SECONDS = 60.0, 2.0


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """One rule of `POST /_sandbox/fail_next`. `path` may hold `*` for one segment; `seconds` pass
    until `slow` answers, or until a connection without an answer is closed.
    """

    path: str
    mode: str
    times: int = 1
    seconds: float | None = None

    def matches(self, path: str) -> bool:
        """Whether the fault is for this path."""
        if "*" not in self.path:
            return self.path == path
        pattern = "[^/]+".join(re.escape(part) for part in self.path.split("*"))
        return re.fullmatch(pattern, path) is not None

    def wait(self) -> float:
        """The seconds that pass, by the rule or as is usual for its mode."""
        if self.seconds is not None:
            return self.seconds
        return SLOW_SECONDS if self.mode == "slow" else HOLD_SECONDS

    def answer(self) -> StripeError | None:
        """The error that is returned instead of doing the work, if any."""
        if self.mode == "500":
            return broken()
        if self.mode == "429":
            return StripeError(429, "Request rate limit exceeded.", "rate_limit", kept=False)
        if self.mode == "409":
            return in_flight()
        return None


def broken() -> StripeError:
    """500, as Stripe words it."""
    message = (
        "Sorry! There was an error while talking to Stripe. "
        "Please let us know at support@stripe.com."
    )
    return StripeError(500, message, None, "api_error", kept=False)


def in_flight() -> StripeError:
    """409: another request with the same idempotency key is still running."""
    message = (
        "There is currently another in-progress request using this Idempotent Key (that probably "
        "means you submitted "
        "twice, and the other request is still going through). Please try again later."
    )
    return StripeError(409, message, "idempotency_key_in_use", "idempotency_error", kept=False)


class Faults:
    """The rules that wait, oldest first; they survive a restart."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.load()

    def load(self) -> None:
        """Reload the rules."""
        self.rules: list[Fault] = msgspec.convert(self.store.setting("faults") or [], list[Fault])

    def add(self, rule: Fault) -> None:
        """Add a rule for later requests."""
        self.rules.append(rule)
        self._keep()

    def clear(self) -> None:
        """Remove all rules."""
        self.rules.clear()
        self._keep()

    def take(self, path: str) -> Fault | None:
        """The rule for this POST, if any; it is used up once."""
        for rule in self.rules:
            if rule.matches(path):
                rule.times -= 1
                if rule.times <= 0:
                    self.rules.remove(rule)
                self._keep()
                return rule
        return None

    def _keep(self) -> None:
        plain: list[Any] = msgspec.to_builtins(self.rules)
        self.store.set("faults", plain)
        self.store.commit()
