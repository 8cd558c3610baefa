"""One run of the checks: sends requests, validates the responses, and collects the results."""

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx

from sandbox.stripe.conformance.receiver import Receiver
from sandbox.stripe.conformance.schemas import Described

Body = dict[str, Any]
TIME_LIMIT = 30.0


class Response(NamedTuple):
    """Status, headers and body of a response."""

    status: int
    headers: httpx.Headers
    body: Body

    @property
    def error(self) -> Body:
        """The error object; empty if the request succeeded."""
        found = self.body.get("error")
        return found if isinstance(found, dict) else {}


class Fatal(Exception):
    """A check cannot continue because a request failed."""


class Session:
    """Sends requests and records which expectations were met."""

    def __init__(self, base_url: str, secret_key: str, publishable_key: str) -> None:
        self.described = Described()
        self.secret_key, self.publishable_key = secret_key, publishable_key
        self.http = httpx.Client(base_url=base_url, timeout=TIME_LIMIT, trust_env=False)
        self.receiver = Receiver()
        self.passed = 0
        self.failures: list[str] = []
        self.covered: set[str] = set()
        self._place = ""

    def close(self) -> None:
        """Closes connections."""
        self.http.close()
        self.receiver.close()

    @contextlib.contextmanager
    def check(self, title: str) -> Iterator[None]:
        """Runs a group of checks; a failure does not affect the next group."""
        self._place = title
        try:
            yield
        except Fatal as why:
            self.failures.append(f"{title}: {why}")
        except (KeyError, IndexError, TypeError, httpx.HTTPError) as why:
            self.failures.append(f"{title}: failed with {type(why).__name__}: {why}")

    # -- results

    def holds(self, what: str, condition: object, shown: object = "") -> None:
        """Records whether `condition` is true; `what` says what is checked."""
        if condition:
            self.passed += 1
        else:
            self.failures.append(f"{self._place}: {what}" + (f" ({shown})" if shown != "" else ""))

    def equal(self, what: str, found: object, wanted: object) -> None:
        """Records whether two values are equal."""
        self.holds(what, found == wanted, f"{found!r} instead of {wanted!r}")

    # -- requests

    def ask(
        self,
        method: str,
        path: str,
        params: Body | None = None,
        *,
        json: Body | None = None,
        key: str | None = None,
        account: str | None = None,
        headers: dict[str, str] | None = None,
        secret: str | None = None,
    ) -> Response:
        """Sends a request and validates the response. An empty `secret` sends no key."""
        key_sent = self.secret_key if secret is None else secret
        sent = {
            "Stripe-Version": self.described.version,
            **({"Authorization": f"Bearer {key_sent}"} if key_sent else {}),
            **({"Idempotency-Key": key} if key else {}),
            **({"Stripe-Account": account} if account else {}),
            **(headers or {}),
        }
        form = flat(params or {})
        more: Body = {"params": form} if method == "GET" else {"data": form}
        answer = self.http.request(
            method, path, headers=sent, **({"json": json} if json is not None else more)
        )
        return self._examined(method, urlsplit(path).path, answer)

    def upload(self, purpose: str, name: str, content: bytes) -> Response:
        """Sends a file."""
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        files = {"file": (name, content)}
        answer = self.http.post(
            "/v1/files", data={"purpose": purpose}, files=files, headers=headers
        )
        return self._examined("POST", "/v1/files", answer)

    def _examined(self, method: str, path: str, answer: httpx.Response) -> Response:
        try:
            body = answer.json()
        except ValueError:
            raise Fatal(
                f"{method} {path} has a response that is not JSON: {answer.text[:80]}"
            ) from None
        operation = self.described.operation(method, path)
        label = f"{method} {operation[0] if operation else path}"
        faults = self.described.response_errors(method, path, answer.status_code, body)
        self.holds(f"{label} follows the description", not faults, "; ".join(faults[:4]))
        self.holds(f"{label} names its request", answer.headers.get("request-id"))
        if answer.status_code < 400:
            self.covered.add(label)
        return Response(answer.status_code, answer.headers, body)

    def post(self, path: str, key: str | None = None, **params: Any) -> Body:
        """A POST that must succeed."""
        return self._good("POST", path, self.ask("POST", path, params, key=key))

    def get(self, path: str, **params: Any) -> Body:
        """A GET that must succeed."""
        return self._good("GET", path, self.ask("GET", path, params))

    def delete(self, path: str) -> Body:
        """A DELETE that must succeed."""
        return self._good("DELETE", path, self.ask("DELETE", path))

    def _good(self, method: str, path: str, answer: Response) -> Body:
        if answer.status != 200:
            raise Fatal(f"{method} {path} failed with {answer.status}: {answer.error}")
        return answer.body

    def refused(
        self,
        what: str,
        answer: Response,
        status: int,
        code: str | None = None,
        *,
        kind: str = "invalid_request_error",
        **wanted: Any,
    ) -> Body:
        """Records whether a response is the expected error, and returns it."""
        found = {"status": answer.status, "type": answer.error.get("type")}
        expected: Body = {"status": status, "type": kind}
        if code is not None:
            wanted["code"] = code
        for name, value in wanted.items():
            found[name], expected[name] = answer.error.get(name), value
        self.equal(what, found, expected)
        self.holds(f"{what}: the error has a message", answer.error.get("message"))
        return answer.error

    def control(self, name: str, **params: Any) -> Body:
        """One of the sandbox's own controls."""
        answer = self.http.post(f"/_sandbox/{name}", json=params)
        if answer.status_code != 200:
            raise Fatal(f"the control {name} failed with {answer.status_code}")
        found: Body = answer.json()
        return found

    # -- fixtures

    def customer(self, **more: Any) -> str:
        """A new customer."""
        email = f"seeker-{uuid.uuid4().hex[:8]}@example.com"
        identity: str = self.post("/v1/customers", email=email, **more)["id"]
        return identity

    def saved_card(self, customer: str, method: str = "pm_card_visa") -> str:
        """A saved card."""
        intent = self.post(
            "/v1/setup_intents",
            customer=customer,
            usage="off_session",
            confirm="true",
            payment_method=method,
            allowed_payment_method_types=["card"],
        )
        if intent["status"] == "requires_action":
            self.control(f"3ds/{intent['id']}", outcome="succeed")
            intent = self.get(f"/v1/setup_intents/{intent['id']}")
        card: str = intent["payment_method"]
        return card

    def try_to_hold(self, customer: str, card: str, amount: int = 5000, **more: Any) -> Response:
        """Requests an off-session hold."""
        params = {
            "amount": amount,
            "currency": "usd",
            "customer": customer,
            "payment_method": card,
            "capture_method": "manual",
            "confirm": "true",
            "off_session": "true",
            "allowed_payment_method_types": ["card"],
            **more,
        }
        return self.ask("POST", "/v1/payment_intents", params, key=more.pop("key", None))

    def hold(self, customer: str, card: str, amount: int = 5000, **more: Any) -> Body:
        """An intent that holds the amount."""
        return self._good(
            "POST", "/v1/payment_intents", self.try_to_hold(customer, card, amount, **more)
        )

    def captured(self, amount: int = 5000, **more: Any) -> Body:
        """A captured intent of a new customer."""
        customer = self.customer()
        intent = self.hold(customer, self.saved_card(customer), amount, **more)
        return self.post(f"/v1/payment_intents/{intent['id']}/capture")


def flat(params: Any, name: str = "") -> dict[str, str]:
    """Form encoding as Stripe expects it: a[b]=c, a[0]=c."""
    if isinstance(params, dict):
        pairs = list(params.items())
    elif isinstance(params, list | tuple):
        pairs = list(enumerate(params))
    else:
        return {name: str(params)}
    found: dict[str, str] = {}
    for key, value in pairs:
        found |= flat(value, f"{name}[{key}]" if name else str(key))
    return found
