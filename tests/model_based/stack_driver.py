"""The running stack as the machine drives it: users who retry, the database's administrator,
Stripe's Dashboard, and SIGKILL.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import asyncpg
import httpx

from services.payments.reconcile.report import compare
from services.payments.settings import PaymentsSettings
from services.payments.stripe_api import connect
from services.payments.webhook.context import StripeContext
from shared.db import Database
from shared.settings import load
from shared.testing import eventually
from tests.people import Consultant, Person, Seeker, World
from tests.stack import Stack

T = TypeVar("T")

# Makes all waiting work due, and changes nothing else, as if the time had passed.
_ECHOES = (
    "update payments.stripe_events set due_at = now() where state = 'pending' and tries = 0 and "
    "due_at > now()"
)
_RETRIES = """
    update payments.operations set due_at = now()
    where state = 'due' and kind <> 'renew' and due_at > now() and subject_id = any($1::uuid[])
"""
_LEASES = (
    "update payments.operations set claimed_until = now() where state = 'running'",
    "update payments.stripe_events set due_at = now() where state = 'pending' and due_at > now()",
)
_BUSY = """
    select kind || ' ' || state || coalesce(': ' || last_error, '') as what from payments.operations
    where subject_id = any($1::uuid[])
      and (state = 'running' or (state = 'due' and kind <> 'renew'))
    union all select type || ' is pending: ' || coalesce(last_error, '') from payments.stripe_events
    where state = 'pending' and received_at > $2 and (tries > 0 or due_at <= now() or $3)
    union all select 'unpublished ' || type from booking.outbox
    union all select 'unpublished ' || type from payments.outbox
"""


class StackDriver:
    """Synchronous, because the rules of a state machine are. It has its own event loop."""

    def __init__(self, stack: Stack, patience: float) -> None:
        self.stack, self.patience = stack, patience
        self.loop = asyncio.new_event_loop()
        self.killed = False
        self._keys = (f"model-{secrets.token_hex(4)}-{number}" for number in itertools.count())
        published = stack.published
        self.world = World(
            published["gateway"], published["stripe_sandbox"], published["stripe_secret_key"]
        )
        self.db: asyncpg.Connection = self.run(asyncpg.connect(published["database"]))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self.db.close())
        self.run(self.world.close())
        self.loop.close()

    # ---- users

    def say(self, person: Person, method: str, path: str, body: Any = None) -> httpx.Response:
        """Repeats a request with the same key until the application itself has responded."""
        return self.run(self._say(person, method, path, body))

    async def _say(
        self, person: Person, method: str, path: str, body: Any = None
    ) -> httpx.Response:
        headers = {"idempotency-key": next(self._keys)} if method == "POST" else {}
        more = {"json": body} if body is not None else {}

        async def answered() -> httpx.Response | None:
            try:
                answer = await person.call(method, path, headers=headers, **more)
            except httpx.TransportError:
                return None
            return answer if answer.status_code < 500 and answer.status_code != 429 else None

        found: httpx.Response = await eventually(answered, within=self.patience, every=0.1)
        return found

    def booking(self, person: Person, booking_id: str) -> dict[str, Any]:
        answer = self.say(person, "GET", f"/bookings/{booking_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def save_card(self, seeker: Seeker, card: str) -> None:
        """As the browser does it, as often as necessary."""

        async def save() -> None:
            intent = (await self._say(seeker, "POST", "/payments/setup-intent")).json()[
                "setup_intent_id"
            ]
            confirmed = await self._stripe(
                "POST", f"/v1/setup_intents/{intent}/confirm", payment_method=card
            )
            if confirmed["status"] == "requires_action":
                await self._stripe("POST", f"/_sandbox/3ds/{intent}", outcome="succeed")
                confirmed = await self._stripe("GET", f"/v1/setup_intents/{intent}")

            async def on_file() -> bool:
                answer = await self._say(seeker, "GET", "/payments/payment-method")
                return (
                    answer.status_code == 200 and answer.json()["id"] == confirmed["payment_method"]
                )

            await eventually(on_file, within=self.patience, every=0.1)

        self.run(save())

    def onboard(self, consultant: Consultant, outcome: str) -> None:
        answer = self.say(consultant, "POST", "/payments/connect-account")
        account = answer.json()["account_id"]
        self.stripe("POST", f"/_sandbox/accounts/{account}/onboard", outcome=outcome)

    # ---- Stripe: its API as used by the Dashboard, and the sandbox's controls

    def stripe(self, method: str, path: str, /, **params: Any) -> Any:
        return self.run(self._stripe(method, path, **params))

    async def _stripe(self, method: str, path: str, /, **params: Any) -> Any:
        """The response's body, even of an error."""
        if method == "GET":
            return (await self.world.stripe.get(path, params=params)).json()
        if path.startswith("/_sandbox"):
            return (await self.world.stripe.post(path, json=params)).json()
        return (await self.world.stripe.post(path, data=params)).json()

    # ---- the clock, and SIGKILL

    def sql(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = self.run(self.db.fetch(statement, *arguments))
        return rows

    def kill(self, victim: str) -> None:
        """Sends SIGKILL as soon as the process is up; the supervisor restarts it."""

        async def lives() -> bool:
            process = (await asyncio.to_thread(self.stack.processes))[victim]
            return process["state"] == "running" and process["pid"] is not None

        self.run(eventually(lives, within=self.patience, every=0.2))
        self.stack.kill(victim)
        self.killed = True

    def hurry(self, ids: list[str]) -> None:
        """Ends all pauses between retries, and the leases of killed processes."""
        self.sql(_ECHOES)
        self.sql(_RETRIES, ids)
        if self.killed:
            self.run(eventually(self.world.is_ready, within=self.patience, every=0.1))
            self.killed = False
            for statement in _LEASES:
                self.sql(statement)

    def differences(self, ids: list[str]) -> list[str]:
        """The output of reconciliation, as run by an operator, for these bookings."""
        published = self.stack.published
        environment = {
            "DATABASE_URL": published["database"],
            "AMQP_URL": published["amqp"],
            "STRIPE_API_BASE": published["stripe_sandbox"],
            "STRIPE_SECRET_KEY": published["stripe_secret_key"],
            "STRIPE_PUBLISHABLE_KEY": "pk_test_unused",
            "STRIPE_WEBHOOK_SECRET": published["stripe_webhook_secret"],
        }

        async def compared() -> list[str]:
            settings = load(PaymentsSettings, environment)
            database, stripe = Database(settings.database_url, pool_size=2), connect(settings)
            try:
                found = await compare(StripeContext(database, stripe, timedelta()))
            finally:
                await stripe.close()
                await database.close()
            return [f"{one.subject}: {one.what}" for one in found if one.subject in ids]

        return self.run(compared())

    def busy(self, ids: list[str], since: Any, *, echoes: bool) -> list[str]:
        """Pending operations and pending events for these bookings; the `echoes` of our own steps
        may be late.
        """
        return [row["what"] for row in self.sql(_BUSY, ids, since, echoes)]
