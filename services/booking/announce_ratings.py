"""`python -m services.booking.announce_ratings`: publishes all ratings and replies to them again.

For the directory, when it has lost events about ratings. Nobody is notified of them again; the
command can be repeated, and interrupted at any time.
"""

import asyncio

import typer

from services.booking.commands.announcements import announce_ratings
from services.booking.settings import BookingSettings
from shared.counts import counted
from shared.republishing import publish_all
from shared.settings import load_or_exit


async def announce(settings: BookingSettings) -> int:
    """Publishes all ratings, with their replies, and returns their number."""
    return await publish_all(settings.database_url, "booking", announce_ratings)


def main() -> None:
    """Publishes all ratings and replies again. It can be repeated, and interrupted at any time."""
    count = asyncio.run(announce(load_or_exit(BookingSettings)))
    print(f"Published {counted(count, 'rating')}.")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
