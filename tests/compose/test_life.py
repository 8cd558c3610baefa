"""The operators' stack in use: every container is killed, the servers are restarted, a backup is
restored.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from shared.testing import eventually
from tests.compose.work import RUNNING, loops
from tests.mailbox import Mailbox
from tests.people import World, confirmed
from tests.streams import Stream

pytestmark = pytest.mark.timeout(1800)


async def test_the_whole_loop_through_the_published_port(world: World) -> None:
    await (await loops(world, "first"))


async def test_users_are_notified_live_and_by_mail(world: World, mailbox: Mailbox) -> None:
    consultant, seeker = await world.consultant(), await world.seeker()
    async with Stream(consultant) as theirs, Stream(seeker) as mine:
        booking = await confirmed(seeker, consultant, starts_in=timedelta(days=2))
        await theirs.sees("booking.requested", "booking.confirmed")
        await mine.sees("booking.accepted", "payment.authorized", "booking.confirmed")
    for person in (consultant, seeker):
        mail = await mailbox.one(person.user["email"], "Confirmed", within=60)
        assert [one["content_type"] for one in mail["attachments"]] == ["text/calendar"]
        assert str(booking["id"]) in mail["headers"]["References"]
        links = [urlsplit(link) for link in mail["links"]]
        page = urlsplit(str(world.http.base_url))
        assert {(link.hostname, link.port) for link in links} == {("localhost", page.port)}


@pytest.mark.parametrize("victim", RUNNING)
async def test_killed_container_comes_back_and_nothing_is_lost(
    compose: Any, world: World, victim: Any
) -> None:
    underway = await loops(world, f"kill-{victim}")
    (before,) = compose.services()[victim]
    await asyncio.to_thread(compose.kill, before["Id"])

    async def back() -> Any:
        (now,) = (await asyncio.to_thread(compose.services))[victim]
        return (
            now["RestartCount"] > before["RestartCount"]
            and now["State"]["Health"]["Status"] == "healthy"
        )

    await eventually(back, within=120, every=1)
    assert before["Id"] in compose.containers(victim)  # the same one, by its restart policy
    await underway


@pytest.mark.parametrize("server", ["rabbitmq", "postgres"])
async def test_restarted_server_loses_nothing(compose: Any, world: World, server: Any) -> None:
    underway = await loops(world, f"restart-{server}")
    await asyncio.to_thread(compose, "restart", server)
    await underway


async def test_backup_is_restored(compose: Any, world: World, tmp_path: Path) -> None:
    kept = await world.consultant(hourly_rate=7_777)
    await asyncio.to_thread(compose.script, "backup", str(tmp_path / "backup"))
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    lost = await world.consultant(hourly_rate=8_888)
    await asyncio.to_thread(compose.script, "restore", str(tmp_path / "backup"))
    await eventually(world.is_ready, within=180, every=0.5)
    assert (await kept.get(f"/consultants/{kept.id}/profile"))["hourly_rate"] == 7_777
    assert (await kept.call("GET", f"/consultants/{lost.id}/profile")).status_code == 404
    await (await loops(world, "restored", count=1))
