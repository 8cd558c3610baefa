"""Settings of payments that contradict each other."""

from __future__ import annotations

import pytest

from services.payments.settings import PaymentsSettings
from shared.settings import BadSettings, load

GOOD = {
    "DATABASE_URL": "postgresql://payments:x@127.0.0.1/x",
    "AMQP_URL": "amqp://127.0.0.1/",
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
    "STRIPE_WEBHOOK_SECRET": "whsec_12345678",
}
LIVE_KEYS = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_PUBLISHABLE_KEY": "pk_live_1"}
STAND_IN = {"STRIPE_API_BASE": "http://127.0.0.1:12111"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (LIVE_KEYS | STAND_IN, "live key"),
        (STAND_IN | {"ENVIRONMENT": "production"}, "production"),
        ({"STRIPE_API_BASE": "https://api.stripe.com", "ENVIRONMENT": "production"}, "production"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "same mode"),
    ],
)
def test_settings_that_contradict_each_other_do_not_start(more: dict[str, str], words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load(PaymentsSettings, GOOD | more)
    assert words in str(refused.value)
    assert "_live_1" not in str(refused.value)


@pytest.mark.parametrize(
    "more", [{}, STAND_IN, LIVE_KEYS, LIVE_KEYS | {"ENVIRONMENT": "production"}]
)
def test_settings_that_start(more: dict[str, str]) -> None:
    assert load(PaymentsSettings, GOOD | more).livemode == ("STRIPE_SECRET_KEY" in more)
