"""State survives SIGKILL: objects, keys, the clock, rules, and events that nobody has answered
yet.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.stripe.tests.stand import ROOT, Receiver, Stand, until


def test_everything_is_there_after_sigkill(fresh: Callable[..., Stand]) -> None:
    stand = fresh()
    card = stand.saved_card()
    intent = stand.hold(card, options={"key": "hold-1"})
    account = stand.account()
    stand.control("clock", advance=3600)
    stand.control("fail_next", path="/v1/transfers", mode="429", times=1)
    asked = len(stand.requests(method="POST"))
    stand.kill()
    stand.start()
    assert stand.get(f"/v1/payment_intents/{intent['id']}") == intent
    assert stand.hold(card, options={"key": "hold-1"})["id"] == intent["id"]
    assert len(stand.get("/v1/payment_intents", customer=card[0])["data"]) == 1
    assert stand.get(f"/v1/accounts/{account}")["payouts_enabled"] is True
    assert len(stand.requests(method="POST")) == asked + 1
    assert stand.control("clock", advance=0)["now"] >= intent["created"] + 3600
    charge = stand.post(f"/v1/payment_intents/{intent['id']}/capture")["latest_charge"]
    transfer = {
        "amount": 4000,
        "currency": "usd",
        "destination": account,
        "source_transaction": charge,
    }
    stand.post("/v1/transfers", expect=429, **transfer)
    stand.post("/v1/transfers", **transfer)
    assert stand.control("clock", advance=5 * 86400)["lapsed"] == 0


def test_events_not_yet_answered_are_delivered_by_the_next_life(
    fresh: Callable[..., Stand], receiver: Receiver
) -> None:
    receiver.close()
    stand = fresh("--webhook", f"http://127.0.0.1:{receiver.port}/hook=whsec_a")
    ids = {stand.post("/v1/customers")["id"] for _ in range(20)}
    stand.kill()
    stand.start()
    receiver.open()
    until(
        lambda: {event["data"]["object"]["id"] for event in receiver.events()} == ids,
        "all twenty arrive",
    )
    until(lambda: stand.http.get("/_sandbox/webhooks").json() == [], "none is outstanding")


def test_sigterm_ends_it_cleanly(fresh: Callable[..., Stand]) -> None:
    stand = fresh()
    customer = stand.post("/v1/customers")["id"]
    assert stand.stop() == 0
    stand.start()
    assert stand.get(f"/v1/customers/{customer}")["id"] == customer


@pytest.mark.parametrize(
    ("arguments", "environment", "why"),
    [
        ([], {"ENVIRONMENT": "production"}, "production"),
        ([], {"ENVIRONMENT": "Production"}, "ENVIRONMENT must be development or production"),
        (["--secret-key", "sk_live_abc"], {}, "live key"),
        ([], {"STRIPE_SECRET_KEY": "sk_live_abc"}, "live key"),
        (["--webhook", "nonsense"], {}, "URL=SECRET"),
    ],
)
def test_it_refuses_to_start_where_it_must_not(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], why: str
) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "sandbox.stripe",
            "--listen",
            "127.0.0.1:0",
            "--data",
            str(tmp_path),
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=20,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), **environment},
    )
    assert run.returncode == 1
    assert why in run.stderr
    assert run.stderr.count("\n") == 1


def test_configured_keys_are_the_only_ones(fresh: Callable[..., Stand]) -> None:
    stand = fresh("--secret-key", "sk_test_right", "--publishable-key", "pk_test_right")
    for key, status in (("sk_test_right", 200), ("sk_test_wrong", 401), ("pk_test_right", 401)):
        answer = stand.http.get("/v1/customers", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status


def test_a_second_one_in_the_same_folder_or_on_the_same_port_refuses(
    fresh: Callable[..., Stand], tmp_path: Path
) -> None:
    stand = fresh()
    for listen, data in (
        ("127.0.0.1:0", stand.data),
        (f"127.0.0.1:{stand.port}", tmp_path / "other"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", "sandbox.stripe", "--listen", listen, "--data", str(data)],
            capture_output=True,
            text=True,
            timeout=20,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT)},
        )
        assert run.returncode == 1
        assert "another sandbox" in run.stderr or "cannot listen" in run.stderr
