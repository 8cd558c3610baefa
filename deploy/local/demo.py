"""Demo data, loaded once through the HTTP API of the running stack, as real users would.

    python -m deploy.local.demo        (for the stack of DATA_DIR)

Existing data is left unchanged, so an interrupted load can simply be repeated.
"""

import asyncio
import os
import pathlib
import sys

import httpx

from deploy.local import files, secrets, stack, steps
from deploy.local.demo_calls import Mailbox, Person, Refused, Sandbox
from deploy.local.demo_people import CONSULTANTS, REVIEWS, SEEKERS, Consultant, Review, Seeker
from deploy.local.demo_slots import session_slot, upcoming_slots

MARKER = "demo.json"
# accounts created concurrently: hashing each password costs a third of a second of one core
AT_ONCE = 4


class Demo:
    """One load, with its signed-in users."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        password: str,
        sandbox: Sandbox | None,
        mailbox: Mailbox | None,
    ) -> None:
        self.client, self.password = client, password
        self.sandbox, self.mailbox = sandbox, mailbox
        self.people: dict[str, Person] = {}
        self.today: dict[str, str] = {}  # consultant's address -> today's slot
        self.gate = asyncio.Semaphore(AT_ONCE)

    async def everybody(self) -> None:
        """Creates accounts, profiles, payout accounts, cards and free slots."""
        await _all(*map(self.consultant, CONSULTANTS), *map(self.seeker, SEEKERS))

    async def consultant(self, who: Consultant) -> None:
        """Creates one consultant's account, profile, payout account and free slots."""
        person = await self._account(who, "consultant")
        profile = {
            "headline": who.headline,
            "bio": who.bio,
            "expertise_tags": who.tags,
            "languages": who.languages,
            "hourly_rate": who.rate,
            "currency": who.currency,
        }
        await person.put("/consultants/me/profile", profile)
        if self.sandbox:
            account = await person.post("/payments/connect-account")
            await self.sandbox.onboard(account["account_id"])
            slot = await person.offer([session_slot()])
            self.today[who.address] = slot[0]["id"] if slot else ""
        await person.offer(upcoming_slots(who))

    async def seeker(self, who: Seeker) -> None:
        """Creates one seeker's account and card."""
        person = await self._account(who, "seeker")
        if self.sandbox and not await person.has_card():
            intent = await person.post("/payments/setup-intent")
            await self.sandbox.save_card(intent["setup_intent_id"])
            await person.until(person.has_card, "the card is on file")

    async def _account(self, who: Consultant | Seeker, role: str) -> Person:
        async with self.gate:
            person = await Person.sign_up(self.client, who, role, self.password)
        self.people[who.address] = person
        await person.call("PATCH", "/users/me", {"time_zone": who.time_zone})
        if self.mailbox and not person.email_verified:
            await self.mailbox.verify(person)
        return person

    async def sessions(self) -> None:
        """Holds and rates sessions; seekers in parallel, the sessions of one seeker one after the
        other.
        """
        await _all(*(self._sessions_of(seeker.address) for seeker in SEEKERS))

    async def _sessions_of(self, address: str) -> None:
        for review in REVIEWS:
            if review.seeker == address and self.today.get(review.consultant):
                await self._session(review)

    async def _session(self, review: Review) -> None:
        """Ends within the free period, so that nothing is charged."""
        seeker, consultant = self.people[review.seeker], self.people[review.consultant]
        booking = await seeker.book(consultant, self.today[review.consultant], review.message)
        await consultant.accept(booking)
        await seeker.post(f"/bookings/{booking}/start")
        await seeker.post(f"/bookings/{booking}/end")
        comment = {"comment": review.comment} if review.comment else {}
        await seeker.post(f"/bookings/{booking}/rating", {"score": review.score, **comment})

    async def appointments(self) -> None:
        """Creates what the two demo accounts see when they sign in: a confirmed session and an
        unanswered request.
        """
        seeker, consultant = self.people[SEEKERS[0].address], self.people[CONSULTANTS[0].address]
        slots = await consultant.free_slots()
        agreed = await seeker.book(
            consultant, slots[1]["id"], "Our reporting tables have grown too large."
        )
        await consultant.accept(agreed)
        await seeker.book(consultant, slots[4]["id"], "A second look, a few days later?")


async def _all(*works: object) -> None:
    """Runs all concurrently; the first failure cancels the others."""
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work)  # type: ignore[arg-type]


async def _load(data: pathlib.Path) -> None:
    published = stack.published(data)
    if published is None:
        raise LookupError(f"no stack runs with DATA_DIR={data}: make up")
    async with httpx.AsyncClient(base_url=published["gateway"], timeout=30) as client:
        address, mail = published["stripe_sandbox"], published["mail"]
        sandbox = Sandbox(client, address, published["stripe_secret_key"]) if address else None
        mailbox = Mailbox(client, mail) if mail else None
        demo = Demo(client, secrets.of(data)["demo_password"], sandbox, mailbox)
        with steps.step(f"Demo: {len(CONSULTANTS)} consultants and {len(SEEKERS)} seekers"):
            await demo.everybody()
        if sandbox:
            with steps.step(f"Demo: {len(REVIEWS)} sessions with their ratings"):
                await demo.sessions()
            with steps.step("Demo: an appointment and a request"):
                await demo.appointments()


def load_once(data: pathlib.Path) -> None:
    """Loads the demo data at the first start. The marketplace works without it, so a failure is
    reported and not raised.
    """
    if (data / MARKER).exists():
        return
    try:
        asyncio.run(_load(data))
        files.write(data / MARKER, {"accounts": [SEEKERS[0].address, CONSULTANTS[0].address]})
    except* (Refused, httpx.HTTPError, LookupError) as failed:
        steps.note(f"The demo data is incomplete: {_first(failed)}")
        steps.note("The marketplace is running without it; the next make up tries again.")


def _first(group: BaseException) -> BaseException:
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group


def accounts(data: pathlib.Path) -> list[str]:
    """Lines that explain how to sign in; none without demo data."""
    if not (data / MARKER).exists():
        return []
    password = secrets.of(data)["demo_password"]
    return [
        f"Sign in as a seeker:      {SEEKERS[0].address:<25} {password}",
        f"Sign in as a consultant:  {CONSULTANTS[0].address:<25} {password}",
    ]


if __name__ == "__main__":
    load_once(pathlib.Path(os.path.expanduser(os.environ.get("DATA_DIR") or ".local")).absolute())
    sys.exit(0)
