"""The SMTP side: aiosmtpd's server, and simulated failures."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from aiosmtpd.smtp import SMTP
from aiosmtpd.smtp import Envelope as SmtpEnvelope
from aiosmtpd.smtp import Session as SmtpSession

from sandbox.mail.settings import Address
from sandbox.mail.store import Store

Mode = Literal["421", "550", "timeout", "drop_after_data"]
# How long a mail is held without a response: longer than any client waits.
HOLD_SECONDS = 600.0
MAX_MAIL_SIZE = 32 << 20


class Faults:
    """The failures to simulate for the next mails, in order."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Mode, int]] = []

    def add(self, mode: Mode, times: int) -> None:
        """Makes `times` mails fail, after those for which a failure is already queued."""
        self._waiting.append((mode, times))

    def clear(self) -> None:
        """Cancels all queued failures."""
        self._waiting.clear()

    def take(self) -> Mode | None:
        """The failure for this mail, or None."""
        if not self._waiting:
            return None
        mode, times = self._waiting.pop(0)
        if times > 1:
            self._waiting.insert(0, (mode, times - 1))
        return mode


class Handler:
    """aiosmtpd's hooks: every mail is stored, unless a failure is queued."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    async def handle_DATA(  # noqa: N802 - aiosmtpd finds it by this name
        self, server: SMTP, _: SmtpSession, envelope: SmtpEnvelope
    ) -> str:
        """aiosmtpd hook: a message was received."""
        mode = self._faults.take()
        if mode == "421":
            return "421 4.3.2 Service not available, try again later"
        if mode == "550":
            return "550 5.1.1 Mailbox unavailable"
        if mode == "timeout":
            await asyncio.sleep(HOLD_SECONDS)
            return "451 4.4.2 Timeout"
        content = envelope.content
        assert isinstance(content, bytes)
        id = await asyncio.to_thread(
            self._store.keep, envelope.mail_from or "", list(envelope.rcpt_tos), content
        )
        if mode == "drop_after_data":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return f"250 2.0.0 Kept as {id}"


async def listen(place: Address, store: Store, faults: Faults) -> asyncio.Server:
    """Accepts mail at that address until the server is closed."""
    handler = Handler(store, faults)
    loop = asyncio.get_running_loop()

    def connection() -> Any:
        return SMTP(
            handler,
            hostname="mail.sandbox",
            ident="Consultant Connect mail sandbox",
            data_size_limit=MAX_MAIL_SIZE,
            enable_SMTPUTF8=True,
            loop=loop,
        )

    return await loop.create_server(connection, place.host, place.port)
