"""The HTTP calls of the demo: a user of the API, and the controls of the Stripe sandbox."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self

import httpx

from deploy.local.demo_people import Consultant, Seeker
from deploy.local.demo_slots import Slot

PATIENCE = 30.0  # seconds to wait for an event to arrive, or for a rate limit to pass
PAUSE = 0.1


class Refused(Exception):
    """A response that the demo did not expect."""

    def __init__(self, answer: httpx.Response) -> None:
        said = answer.text[:300]
        super().__init__(
            f"{answer.request.method} {answer.request.url}: {answer.status_code} {said}"
        )
        self.status = answer.status_code
        self.code = str(_json(answer).get("code", ""))


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


class Person:
    """A signed-in user."""

    def __init__(self, client: httpx.AsyncClient, session: dict[str, Any]) -> None:
        self.client, self.id = client, session["user"]["id"]
        self.email: str = session["user"]["email"]
        self.email_verified: bool = session["user"]["email_verified"]
        self.headers = {"Authorization": f"Bearer {session['access_token']}"}

    @classmethod
    async def sign_up(
        cls, client: httpx.AsyncClient, who: Consultant | Seeker, role: str, password: str
    ) -> Self:
        """Registers, or signs in if the account already exists."""
        credentials = {"email": who.address, "password": password}
        names = {"first_name": who.first_name, "last_name": who.last_name, "role": role}
        try:
            return cls(
                client, await _call(client, "POST", "/users/register", {**credentials, **names})
            )
        except Refused as refused:
            if refused.code != "email_taken":
                raise
        return cls(client, await _call(client, "POST", "/users/login", credentials))

    async def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Sends a request as this user and returns the response's object. Raises Refused."""
        return await _call(self.client, method, path, body, self.headers)

    async def post(self, path: str, body: object = None) -> dict[str, Any]:
        """`call` with POST."""
        return await self.call("POST", path, body)

    async def put(self, path: str, body: object) -> dict[str, Any]:
        """`call` with PUT."""
        return await self.call("PUT", path, body)

    async def offer(self, slots: list[Slot]) -> list[dict[str, Any]]:
        """Creates slots; returns none if they exist from an earlier load."""
        try:
            return list(
                (await self.post("/consultants/me/availability", {"slots": slots}))["items"]
            )
        except Refused as refused:
            if refused.code != "slot_overlaps":
                raise
        return []

    async def free_slots(self) -> list[dict[str, Any]]:
        """The consultant's own slots that are not booked."""
        return list(
            (await self.call("GET", f"/consultants/{self.id}/availability?limit=100"))["items"]
        )

    async def has_card(self) -> bool:
        """Whether the seeker has a saved card."""
        try:
            await self.call("GET", "/payments/payment-method")
        except Refused as refused:
            if refused.status != 404:
                raise
            return False
        return True

    async def book(self, consultant: "Person", slot: str, message: str) -> str:
        """Requests a booking and returns its id."""
        wish = {"consultant_id": consultant.id, "slot_id": slot, "message": message}
        return str((await self.post("/bookings", wish))["id"])

    async def accept(self, booking: str) -> None:
        """Returns once the seeker's card has been authorised for it."""
        await self.post(f"/bookings/{booking}/accept")

        async def is_confirmed() -> bool:
            now = await self.call("GET", f"/bookings/{booking}")
            if now["status"] not in ("accepted", "confirmed"):
                raise LookupError(
                    f"booking {booking} became {now['status']} ({now['payment_failure']})"
                )
            return bool(now["status"] == "confirmed")

        await self.until(is_confirmed, f"booking {booking} is confirmed")

    async def until(self, is_so: Callable[[], Awaitable[bool]], what: str) -> None:
        """Polls until the condition is true. Raises LookupError if it does not become true."""
        limit = time.monotonic() + PATIENCE
        while not await is_so():
            if time.monotonic() > limit:
                raise LookupError(f"waited {PATIENCE:.0f} s, but not: {what}")
            await asyncio.sleep(PAUSE)


class Mailbox:
    """The mails received by the mail sandbox."""

    def __init__(self, client: httpx.AsyncClient, address: str) -> None:
        self.client, self.address = client, address

    async def verify(self, person: Person) -> None:
        """Follows the link of the user's newest verification mail, once it has arrived."""
        tokens: list[str] = []

        async def has_arrived() -> bool:
            tokens.extend(await self._tokens(person.email))
            return bool(tokens)

        await person.until(has_arrived, f"a mail to {person.email} arrives")
        await person.post("/users/verify-email", {"token": tokens[-1]})

    async def _tokens(self, email: str) -> list[str]:
        answer = await self.client.get(f"{self.address}/_mail/messages", params={"to": email})
        if answer.is_error:
            raise Refused(answer)
        links = [link for mail in answer.json() for link in mail["links"]]
        return [link.partition("#token=")[2] for link in links if "/verify-email#token=" in link]


class Sandbox:
    """The controls of the Stripe sandbox."""

    def __init__(self, client: httpx.AsyncClient, address: str, secret_key: str) -> None:
        self.client, self.address = client, address
        self.headers = {"Authorization": f"Bearer {secret_key}"}

    async def onboard(self, account: str) -> None:
        """Completes the hosted onboarding."""
        await self._form(f"/_sandbox/accounts/{account}/onboard", {"outcome": "complete"})

    async def save_card(self, setup_intent: str) -> None:
        """Does what the browser does after the card form."""
        await self._form(
            f"/v1/setup_intents/{setup_intent}/confirm", {"payment_method": "pm_card_visa"}
        )

    async def _form(self, path: str, fields: dict[str, str]) -> None:
        answer = await self.client.post(self.address + path, data=fields, headers=self.headers)
        if answer.is_error:
            raise Refused(answer)


async def _call(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    body: object = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Retries while a rate limit, a starting service, or an event in progress (a 404 for one's own
    object) prevents the call.
    """
    limit = time.monotonic() + PATIENCE
    while True:
        answer = await client.request(method, path, json=body, headers=headers)
        if answer.is_success:
            return _json(answer)
        passing = answer.status_code in (429, 502, 503) or (
            answer.status_code == 404 and method != "GET"
        )
        if not passing or time.monotonic() > limit:
            raise Refused(answer)
        await asyncio.sleep(min(float(answer.headers.get("Retry-After", PAUSE)), 5.0))
