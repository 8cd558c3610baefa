"""The rules of payments: the next step of every state, and when a hold is renewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

from services.payments.domain import policy
from services.payments.domain.lifecycle import LIVE
from services.payments.domain.model import Due, PaymentStatus


def test_next_step_of_every_state() -> None:
    for status, due, amount, has_intent in product(
        PaymentStatus, (None, *Due), (0, 5), (True, False)
    ):
        step = policy.next_step(status, due, amount=amount, has_intent=has_intent)
        owed = due == "capture" and amount > 0
        if due is None or status not in LIVE:
            assert step is None
        elif status == "authorizing":
            assert step == (None if owed else "withdraw")
        elif owed:
            assert step == (
                "capture"
                if status == "authorized" and has_intent
                else "charge"
                if status == "failed"
                else "close"
            )
        else:
            assert step == ("release" if has_intent else "close")


def test_renewal_is_due_only_where_the_hold_is_too_short() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert policy.renewal_due(at, None) is None
    assert policy.renewal_due(at, at + timedelta(days=1)) is None
    until = at + timedelta(hours=23)
    assert policy.renewal_due(at, until) == until - policy.RENEW_BEFORE
