"""The client of Stripe's API, where no answer comes."""

from __future__ import annotations

import msgspec
import pytest

from services.payments.stripe_api.client import connect, raw
from services.payments.stripe_api.outcomes import Uncertain, call
from services.payments.tests.actors import Payments

PATH = "/v1/customers"


async def test_call_without_an_answer_is_given_up_after_the_timeout(payments: Payments) -> None:
    impatient = connect(
        msgspec.structs.replace(payments.state.settings, stripe_timeout_seconds=0.05)
    )
    await payments.stripe.fail_next(PATH, "timeout_before", seconds=60)
    try:
        with pytest.raises(Uncertain, match="TimeoutError"):
            async with call("test"):
                await raw(impatient, "post", PATH, {})
    finally:
        await impatient.close()


async def test_call_whose_connection_is_closed_has_an_unknown_outcome(payments: Payments) -> None:
    await payments.stripe.fail_next(PATH, "timeout_before", seconds=0)
    with pytest.raises(Uncertain, match="ServerDisconnectedError"):
        async with call("test"):
            await raw(payments.state.stripe, "post", PATH, {})
