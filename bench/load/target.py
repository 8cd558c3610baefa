"""The system under load: the project or the peer, with users and data of the benchmark."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench.load import dataset
from bench.load.client import Connection, Refused
from deploy.local.postgres import binaries

PASSWORD = "correct horse battery staple"  # noqa: S105 - of users that exist for one benchmark only
SECONDS = 60.0  # seconds until written data is readable
Job = Callable[[Connection], Awaitable[Any]]


class Person(msgspec.Struct, frozen=True):
    """A signed-in user."""

    id: str
    email: str
    authorization: str


# The stand-ins for Stripe and for a mail server belong to no system; a peer's run outside of it.
STAND_INS = ("stripe-sandbox", "mail-sandbox")


class Target:
    """One running system. `seed` is the psql script that loads the dataset's two files."""

    def __init__(self, label: str, stack: dict[str, Any], seed: Path) -> None:
        self.label, self.base = label, str(stack["gateway"])
        self.pids: dict[str, int] = {
            name: pid for name, pid in stack["processes"].items() if name not in STAND_INS
        }
        self.database = str(stack["database"])
        self._stripe: str | None = stack.get("stripe_sandbox")
        self._stripe_key = str(stack.get("stripe_secret_key"))
        self._seed = seed
        self.consultants: list[str] = []

    @contextmanager
    def suspended(self, processes: Collection[str]) -> Iterator[None]:
        """Stops these processes within the block; messages for them wait in the broker."""
        pids = [self.pids[name] for name in processes]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    async def each(self, jobs: Sequence[Job], at_once: int = 4) -> list[Any]:
        """Runs all jobs over a few connections and returns their results in order."""
        results: list[Any] = [None] * len(jobs)
        waiting = iter(enumerate(jobs))

        async def worker() -> None:
            connection = Connection(self.base)
            for number, job in waiting:
                results[number] = await job(connection)
            connection.close()

        await asyncio.gather(*(worker() for _ in range(min(at_once, len(jobs)))))
        return results

    async def register(self, connection: Connection, role: str) -> Person:
        """A new user with that role."""
        email = f"{secrets.token_hex(8)}@load.example.org"
        session = await connection.call(
            "POST",
            "/users/register",
            {
                "email": email,
                "password": PASSWORD,
                "first_name": "Load",
                "last_name": "Driver",
                "role": role,
            },
        )
        return Person(session["user"]["id"], email, f"Bearer {session['access_token']}")

    async def sign_in_again(self, people: Sequence[Person]) -> list[Person]:
        """The same users with new access tokens, which expire after a quarter of an hour."""

        def login(person: Person) -> Job:
            async def one(connection: Connection) -> Person:
                body = {"email": person.email, "password": PASSWORD}
                session = await connection.call("POST", "/users/login", body)
                return msgspec.structs.replace(
                    person, authorization=f"Bearer {session['access_token']}"
                )

            return one

        return await self.each([login(person) for person in people])

    async def people(self, role: str, count: int) -> list[Person]:
        """`count` new users."""
        return await self.each([lambda c: self.register(c, role)] * count)

    async def seeker(self, connection: Connection) -> Person:
        """A new seeker, with a card if the system stores cards."""
        person = await self.register(connection, "seeker")
        if self._stripe is None:
            return person
        intent = await connection.call(
            "POST", "/payments/setup-intent", authorization=person.authorization
        )
        key = base64.b64encode(f"{self._stripe_key}:".encode()).decode()
        stripe = Connection(self._stripe)
        path = f"/v1/setup_intents/{intent['setup_intent_id']}/confirm"
        form = b"payment_method=pm_card_visa"
        await stripe.call("POST", path, form=form, authorization=f"Basic {key}")
        stripe.close()
        await self._until(connection, "/payments/payment-method", person.authorization)
        return person

    async def _until(
        self, connection: Connection, path: str, authorization: str | None = None
    ) -> None:
        end = time.monotonic() + SECONDS
        while (await connection.request("GET", path, authorization=authorization))[0] != 200:
            if time.monotonic() > end:
                raise Refused(f"GET {path}: nothing within {SECONDS:.0f} s")
            await asyncio.sleep(0.05)

    async def bookable(
        self, count: int, times: Sequence[tuple[str, str]]
    ) -> list[tuple[Person, list[str]]]:
        """Creates `count` consultants with a price and slots at these times; returns the ids of the
        slots.
        """

        async def one(connection: Connection) -> tuple[Person, list[str]]:
            person = await self.register(connection, "consultant")
            profile = dataset.consultant(random.randrange(10**6))
            names = ("headline", "bio", "expertise_tags", "languages", "hourly_rate", "currency")
            await connection.call(
                "PUT",
                "/consultants/me/profile",
                {name: profile[name] for name in names},
                authorization=person.authorization,
            )
            slots: list[str] = []
            for first in range(0, len(times), 50):
                some = [{"start_time": a, "end_time": b} for a, b in times[first : first + 50]]
                answer = await connection.call(
                    "POST",
                    "/consultants/me/availability",
                    {"slots": some},
                    authorization=person.authorization,
                )
                slots += [slot["id"] for slot in answer["items"]]
            return person, slots

        return await self.each([one] * count)

    async def seed(self, count: int) -> None:
        """Fills the directory up to `count` consultants of the dataset; existing ones stay."""
        have = len(self.consultants)
        if have < count:
            await asyncio.to_thread(self._copy, have, count)
            self.consultants += [dataset.consultant(n)["id"] for n in range(have, count)]
            connection = Connection(self.base)
            await self._until(connection, f"/consultants/{self.consultants[-1]}/profile")
            connection.close()

    def _copy(self, first: int, end: int) -> None:
        with tempfile.TemporaryDirectory() as folder:
            dataset.write_tables(Path(folder), first, end)
            subprocess.run(
                [str(binaries() / "psql"), "-Xq", "-d", self.database, "-f", str(self._seed)],
                cwd=folder,
                env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"},
                stdout=subprocess.DEVNULL,
                check=True,
                timeout=1800,
            )
