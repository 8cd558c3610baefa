"""Seekers and consultants as API clients: each method is one action of a user, and raises if it is
refused.
"""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.testing import eventually
from tests.documented import DescribedApi

API = DescribedApi()
PASSWORD = "correct horse battery staple"


class World:
    """A running stack from outside: the gateway, and the sandbox's controls. Every response of the
    gateway must be what the API's description says.
    """

    def __init__(self, gateway: str, sandbox: str, stripe_key: str) -> None:
        self.http = httpx.AsyncClient(
            base_url=gateway, timeout=30, event_hooks={"response": [API.check]}
        )
        authorization = base64.b64encode(f"{stripe_key}:".encode()).decode()
        self.stripe = httpx.AsyncClient(
            base_url=sandbox, timeout=30, headers={"authorization": f"Basic {authorization}"}
        )

    async def is_ready(self) -> bool:
        """Whether every part responds."""
        try:
            return (await self.http.get("/health/ready")).status_code == 200
        except httpx.TransportError:
            return False

    async def close(self) -> None:
        await self.http.aclose()
        await self.stripe.aclose()

    async def person(self, role: str, **over: str) -> Person:
        """A new, signed-in user."""
        body = {
            "email": f"{secrets.token_hex(6)}@example.org",
            "password": PASSWORD,
            "first_name": "Ada" if role == "seeker" else "Grace",
            "last_name": secrets.token_hex(3),
            "role": role,
            **over,
        }
        answer = await self.http.post("/users/register", json=body)
        assert answer.status_code == 201, answer.text
        session = answer.json()
        kind = Seeker if role == "seeker" else Consultant
        return kind(self, session["user"], session["access_token"], session["refresh_token"])

    async def seeker(self, card: str | None = "pm_card_visa") -> Seeker:
        """A new seeker with `card` (one of Stripe's test payment methods) saved."""
        person = await self.person("seeker")
        assert isinstance(person, Seeker)
        if card is not None:
            await person.save_card(card)
        return person

    async def consultant(self, *, hourly_rate: int = 12_000, onboarded: bool = True) -> Consultant:
        """A new consultant with a profile, and a payout account that can receive."""
        person = await self.person("consultant")
        assert isinstance(person, Consultant)
        await person.publish_profile(hourly_rate)
        if onboarded:
            await person.onboard()
        return person

    async def advance_stripe_clock(self, seconds: int) -> None:
        (
            await self.stripe.post("/_sandbox/clock", data={"advance": str(seconds)})
        ).raise_for_status()

    async def fail_next(self, path: str, mode: str, times: int = 1) -> None:
        body = {"path": path, "mode": mode, "times": times}
        (await self.stripe.post("/_sandbox/fail_next", json=body)).raise_for_status()

    async def stripe_list(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All objects of a Stripe list, newest first."""
        found: list[dict[str, Any]] = []
        while True:
            more = {"starting_after": found[-1]["id"]} if found else {}
            answer = await self.stripe.get(path, params={"limit": 100, **params, **more})
            answer.raise_for_status()
            found += answer.json()["data"]
            if not answer.json()["has_more"]:
                return found


class Person:
    """A user with an account."""

    def __init__(self, world: World, user: dict[str, Any], token: str, refresh_token: str) -> None:
        self.world = world
        self.user = user
        self.id = user["id"]
        self.token = token
        self.refresh_token = refresh_token

    async def call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        """Sends a request as this user and returns any response."""
        headers = {"authorization": f"Bearer {self.token}", **(headers or {})}
        return await self.world.http.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> Any:
        answer = await self.call("GET", path, **more)
        assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        answer = (
            await self.call("POST", path, json=body, **more)
            if body is not None
            else await self.call("POST", path, **more)
        )
        assert answer.status_code < 300, f"POST {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def booking(self, booking_id: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.get(f"/bookings/{booking_id}")
        return found

    async def sees(self, booking_id: str, *, within: float = 30, **wanted: Any) -> dict[str, Any]:
        """The booking, once its fields match `wanted`."""

        async def as_wanted() -> dict[str, Any] | None:
            booking = await self.booking(booking_id)
            return (
                booking if all(booking[name] == value for name, value in wanted.items()) else None
            )

        try:
            found: dict[str, Any] = await eventually(as_wanted, within=within)
        except AssertionError:
            booking = await self.booking(booking_id)
            raise AssertionError(f"wanted {wanted}, but it is {booking}") from None
        return found

    async def start(self, booking_id: str) -> Any:
        return await self.post(f"/bookings/{booking_id}/start")

    async def end(self, booking_id: str) -> Any:
        return await self.post(f"/bookings/{booking_id}/end")

    async def cancel(self, booking_id: str, reason: str | None = None) -> Any:
        return await self.post(
            f"/bookings/{booking_id}/cancel", {"reason": reason} if reason else None
        )

    async def timeline(self, booking_id: str) -> list[str]:
        return [
            entry["event"]
            for entry in (await self.get(f"/bookings/{booking_id}/timeline"))["items"]
        ]


class Seeker(Person):
    """A seeker's actions."""

    async def save_card(self, card: str) -> None:
        """Saves `card` as the browser would: our SetupIntent, confirmed at Stripe."""
        intent = await self.post("/payments/setup-intent")
        path = f"/v1/setup_intents/{intent['setup_intent_id']}"
        answer = await self.world.stripe.post(f"{path}/confirm", data={"payment_method": card})
        assert answer.status_code == 200, answer.text
        if answer.json()["status"] == "requires_action":
            await self.world.stripe.post(
                f"/_sandbox/3ds/{intent['setup_intent_id']}", data={"outcome": "succeed"}
            )
            answer = await self.world.stripe.get(path)
        saved = answer.json()["payment_method"]

        async def on_file() -> bool:
            found = await self.call("GET", "/payments/payment-method")
            return found.status_code == 200 and found.json()["id"] == saved

        await eventually(on_file)

    async def request(
        self, consultant: Consultant, slot: dict[str, Any], message: str | None = None
    ) -> dict[str, Any]:
        body = {"consultant_id": consultant.id, "slot_id": slot["id"]} | (
            {"message": message} if message else {}
        )
        booking: dict[str, Any] = await self.post("/bookings", body)
        return booking

    async def rate(self, booking_id: str, score: int, comment: str | None = None) -> Any:
        return await self.post(
            f"/bookings/{booking_id}/rating",
            {"score": score} | ({"comment": comment} if comment else {}),
        )


class Consultant(Person):
    """A consultant's actions."""

    async def publish_profile(self, hourly_rate: int, **over: Any) -> dict[str, Any]:
        body = {
            "headline": "Databases that do not lose a cent",
            "bio": "Twenty years of PostgreSQL.",
            "expertise_tags": ["postgres", "payments"],
            "languages": ["en"],
            "hourly_rate": hourly_rate,
            "currency": "usd",
            **over,
        }
        answer = await self.call("PUT", "/consultants/me/profile", json=body)
        assert answer.status_code == 200, answer.text
        profile: dict[str, Any] = answer.json()
        return profile

    async def onboard(self) -> str:
        """Opens a payout account, completes Stripe's onboarding, and returns the account's id."""
        account = await self.post("/payments/connect-account")
        path = f"/_sandbox/accounts/{account['account_id']}/onboard"
        (await self.world.stripe.post(path, data={"outcome": "complete"})).raise_for_status()

        async def active() -> bool:
            status: str = (await self.get("/payments/connect-account"))["status"]
            return status == "active"

        await eventually(active)
        return str(account["account_id"])

    async def offer(
        self, *, minutes: int = 30, starts_in: timedelta = timedelta(minutes=5), count: int = 1
    ) -> list[dict[str, Any]]:
        """Consecutive free slots, the first `starts_in` from now."""
        start = datetime.now(UTC).replace(microsecond=0) + starts_in
        length = timedelta(minutes=minutes)
        slots = [
            {
                "start_time": (start + k * length).isoformat(),
                "end_time": (start + (k + 1) * length).isoformat(),
            }
            for k in range(count)
        ]
        items: list[dict[str, Any]] = (
            await self.post("/consultants/me/availability", {"slots": slots})
        )["items"]
        return items

    async def accept(self, booking_id: str) -> Any:
        return await self.post(f"/bookings/{booking_id}/accept")

    async def decline(self, booking_id: str, reason: str | None = None) -> Any:
        return await self.post(
            f"/bookings/{booking_id}/decline", {"reason": reason} if reason else None
        )

    async def payout_of(self, booking_id: str) -> dict[str, Any] | None:
        """The payout of that booking, if it exists yet."""
        items = (await self.get("/payments/payouts"))["items"]
        return next((item for item in items if item["booking_id"] == booking_id), None)


async def confirmed(seeker: Seeker, consultant: Consultant, **offer: Any) -> dict[str, Any]:
    """A booking that was requested, accepted and authorised."""
    slot = (await consultant.offer(**offer))[0]
    booking = await seeker.request(consultant, slot)
    await consultant.accept(booking["id"])
    return await seeker.sees(booking["id"], status="confirmed", payment_status="authorized")


async def longer_than_the_free_period(
    seeker: Seeker, booking_id: str, free_seconds: int = 1
) -> None:
    """Waits until the session has lasted longer than the free period."""

    async def long_enough() -> bool:
        started = datetime.fromisoformat((await seeker.booking(booking_id))["session_start_time"])
        return datetime.now(UTC) - started > timedelta(seconds=free_seconds + 1.1)

    await eventually(long_enough, every=0.1)
