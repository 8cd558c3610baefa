"""The life of a payment as data. Pure: no database, no Stripe.

`status` is what is true of the money, `due` what the booking has decided about it. Facts arrive in any order: whatever comes
second finds the first on the row, and `next_step` says what is to be done now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

# A hold must outlive the session by this; one that does not is renewed this long before it lapses,
# so that a card that fails leaves the seeker time to bring another.
GRACE = timedelta(days=1)
RENEW_BEFORE = timedelta(hours=12)

Step = Literal["capture", "charge", "release", "withdraw", "close"]

# fmt: off
TRANSITIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # the booking was accepted, or the seeker tries again
    ("authorize", ("none", "failed"), "authorizing"),
    # the bank holds the money; again: the hold was renewed
    ("hold", ("authorizing", "failed", "authorized"), "authorized"),
    # the bank said no, or a hold was lost and could not be renewed
    ("fail", ("authorizing", "authorized"), "failed"),
    # the money was taken; from failed: the card was charged anew
    ("capture", ("authorized", "failed"), "captured"),
    # nothing was charged, nothing is held
    ("release", ("none", "authorizing", "authorized", "failed"), "released"),
    ("refund", ("captured", "refunded", "disputed"), "refunded"),  # all of it went back
    ("dispute", ("captured", "refunded"), "disputed"),  # the cardholder's bank wants it back
    ("win", ("disputed",), "captured"),  # the bank decided for us
)
# fmt: on

STATUSES = (
    "none",
    "authorizing",
    "authorized",
    "failed",
    "captured",
    "released",
    "refunded",
    "disputed",
)
FINAL = ("released", "refunded")
LIVE = ("authorizing", "authorized", "failed")

_ALLOWED: Mapping[str, tuple[str, ...]] = {verb: origins for verb, origins, _ in TRANSITIONS}
_RESULT: Mapping[str, str] = {verb: result for verb, _, result in TRANSITIONS}


def advance(status: str, verb: str) -> str | None:
    """The status after `verb`; None where it does not apply: late or repeated, and therefore
    no-op.
    """
    return _RESULT[verb] if status in _ALLOWED[verb] else None


def next_step(status: str, due: str | None, *, amount: int, has_intent: bool) -> Step | None:
    """What the payment waits for, given what the booking has decided: `amount` is what is to be
    captured.

    withdraw: take back an authorisation that has not gone out, or wait for its outcome (a capture
    waits for it anyway). close: nothing is held, so nothing is to be done at Stripe. charge: the
    hold was lost, and the seeker owes all the same.
    """
    if due is None or status not in LIVE:
        return None
    capture = due == "capture" and amount > 0
    if status == "authorizing":
        return None if capture else "withdraw"
    if status == "authorized" and has_intent:
        return "capture" if capture else "release"
    if status == "failed" and capture:
        return "charge"
    return "release" if has_intent else "close"


def renewal_due(ends: datetime, capture_before: datetime | None) -> datetime | None:
    """When a hold is to be renewed: RENEW_BEFORE it lapses, if the session's end plus a day lies
    beyond; None if never.
    """
    if capture_before is None or ends + GRACE <= capture_before:
        return None
    return capture_before - RENEW_BEFORE
