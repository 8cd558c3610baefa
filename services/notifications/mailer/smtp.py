"""The connection to the SMTP server, and the meaning of its responses."""

from __future__ import annotations

import contextlib
from email.message import EmailMessage
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import aiosmtplib

TIMEOUT_SECONDS = 20.0
_PORTS = {"smtp": 25, "smtps": 465}


class Refused(Exception):
    """The server refused the mail. `for_good` if permanently (5xx)."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        self.reason = reason
        self.for_good = for_good
        super().__init__(reason)


class Server(NamedTuple):
    """The server's address; STARTTLS is used if offered."""

    host: str
    port: int
    use_tls: bool
    username: str | None
    password: str | None


def server_of(url: str) -> Server:
    """`smtp[s]://user:password@host:port`."""
    parts = urlsplit(url)
    return Server(
        parts.hostname or "localhost",
        parts.port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


class Connection:
    """One connection, opened on demand and reopened when lost."""

    def __init__(self, server: Server) -> None:
        self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.use_tls,
            username=server.username,
            password=server.password,
            timeout=TIMEOUT_SECONDS,
        )

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Sends one mail. Raises Refused; if no response was received, the server may have accepted
        it.
        """
        try:
            if not self._client.is_connected:
                await self._client.connect()
            await self._client.send_message(message, sender=sender, recipients=[recipient])
        except aiosmtplib.SMTPRecipientsRefused as error:
            self._refuse(error.recipients[0].code, "recipient")
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPHeloError) as error:
            # The server rejected us (login or sender): a configuration error, not the mail's fault.
            self._client.close()
            raise Refused(f"{type(error).__name__} {error.code}", for_good=False) from None
        except aiosmtplib.SMTPNotSupported:
            reason = "the mail server does not take addresses outside ASCII (SMTPUTF8)"
            raise Refused(reason, for_good=True) from None
        except aiosmtplib.SMTPConnectResponseError as error:
            self._client.close()
            raise Refused(f"connect {error.code}", for_good=False) from None
        except aiosmtplib.SMTPResponseException as error:
            self._refuse(error.code, type(error).__name__)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            self._client.close()
            raise Refused(type(error).__name__, for_good=False) from None

    def _refuse(self, code: int, what: str) -> None:
        if code == 421:
            self._client.close()
        raise Refused(f"{what} {code}", for_good=500 <= code < 600) from None

    async def close(self) -> None:
        """Closes the connection."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            if self._client.is_connected:
                await self._client.quit()
        self._client.close()
