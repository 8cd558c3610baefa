"""A gateway that is told to leave answers on, ends its connections, says that it is leaving, and
goes.
"""

import asyncio
import os
import signal
import sys

import httpx

from shared.testing import eventually
from shared.testing.ports import free_port


async def test_sigterm_lets_callers_leave_first() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "LISTEN": f"127.0.0.1:{port}",
        "DRAIN_SECONDS": "5",
        "LOG_LEVEL": "error",
    }
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.serve", "gateway", env=environment
    )
    try:
        async with httpx.AsyncClient(base_url=url, timeout=10) as http:

            async def answers() -> bool:
                try:
                    return (await http.get("/health/live")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(answers, within=60)
            kept = await http.get("/health/live")
            assert "connection" not in kept.headers
            program.send_signal(signal.SIGTERM)

            async def drains() -> bool:
                answer = await http.get("/health/live")
                return bool(answer.headers.get("connection") == "close")

            await eventually(drains)
            ready = await http.get("/health/ready")
            assert (ready.status_code, ready.json()["status"]) == (503, "draining")
        assert await asyncio.wait_for(program.wait(), 20) == 0
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
