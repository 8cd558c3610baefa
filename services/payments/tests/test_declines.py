"""Stripe's reasons for a decline, in the contract's words."""

from __future__ import annotations

import pytest

from services.payments.stripe_api.outcomes import failure_of


@pytest.mark.parametrize(
    ("code", "decline", "failure"),
    [
        ("card_declined", "generic_decline", "card_declined"),
        ("card_declined", "insufficient_funds", "insufficient_funds"),
        ("card_declined", "do_not_honor", "card_declined"),
        ("card_declined", "issuer_not_available", "processing_error"),
        ("expired_card", None, "expired_card"),
        ("incorrect_cvc", "incorrect_cvc", "card_declined"),
        ("processing_error", None, "processing_error"),
        ("authentication_required", "authentication_required", "authentication_required"),
        (None, None, "card_declined"),
    ],
)
def test_declines_as_the_contract_names_them(
    code: str | None, decline: str | None, failure: str
) -> None:
    assert failure_of(code, decline) == failure
