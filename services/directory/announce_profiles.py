"""`python -m services.directory.announce_profiles`: publishes the price of every profile again.

For booking, when it has lost events about profiles. Profiles are not changed; the command can be
repeated, and interrupted at any time.
"""

import asyncio

import typer

from services.directory.commands.announcements import announce_profiles
from services.directory.settings import DirectorySettings
from shared.counts import counted
from shared.republishing import publish_all
from shared.settings import load_or_exit


async def announce(settings: DirectorySettings) -> int:
    """Publishes all profiles and returns their number."""
    return await publish_all(settings.database_url, "directory", announce_profiles)


def main() -> None:
    """Publishes every profile's price again. It can be repeated, and interrupted at any time."""
    count = asyncio.run(announce(load_or_exit(DirectorySettings)))
    print(f"Published {counted(count, 'profile')}.")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
