"""`/metrics` on a separate internal address, never on the public one."""

from __future__ import annotations

import asyncio
import contextlib

from shared.metrics import CONTENT_TYPE, exposition

_READ_SECONDS = 5.0


async def serve_metrics(listen: str) -> asyncio.Server:
    """Serves `GET /metrics` on `listen` (host:port) until the returned server is closed."""
    host, _, port = listen.rpartition(":")
    return await asyncio.start_server(_answer, host, int(port), limit=16 * 1024)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(_READ_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            found = head.startswith(b"GET /metrics ")
            body = exposition() if found else b""
            writer.write(
                b"HTTP/1.1 %b\r\ncontent-type: %b\r\ncontent-length: %d\r\n"
                b"connection: close\r\n\r\n%b"
                % (b"200 OK" if found else b"404 Not Found", CONTENT_TYPE.encode(), len(body), body)
            )
            await writer.drain()
    except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
