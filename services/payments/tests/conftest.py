"""A payments harness with the real Stripe sandbox beside it, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.payments.store import operations
from services.payments.tests.actors import Booking, Make, Payments
from services.payments.tests.sandbox import (
    CONNECT_SECRET,
    PREVIOUS_SECRET,
    PUBLISHABLE_KEY,
    SECRET_KEY,
    WEBHOOK_SECRET,
    Sandbox,
)
from shared.testing.ports import free_port


@pytest.fixture(scope="session")
def sandbox_url(run_directory: Path) -> Iterator[str]:
    """The sandbox, running for the whole of the tests."""
    port = free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("STRIPE")},
        "STRIPE_SECRET_KEY": SECRET_KEY,
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
    }
    data = run_directory / "stripe"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "sandbox.stripe",
            "--listen",
            f"127.0.0.1:{port}",
            "--data",
            str(data),
        ],
        env=environment,
    )
    url = f"http://127.0.0.1:{port}"
    limit = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"{url}/v1/balance", timeout=1)
            break
        except httpx.TransportError:
            assert process.poll() is None, "the sandbox ended"
            assert time.monotonic() < limit, "the sandbox does not answer"
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture
async def sandbox(sandbox_url: str) -> AsyncIterator[Sandbox]:
    made = Sandbox(sandbox_url)
    await made.http.post("/_sandbox/fail_next", json={})
    await made.http.post("/_sandbox/reset", json={})
    yield made
    await made.http.aclose()


@pytest.fixture
async def make_payments(
    harness: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Make]:
    """Makes the service with other settings than the usual."""
    # A step is tried again when a test moves the clock, never because time has passed.
    monkeypatch.setattr(operations, "FIRST_PAUSE", 30.0)
    made: list[Payments] = []

    async def make(**settings: str) -> Payments:
        usual = {
            "stripe_api_base": sandbox.url,
            "stripe_secret_key": SECRET_KEY,
            "stripe_publishable_key": PUBLISHABLE_KEY,
            "stripe_webhook_secret": WEBHOOK_SECRET,
            "stripe_webhook_secret_previous": PREVIOUS_SECRET,
            "stripe_connect_webhook_secret": CONNECT_SECRET,
            # A call fails when the sandbox is told so, never because the machine is slow.
            "stripe_timeout_seconds": "60",
        }
        one = Payments(await harness("payments", **{**usual, **settings}), sandbox)
        made.append(one)
        return one

    yield make
    for one in made:
        await one.state.worker.stop()
        await one.state.stripe.close()


@pytest.fixture
async def payments(make_payments: Make) -> Payments:
    return await make_payments()


@pytest.fixture
async def booking(payments: Payments) -> Booking:
    """Card saved, account onboarded, nothing accepted yet."""
    return Booking(payments, await payments.seeker(), await payments.consultant())


@pytest.fixture(params=["v2", "v1"])
async def either(make_payments: Make, request: pytest.FixtureRequest) -> Payments:
    """The service with each way of making accounts."""
    return await make_payments(stripe_accounts=request.param)


@pytest.fixture
async def captured(payments: Payments, booking: Booking) -> Booking:
    """The session took place and was paid for; the consultant has their share."""
    await booking.authorize()
    await booking.deliver(booking.ended())
    await payments.settle()
    return booking


@pytest.fixture
async def euros(payments: Payments, booking: Booking) -> AsyncIterator[Booking]:
    """A booking priced in euros, at a platform whose balance is in dollars."""
    await payments.stripe.control("settlement", currency="usd", rates={"eur": 1.0745})
    booking.fields["currency"] = "eur"
    yield booking
    assert await payments.ledger_sum() == 0
