"""Stripe's deliveries: what is let in, kept, handled once, handled late."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from services.payments.tests.actors import Payments
from services.payments.tests.sandbox import CONNECT_SECRET, PREVIOUS_SECRET, WEBHOOK_SECRET, signed


def event(**values: Any) -> dict[str, Any]:
    return {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.succeeded",
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "data": {"object": {"id": "pi_unknown", "object": "payment_intent", "metadata": {}}},
        **values,
    }


async def send(payments: Payments, body: bytes, header: str | bytes | None) -> Any:
    headers: dict[str, str | bytes] = {"content-type": "application/json"}
    if header is not None:
        headers["stripe-signature"] = header
    return await payments.harness.post("/webhooks/stripe", content=body, headers=headers)


async def kept(payments: Payments) -> list[Any]:
    return await payments.harness.sql("select * from stripe_events order by received_at")


@pytest.mark.parametrize("secret", [WEBHOOK_SECRET, PREVIOUS_SECRET, CONNECT_SECRET])
async def test_each_secret_is_taken(payments: Payments, secret: str) -> None:
    body = json.dumps(event()).encode()
    answer = await send(payments, body, signed(body, secret))
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert [row["event_id"] for row in await kept(payments)] == ["evt_1"]


async def test_forged_stale_and_future_are_refused(payments: Payments) -> None:
    body = json.dumps(event()).encode()
    good = signed(body)
    now = int(time.time())
    headers: tuple[str | bytes | None, ...] = (
        None,
        "",
        "t=,v1=",
        "nonsense",
        "t=99999999999999999999,v1=00",
        signed(body, "whsec_of_somebody_else"),
        signed(body, at=now - 301),
        signed(body, at=now + 400),
        good[:-4] + "0000",
        good.replace("v1=", "v0="),
        f"{good}é".encode("latin-1"),
        "x" * 10_000,
    )
    for header in headers:
        answer = await send(payments, body, header)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_signature"), header
    assert (await send(payments, body + b" ", good)).status_code == 400
    assert await kept(payments) == []


async def test_rolled_secret_signs_twice(payments: Payments) -> None:
    body = json.dumps(event()).encode()
    at = int(time.time())
    both = f"{signed(body, 'whsec_newest', at)},{signed(body, at=at).partition(',')[2]}"
    assert (await send(payments, body, both)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"id": 1}',
        b'{"id": "evt_1"}',
        b'{"id": "evt\\u0000", "type": "x"}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
async def test_signed_nonsense_is_refused(payments: Payments, body: bytes) -> None:
    try:
        header = signed(body)
    except UnicodeDecodeError:
        header = "t=1,v1=00"
    assert (await send(payments, body, header)).status_code == 400
    assert await kept(payments) == []


async def test_event_of_the_other_mode_is_kept_and_ignored(payments: Payments) -> None:
    body = json.dumps(event(livemode=True)).encode()
    answer = await send(payments, body, signed(body))
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert [row["state"] for row in await kept(payments)] == ["ignored"]


async def test_too_large_is_refused(payments: Payments) -> None:
    body = json.dumps(event(padding="x" * (1 << 20))).encode()
    assert (await send(payments, body, signed(body))).status_code == 413


async def test_nearly_too_large_unknown_and_future_versions_are_kept(payments: Payments) -> None:
    odd = (
        event(id="evt_large", padding="x" * ((1 << 20) - 1000)),
        event(
            id="evt_future",
            api_version="2031-01-01.zebra",
            data={"object": {"id": "pi_x", "amount": "12.5"}},
        ),
        event(id="evt_type", type="unicorn.sighted"),
        event(
            id="evt_account",
            account="acct_of_nobody",
            type="account.updated",
            data={"object": {"id": "acct_x"}},
        ),
        event(
            id="evt_thin",
            object="v2.core.event",
            type="v2.core.account.updated",
            data=None,
            related_object={"id": "acct_y"},
        ),
    )
    for one in odd:
        assert (await payments.deliver_webhook(one)).status_code == 200
    await payments.handle()
    states = {row["event_id"]: row["state"] for row in await kept(payments)}
    assert states == {
        "evt_large": "done",
        "evt_future": "done",
        "evt_type": "ignored",
        "evt_account": "done",
        "evt_thin": "done",
    }
