"""A sandbox process on a free port, and a receiver of its webhooks."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from sandbox.stripe.conformance.session import flat
from shared.testing.ports import free_port

ROOT = Path(__file__).parents[3]
Body = dict[str, Any]
KEY = {"Authorization": "Bearer sk_test_stand"}


def until(condition: Callable[[], Any], what: str, seconds: float = 15) -> Any:
    """Wait for a condition; its first true value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError(f"{what}: not within {seconds} s")


class Receiver:
    """Collects webhooks; answers `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[str, str, bytes]] = []  # path, signature, body
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, self.headers["Stripe-Signature"], body))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.port = free_port()
        self._handler = Handler
        self.open()

    def open(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler)
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self, path: str = "/hook") -> list[Body]:
        return [json.loads(body) for where, _, body in list(self.got) if where == path]

    def types(self, path: str = "/hook") -> list[str]:
        return [event["type"] for event in self.events(path)]

    def counts(self, path: str = "/hook") -> Counter[str]:
        return Counter(event["id"] for event in self.events(path))


class Stand:
    """The process, and calls to it."""

    def __init__(self, data: Path, *arguments: str, **environment: str) -> None:
        self.data, self.arguments, self.environment = data, arguments, environment
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.base, timeout=20, trust_env=False)
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox.stripe", "--listen", f"127.0.0.1:{self.port}"]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.environment}
        self.process = subprocess.Popen(
            [*command, "--data", str(self.data), *self.arguments], cwd=ROOT, env=environment
        )
        until(self.alive, "the sandbox starts")

    def alive(self) -> bool:
        try:
            return self.http.get("/health/live").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    # -- calls

    def post(self, path: str, key: str | None = None, expect: int = 200, **params: Any) -> Body:
        headers = KEY | ({"Idempotency-Key": key} if key else {})
        answer = self.http.post(path, data=flat(params), headers=headers)
        assert answer.status_code == expect, answer.text
        body: Body = answer.json()
        return body

    def get(self, path: str, expect: int = 200, **params: Any) -> Body:
        answer = self.http.get(path, params=flat(params), headers=KEY)
        assert answer.status_code == expect, answer.text
        body: Body = answer.json()
        return body

    def control(self, name: str, /, expect: int = 200, **params: Any) -> Any:
        answer = self.http.post(f"/_sandbox/{name}", json=params)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def requests(self, **params: str) -> list[Body]:
        found: list[Body] = self.http.get("/_sandbox/requests", params=params).json()
        return found

    # -- what tests begin with

    def saved_card(self, method: str = "pm_card_visa") -> tuple[str, str]:
        """A customer with a card set up."""
        customer: str = self.post("/v1/customers", email="seeker@example.test")["id"]
        intent = self.post(
            "/v1/setup_intents", customer=customer, confirm="true", payment_method=method
        )
        if intent["status"] == "requires_action":
            self.control(f"3ds/{intent['id']}", outcome="succeed")
        card: str = intent["payment_method"]
        return customer, card

    def hold(
        self, card: tuple[str, str], amount: int = 5000, expect: int = 200, **more: Any
    ) -> Body:
        """Authorise a saved card with nobody there."""
        return self.post(
            "/v1/payment_intents",
            **more.pop("options", {}),
            expect=expect,
            amount=amount,
            currency="usd",
            customer=card[0],
            payment_method=card[1],
            capture_method="manual",
            confirm="true",
            off_session="true",
            allowed_payment_method_types=["card"],
            **more,
        )

    def captured(self, card: tuple[str, str], amount: int = 5000) -> Body:
        intent = self.hold(card, amount)
        return self.post(f"/v1/payment_intents/{intent['id']}/capture")

    def account(self) -> str:
        """A connected account that can receive."""
        controller = {"stripe_dashboard": {"type": "express"}}
        capabilities = {"transfers": {"requested": "true"}}
        made = self.post(
            "/v1/accounts", country="US", controller=controller, capabilities=capabilities
        )
        self.control(f"accounts/{made['id']}/onboard", outcome="complete")
        identity: str = made["id"]
        return identity
