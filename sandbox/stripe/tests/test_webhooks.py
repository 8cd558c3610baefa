"""Webhooks: signed, retried, and disturbed on demand."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe as sdk

from sandbox.stripe.reading import IncomingRequest
from sandbox.stripe.server import Application
from sandbox.stripe.settings import Options, checked
from sandbox.stripe.tests.stand import Receiver, Stand, until

SECRET = "whsec_platform"
KEY = {"authorization": "Bearer sk_test_x"}


@pytest.fixture
def wired(stripe: Stand, receiver: Receiver) -> Stand:
    """The shared sandbox, sending to the receiver."""
    url = f"http://127.0.0.1:{receiver.port}/hook"
    stripe.post("/v1/webhook_endpoints", url=url, enabled_events=["*"])
    return stripe


def settled(stand: Stand) -> None:
    until(lambda: stand.http.get("/_sandbox/webhooks").json() == [], "everything is delivered")


def test_events_come_signed(fresh: Callable[..., Stand], receiver: Receiver) -> None:
    base = f"http://127.0.0.1:{receiver.port}"
    stand = fresh(
        "--webhook", f"{base}/hook={SECRET}", "--connect-webhook", f"{base}/connect=whsec_connect"
    )
    stand.post("/v1/customers")
    account = stand.account()
    until(
        lambda: "account.updated" in receiver.types("/connect"),
        "the Connect endpoint receives the account's event",
    )
    settled(stand)
    assert receiver.types("/hook") == ["customer.created"]
    assert {event["account"] for event in receiver.events("/connect")} == {account}
    for path, header, body in receiver.got:
        secret = SECRET if path == "/hook" else "whsec_connect"
        assert sdk.Webhook.construct_event(body, header, secret).id


async def test_events_are_sent_without_a_wait(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, waits = asyncio.get_running_loop(), list[float]()
    call_later = loop.call_later

    def recorded(delay: float, callback: Callable[..., object], *arguments: Any) -> Any:
        waits.append(delay)
        return call_later(delay, callback, *arguments)

    monkeypatch.setattr(loop, "call_later", recorded)
    webhook = f"http://127.0.0.1:{receiver.port}/hook={SECRET}"
    sandbox = Application(checked(Options("127.0.0.1:0", tmp_path, [webhook]), {}))
    sandbox.dispatcher.start(loop)
    for _ in range(3):
        sandbox.api.answer(IncomingRequest("POST", "/v1/customers", "", b"", KEY, ""))
    await asyncio.to_thread(until, lambda: len(receiver.events()) == 3, "all arrive")
    await sandbox.dispatcher.stop()
    sandbox.store.close()
    assert waits == []


def test_paused_events_go_when_unpaused_shuffled_and_tripled(
    wired: Stand, receiver: Receiver
) -> None:
    wired.control("webhooks", pause=True, shuffle=True, duplicate=2)
    made = [wired.post("/v1/customers")["id"] for _ in range(30)]
    assert len(wired.http.get("/_sandbox/webhooks").json()) == 90
    assert receiver.got == []
    wired.control("webhooks", pause=False, duplicate=0)
    settled(wired)
    order = [event["data"]["object"]["id"] for event in receiver.events()]
    assert sorted(order) == sorted(made * 3)
    assert [one for index, one in enumerate(order) if one not in order[:index]] != made
    assert set(receiver.counts().values()) == {3}


def test_pausing_holds_back_what_waits_for_a_retry(wired: Stand, receiver: Receiver) -> None:
    receiver.status = 500
    wired.post("/v1/customers")
    until(lambda: receiver.got, "a first attempt")
    wired.control("webhooks", pause=True)
    until(
        lambda: wired.http.get("/_sandbox/webhooks").json()[0]["attempts"] >= 1,
        "the attempt is on record",
    )
    receiver.status = 200
    wired.control("webhooks", pause=False)
    settled(wired)
    assert set(receiver.counts()) == {receiver.events()[0]["id"]}


def test_an_answer_that_is_not_2xx_is_retried_until_it_is(wired: Stand, receiver: Receiver) -> None:
    receiver.status = 400
    event = until(lambda: wired.post("/v1/customers") and receiver.events(), "a first attempt")[0]
    assert wired.get(f"/v1/events/{event['id']}")["pending_webhooks"] == 1
    receiver.status = 200
    settled(wired)
    assert receiver.counts()[event["id"]] >= 2
    assert wired.get(f"/v1/events/{event['id']}")["pending_webhooks"] == 0


def test_an_outage_delays_everything_and_loses_nothing(wired: Stand, receiver: Receiver) -> None:
    receiver.close()
    made = {wired.post("/v1/customers")["id"] for _ in range(100)}
    receiver.open()
    until(
        lambda: {event["data"]["object"]["id"] for event in receiver.events()} >= made,
        "all hundred arrive",
    )
    settled(wired)
    assert set(receiver.counts().values()) == {1}


def test_more_than_fits_in_memory_waits_as_rows_and_arrives(
    wired: Stand, receiver: Receiver
) -> None:
    receiver.close()
    made = {wired.post("/v1/customers")["id"] for _ in range(1_300)}
    receiver.open()
    until(
        lambda: {event["data"]["object"]["id"] for event in receiver.events()} >= made,
        "all arrive",
        30,
    )
    settled(wired)
    assert set(receiver.counts().values()) == {1}


def test_refused_events_do_not_keep_others_from_being_tried(
    wired: Stand, receiver: Receiver
) -> None:
    receiver.status = 400
    for _ in range(1_100):
        wired.post("/v1/customers")
    until(lambda: len(receiver.counts()) == 1_100, "each was tried", 30)
    receiver.status = 200
    until(lambda: wired.http.get("/_sandbox/webhooks").json() == [], "everything is delivered", 40)


def test_an_event_is_sent_again_on_demand(wired: Stand, receiver: Receiver) -> None:
    wired.post("/v1/customers")
    event = until(receiver.events, "the event")[0]["id"]
    assert wired.control("redeliver", event=event)["endpoints"] == 1
    until(lambda: receiver.counts()[event] == 2, "the second copy")
    wired.control("redeliver", expect=404, event="evt_nowhere")


def test_configured_endpoint_gets_its_events_and_others_on_demand(
    tmp_path: Path, receiver: Receiver
) -> None:
    wanted = {"STRIPE_WEBHOOK_EVENTS": "customer.updated, customer.deleted"}
    stand = Stand(tmp_path, "--webhook", f"http://127.0.0.1:{receiver.port}/hook=whsec_a", **wanted)
    try:
        customer = stand.post("/v1/customers")["id"]
        stand.post(f"/v1/customers/{customer}", name="Ada")
        until(receiver.events, "the event")
        settled(stand)
        assert [event["type"] for event in receiver.events()] == ["customer.updated"]
        made = stand.get("/v1/events", type="customer.created")["data"][0]["id"]
        assert stand.control("redeliver", event=made)["endpoints"] == 1
        until(lambda: len(receiver.events()) == 2, "the other")
    finally:
        stand.kill()


def test_deleted_endpoint_gets_no_more_events(stripe: Stand, receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.port}/hook"
    endpoint = stripe.post("/v1/webhook_endpoints", url=url, enabled_events=["customer.created"])
    stripe.post("/v1/customers")
    until(receiver.events, "the event")
    gone = stripe.http.delete(
        f"/v1/webhook_endpoints/{endpoint['id']}", headers={"Authorization": "Bearer sk_test_x"}
    )
    assert gone.json()["deleted"] is True
    stripe.post("/v1/customers")
    settled(stripe)
    assert len(receiver.events()) == 1


def test_a_gap_is_filled_from_the_list_of_events(stripe: Stand) -> None:
    made = []
    for _ in range(25):
        made.append(stripe.post("/v1/customers", name="x")["id"])
    since = stripe.get(f"/v1/customers/{made[0]}")["created"]
    stripe.control("clock", advance=100)
    later = [stripe.post("/v1/customers", name="y")["id"] for _ in range(7)]
    types = ["customer.created", "charge.captured"]
    first = stripe.get("/v1/events", types=types, created={"gte": since + 100}, limit=5)
    assert [event["data"]["object"]["id"] for event in first["data"]] == later[::-1][:5]
    assert first["has_more"] is True
    rest = stripe.get(
        "/v1/events",
        types=types,
        created={"gte": since + 100},
        starting_after=first["data"][-1]["id"],
    )
    assert [event["data"]["object"]["id"] for event in rest["data"]] == later[::-1][5:]
    newer = stripe.get("/v1/events", types=types, ending_before=first["data"][2]["id"])
    assert [event["id"] for event in newer["data"]] == [event["id"] for event in first["data"][:2]]
    assert stripe.get("/v1/events", created={"gt": since + 10**6})["data"] == []
    stripe.get("/v1/events", expect=400, type="customer.created", types=types)
