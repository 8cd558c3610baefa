"""`python -m services.identity.announce_users`: publishes every account again, open or
closed.

For services that have lost events about users, or have started to store an attribute which they
ignored in earlier ones, such as whether the address is verified. Accounts are not changed; the
command can be repeated, and interrupted at any time.
"""

import asyncio

import typer

from services.identity.commands.accounts import announce_users
from services.identity.settings import IdentitySettings
from shared.counts import counted
from shared.republishing import publish_all
from shared.settings import load_or_exit


async def announce(settings: IdentitySettings) -> int:
    """Publishes all accounts and returns their number."""
    return await publish_all(settings.database_url, "identity", announce_users)


def main() -> None:
    """Publishes every account again, open or closed. It can be repeated and interrupted."""
    count = asyncio.run(announce(load_or_exit(IdentitySettings)))
    print(f"Published {counted(count, 'account')}.")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
