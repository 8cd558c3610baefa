"""Consultants' calendars without a network: the test determines what is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.booking.busy_calendars.errors import UnreadableCalendar
from services.booking.domain.rules import Interval
from services.booking.jobs.busy_calendars import read_calendars
from services.booking.tests.conftest import Market, instant

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PATH = "/consultants/me/calendars"
ADDRESS = "https://calendar.example.com/private-8f2c/basic.ics"


class Feeds:
    """Replaces the calendar reader: returns `times`, or fails with `reason`."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.times: list[Interval] = []
        self.reason: str | None = None
        self.read_addresses: list[tuple[str, str]] = []
        self.woken = 0

    async def read(
        self, address: str, time_zone: str, since: datetime, until: datetime
    ) -> list[Interval]:
        self.read_addresses.append((address, time_zone))
        if self.reason is not None:
            raise UnreadableCalendar(self.reason)
        return [(start, end) for start, end in self.times if since < end and start < until]

    def _wake(self) -> None:
        self.woken += 1

    async def sweep(self) -> None:
        """Runs the job until nothing is due."""
        cipher = self.market.harness.app.state.cipher
        reader: Any = self
        while await read_calendars(self.market.harness.database, reader, cipher, self._wake):
            pass

    async def add(self, **body: str) -> dict[str, Any]:
        answer = await self.market.harness.post(
            PATH, user=self.market.consultant, json={"url": ADDRESS, "name": "Private", **body}
        )
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def listed(self) -> list[dict[str, Any]]:
        answer = await self.market.harness.get(PATH, user=self.market.consultant)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def busy(self, slot: dict[str, Any]) -> None:
        """From now on the calendar has an event during the slot."""
        start = instant(slot["start_time"])
        self.times = sorted([*self.times, (start + HOUR / 4, start + HOUR / 2)])
