"""The rules of payments: the next step of every state, and when a hold is renewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain import policy
from services.payments.domain.lifecycle import LIVE
from services.payments.domain.model import (
    Dispute,
    DisputeOutcome,
    Due,
    Payment,
    PaymentStatus,
    SavedCard,
    Settlement,
)
from shared.ids import new_id

AT = datetime(2026, 11, 22, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


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
    assert policy.renewal_due(AT, None) is None
    assert policy.renewal_due(AT, AT + timedelta(days=1)) is None
    until = AT + timedelta(days=1) - INSTANT
    assert policy.renewal_due(AT, until) == until - timedelta(hours=12)


def test_renewal_is_tried_again_until_the_hold_lapses() -> None:
    assert policy.next_renewal(None, AT) is None
    assert policy.next_renewal(AT, AT) is None
    assert policy.next_renewal(AT + INSTANT, AT) == AT + INSTANT
    assert policy.next_renewal(AT + timedelta(days=1), AT) == AT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("chosen", "removed", "superseded"),
    [
        (-1, None, True),  # another card was confirmed later
        (0, None, False),
        (1, None, False),
        (9, 10.9, True),
        (10, 10.9, False),  # within the same second: rather a card too many than none
        (11, 10.9, False),
    ],
)
def test_card_is_superseded_by_a_later_one_or_a_later_removal(
    chosen: float, removed: float | None, superseded: bool
) -> None:
    removed_at = AT + timedelta(seconds=removed) if removed is not None else None
    saved = SavedCard(
        user_id=new_id(),
        payment_method_id="pm_1",
        brand="visa",
        last4="4242",
        exp_month=1,
        exp_year=2030,
        chosen_at=AT,
        removed_at=removed_at,
    )
    assert policy.is_superseded(saved, AT + timedelta(seconds=chosen)) is superseded


# ---- amounts in another currency, and disputes


@given(st.integers(0, 10_000), st.integers(1, 20_000))
def test_converted_shares_are_the_whole(amount: int, settled: int) -> None:
    payment = captured(settled_amount=settled, settled_currency="usd")
    parts = policy.share_of(payment, amount), policy.settled_commission_of(payment, amount)
    assert sum(parts) == policy.settled_of(payment, amount)
    assert min(parts) >= 0


def captured(**values: Any) -> Payment:
    """A captured payment of 100.00 with a commission of 15 %; everything else is empty."""
    fields: dict[str, Any] = {field.name: None for field in msgspec.structs.fields(Payment)}
    fields |= {"currency": "eur", "captured_amount": 10_000, "refunded_amount": 0}
    return Payment(**{**fields, "commission_bps": 1_500, **values})


def dispute(amount: int, outcome: DisputeOutcome = DisputeOutcome.OPEN) -> Dispute:
    return Dispute(
        dispute_id="du_1",
        booking_id=new_id(),
        amount=amount,
        currency="eur",
        charge_amount=amount,
        fee=0,
        commission_amount=0,
        share=0,
        reason="fraudulent",
        status="needs_response",
        outcome=outcome,
        opened_at=AT,
        closed_at=None,
    )


@pytest.mark.parametrize(
    ("refunded", "others", "expected"),
    [
        (0, [], policy.Loss(1_500, 8_500)),
        (4_000, [], policy.Loss(900, 5_100)),
        (0, [dispute(9_000)], policy.Loss(150, 850)),
        (4_000, [dispute(10_000, DisputeOutcome.LOST)], policy.Loss(0, 0)),
        (0, [dispute(10_000, DisputeOutcome.WON)], policy.Loss(1_500, 8_500)),
    ],
)
def test_dispute_of_the_whole_charge_costs_only_what_is_left_of_it(
    refunded: int, others: list[Dispute], expected: policy.Loss
) -> None:
    payment = captured(refunded_amount=refunded)
    assert policy.loss_by(payment, dispute(10_000), others) == expected
    assert policy.remaining_of(payment, [*others, dispute(10_000)]) == 0


@pytest.mark.parametrize(
    ("currency", "withdrawn", "expected"),
    [
        ("eur", None, 4_000),
        ("gbp", None, None),  # not known before the funds have moved
        ("gbp", Settlement(amount=-4_500, currency="eur"), 4_500),
        ("gbp", Settlement(amount=-10_001, currency="eur"), 10_000),
        ("gbp", Settlement(amount=-5_000, currency="usd"), 4_545),  # 110.00 for 100.00
        ("gbp", Settlement(amount=-11_001, currency="usd"), 10_000),
        ("gbp", Settlement(amount=-1, currency="chf"), 10_000),  # no rate is known
    ],
)
def test_disputed_part_of_a_charge_is_never_more_than_the_charge(
    currency: str, withdrawn: Settlement | None, expected: int | None
) -> None:
    payment = captured(settled_amount=11_000, settled_currency="usd")
    assert policy.disputed_of(payment, 4_000, currency, withdrawn) == expected
