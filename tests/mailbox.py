"""The mails of a running stack, from its mail sandbox."""

from __future__ import annotations

from typing import Any

import httpx

from shared.testing import eventually


class Mailbox:
    """The sandbox at `url`."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=30)

    async def to(self, email: str) -> list[dict[str, Any]]:
        """All mails to that address, oldest first."""
        answer = await self.http.get("/_mail/messages", params={"to": email})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    async def one(self, email: str, subject: str, within: float = 30) -> dict[str, Any]:
        """Waits for the one mail to that address whose subject begins like that."""

        async def arrived() -> list[dict[str, Any]]:
            return [mail for mail in await self.to(email) if mail["subject"].startswith(subject)]

        try:
            found: list[dict[str, Any]] = await eventually(arrived, within=within)
        except AssertionError:
            there = [mail["subject"] for mail in await self.to(email)]
            raise AssertionError(f"no mail {subject!r} to {email}, only {there}") from None
        assert len(found) == 1, [mail["subject"] for mail in found]
        return found[0]

    async def fail_next(self, mode: str, times: int = 1) -> None:
        """Makes the next mails fail."""
        body = {"mode": mode, "times": times}
        (await self.http.post("/_mail/fail_next", json=body)).raise_for_status()

    async def close(self) -> None:
        await self.http.aclose()
