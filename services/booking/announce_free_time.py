"""`python -m services.booking.announce_free_time`: publishes all consultants' free time again.

For the directory, when it has lost events about free time. The running service publishes what this
queues, and nothing else changes; the command can be repeated, and interrupted at any time.
"""

import asyncio

import typer

from services.booking.commands.announcements import announce_free_time
from services.booking.settings import BookingSettings
from shared.counts import counted
from shared.republishing import publish_all
from shared.settings import load_or_exit


async def announce(settings: BookingSettings) -> int:
    """Queues the free time of all consultants and returns their number."""
    return await publish_all(settings.database_url, "booking", announce_free_time)


def main() -> None:
    """Publishes all consultants' free time again. It can be repeated and interrupted."""
    count = asyncio.run(announce(load_or_exit(BookingSettings)))
    print(f"The free time of {counted(count, 'consultant')} is being published.")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
