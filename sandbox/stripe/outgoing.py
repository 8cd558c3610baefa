"""A small HTTP/1.1 client for one address, with kept-alive connections.

The sandbox is part of the benchmark's loop and sends three webhooks for every hold: a
general-purpose client would cost more than the hold itself. This one reads only the status.
"""

import asyncio
import ssl
from urllib.parse import urlsplit

TIME_LIMIT = 10.0  # seconds for one delivery


class Unreachable(Exception):
    """No response: the connection was refused or lost, or the response was too slow."""


class Outgoing:
    """POSTs to one URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        parts = urlsplit(url)
        self.host, self.tls = parts.hostname or "", parts.scheme == "https"
        self.port = parts.port or (443 if self.tls else 80)
        self.target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.authority = parts.netloc.rpartition("@")[2]
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """Send one body, return the status. Raises Unreachable."""
        lines = [
            f"POST {self.target} HTTP/1.1",
            f"Host: {self.authority}",
            f"Content-Length: {len(body)}",
        ]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        message = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        try:
            async with asyncio.timeout(TIME_LIMIT):
                return await self._exchange(message)
        except (OSError, EOFError, ValueError, TimeoutError, asyncio.LimitOverrunError) as error:
            raise Unreachable(str(error)) from error

    async def _exchange(self, message: bytes) -> int:
        while self._idle:
            reader, writer = self._idle.pop()
            if writer.is_closing() or reader.at_eof():
                writer.close()
                continue
            try:
                return await self._talk(reader, writer, message)
            except (OSError, EOFError):
                # the other side had closed an idle connection: use the next one, or a new one
                continue
        context = ssl.create_default_context() if self.tls else None
        reader, writer = await asyncio.open_connection(self.host, self.port, ssl=context)
        return await self._talk(reader, writer, message)

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes
    ) -> int:
        keep = False
        try:
            writer.write(message)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            status = int(head[0].split(" ", 2)[1])
            fields = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head[1:])
            }
            keep = (
                await self._drain(reader, status, fields)
                and fields.get("connection", "").lower() != "close"
            )
            return status
        finally:
            if keep:
                self._idle.append((reader, writer))
            else:
                writer.close()

    async def _drain(
        self, reader: asyncio.StreamReader, status: int, fields: dict[str, str]
    ) -> bool:
        """Read and discard the response's body. False if the connection cannot be reused."""
        if status in (204, 304):
            return True
        if "content-length" in fields:
            await reader.readexactly(int(fields["content-length"]))
            return True
        if fields.get("transfer-encoding", "").lower() == "chunked":
            while size := int((await reader.readline()).split(b";")[0], 16):
                await reader.readexactly(size + 2)
            await reader.readuntil(b"\r\n")
            return True
        return False

    def close(self) -> None:
        """Close all idle connections."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()
