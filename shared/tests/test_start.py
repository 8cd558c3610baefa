"""A program that cannot start prints one line with the cause, exits with a status other than 0, and
never listens.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shared.testing import Infrastructure, eventually
from shared.testing.ports import free_port

ROOT = Path(__file__).parents[2]
NOBODY = "amqp://nobody:nothing@127.0.0.1:1/"


@contextlib.asynccontextmanager
async def started(module: Any, *arguments: Any, **environment: Any) -> AsyncIterator[Any]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith(("_URL", "_KEY", "_SECRET"))
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=ROOT,
        env={**kept, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def refusal(module: Any, *arguments: Any, **environment: Any) -> Any:
    """Exit status and standard error."""
    async with started(module, *arguments, **environment) as process:
        _, error = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, error.decode()


@pytest.mark.parametrize(
    ("service", "environment", "words"),
    [
        ("booking", {"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ("identity", {}, "SIGNING_KEY_SECRET is missing"),
        ("identity", {"SIGNING_KEY_SECRET": "hunter2"}, "SIGNING_KEY_SECRET is malformed"),
        ("payments", {}, "STRIPE_SECRET_KEY is missing; STRIPE_PUBLISHABLE_KEY is missing"),
        (
            "payments",
            {
                "STRIPE_SECRET_KEY": "hunter2",
                "STRIPE_PUBLISHABLE_KEY": "pk_test_1",
                "STRIPE_WEBHOOK_SECRET": "whsec_12345678",
            },
            "STRIPE_SECRET_KEY is malformed",
        ),
        ("gateway", {"BOOKING_URL": "booking:80"}, "BOOKING_URL is malformed"),
    ],
)
async def test_missing_or_malformed_setting_is_named_in_one_line(
    service: Any, environment: Any, words: Any
) -> None:
    environment = {
        "DATABASE_URL": "postgresql://a:hunter2@127.0.0.1:1/x",
        "AMQP_URL": NOBODY,
        **environment,
    }
    status, said = await refusal(
        "shared.serve", service, LISTEN=f"127.0.0.1:{free_port()}", **environment
    )
    assert (status, said.count("\n")) == (78, 1), said
    assert said.startswith("Cannot start: ")
    assert words in said
    assert "hunter2" not in said


async def test_wrong_database_password_ends_the_service_in_one_line(
    infrastructure: Infrastructure,
) -> None:
    url = infrastructure.service_urls["booking"]
    wrong = url.replace(url.partition("booking:")[2].partition("@")[0], "guessed", 1)
    status, said = await refusal(
        "shared.serve",
        "booking",
        LISTEN=f"127.0.0.1:{free_port()}",
        DATABASE_URL=wrong,
        AMQP_URL=NOBODY,
    )
    assert status == 78
    assert (
        said == 'Cannot start: DATABASE_URL: password authentication failed for user "booking".\n'
    )


async def test_wrong_administrator_ends_the_migrations_in_one_line(
    infrastructure: Infrastructure,
) -> None:
    place = infrastructure.admin_url.rpartition("@")[2]
    urls = {
        f"{name.upper()}_DATABASE_URL": url for name, url in infrastructure.service_urls.items()
    }
    wrong = f"postgresql://postgres:guessed@{place}"
    status, said = await refusal("shared.migrate", ADMIN_DATABASE_URL=wrong, **urls)
    assert (status, said.count("\n")) == (1, 1), said
    assert "Cannot migrate" in said
    assert "password authentication failed" in said
    assert "guessed" not in said


@pytest.mark.parametrize("setting", ["LISTEN", "METRICS_LISTEN"])
async def test_port_that_is_taken_is_named(setting: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        environment = {"LISTEN": f"127.0.0.1:{free_port()}", setting: taken}
        async with started("shared.serve", "gateway", **environment) as process:
            out, error = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode not in (0, None)
    assert setting in (out + error).decode()
    assert "in use" in (out + error).decode()


async def test_service_with_an_older_schema_answers_nothing_until_it_was_migrated(
    infrastructure: Infrastructure,
) -> None:
    admin = await asyncpg.connect(infrastructure.admin_url)
    newest = await admin.fetchval("select version_num from directory.alembic_version")
    port = free_port()

    async def answers() -> Any:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.write(b"GET /health/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        answer = await reader.read()
        writer.close()
        return answer.startswith(b"HTTP/1.1 200")

    environment = {
        "LISTEN": f"127.0.0.1:{port}",
        "DATABASE_URL": infrastructure.service_urls["directory"],
    }
    try:
        await admin.execute("update directory.alembic_version set version_num = 'directory_0000'")
        async with started("shared.serve", "directory", **environment, AMQP_URL=NOBODY) as process:
            line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
            assert "directory_0000" in line
            assert "run the migrations" in line
            assert not await answers()
            await admin.execute("update directory.alembic_version set version_num = $1", newest)
            await eventually(answers, within=60)
    finally:
        await admin.execute("update directory.alembic_version set version_num = $1", newest)
        await admin.close()


async def test_service_that_waits_for_its_database_can_be_stopped() -> None:
    environment = {
        "LISTEN": f"127.0.0.1:{free_port()}",
        "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x",
        "AMQP_URL": NOBODY,
    }
    async with started("shared.serve", "booking", **environment) as process:
        assert b"the database is unavailable" in await asyncio.wait_for(
            process.stdout.readline(), 60
        )
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0
