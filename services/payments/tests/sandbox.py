"""The sandbox of Stripe as tests control it, and Stripe's signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import stripe

SECRET_KEY, PUBLISHABLE_KEY = "sk_test_payments", "pk_test_payments"
WEBHOOK_SECRET, CONNECT_SECRET = "whsec_platform_1", "whsec_connect_1"
PREVIOUS_SECRET = "whsec_platform_0"


class Sandbox:
    """Stripe's side, as tests look at it and steer it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(base_url=url, timeout=30, auth=(SECRET_KEY, ""))
        self._seen: set[str] = set()

    async def get(self, url: str, **params: Any) -> Any:
        answer = await self.http.get(url, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, **form: Any) -> Any:
        answer = await self.http.post(path, data=form)
        assert answer.status_code in (200, 402), answer.text
        return answer.json()

    async def control(self, name: str, **body: Any) -> Any:
        answer = await self.http.post(f"/_sandbox/{name}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def advance(self, seconds: int) -> None:
        """Moves Stripe's clock: what is made from now on is of that moment, and holds lapse."""
        await self.http.post("/_sandbox/clock", data={"advance": seconds})

    async def fail_next(self, path: str, mode: str, times: int = 1, **more: Any) -> None:
        """The next calls to `path` fail. Those that get no answer end when the sandbox closes the
        connection, at once, so that no test waits for the client's timeout.
        """
        if mode.startswith("timeout"):
            more.setdefault("seconds", 0)
        await self.control("fail_next", path=path, mode=mode, times=times, **more)

    async def intents(self, booking_id: UUID) -> list[Any]:
        found = await self.get("/v1/payment_intents", limit=100)
        return [
            one for one in found["data"] if one["metadata"].get("booking_id") == str(booking_id)
        ]

    async def transfers(self, booking_id: UUID) -> list[Any]:
        found: list[Any] = (await self.get("/v1/transfers", transfer_group=str(booking_id)))["data"]
        return found

    async def new_events(self) -> list[Any]:
        """The events since the last call, oldest first: the platform's, then those of its connected
        accounts.
        """
        found = await self._events_of(None)
        accounts = await self.get("/v1/accounts", limit=100)
        for account in accounts["data"]:
            found += await self._events_of(account["id"])
        return found

    async def _events_of(self, account: str | None) -> list[Any]:
        found: list[Any] = []
        params: dict[str, Any] = {"limit": 100}
        headers = {"Stripe-Account": account} if account else {}
        while True:
            answer = await self.http.get("/v1/events", params=params, headers=headers)
            page = answer.raise_for_status().json()
            found += [one for one in page["data"] if one["id"] not in self._seen]
            if not page["has_more"] or page["data"][-1]["id"] in self._seen:
                break
            params["starting_after"] = page["data"][-1]["id"]
        self._seen.update(one["id"] for one in found)
        return found[::-1]

    async def requests(self, path: str) -> list[Any]:
        found: list[Any] = await self.get("/_sandbox/requests", path=path)
        return found


def signed(body: bytes, secret: str = WEBHOOK_SECRET, at: int | None = None) -> str:
    header: str = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return header
