"""`python -m services.identity.announce_users`: publishes every open account again.

For services that have started to store an attribute which they ignored in earlier events, such as
whether the address is verified. Accounts are not changed; the command can be repeated, and
interrupted at any time.
"""

import asyncio
from uuid import UUID

from services.identity.commands.accounts import announce_users
from services.identity.settings import SETTINGS, IdentitySettings
from shared.db import Database
from shared.settings import load_or_exit


async def announce(settings: IdentitySettings) -> int:
    """Publishes all open accounts and returns their number."""
    database = Database(settings.database_url, pool_size=1, name="identity-operator")
    count, after = 0, UUID(int=0)
    try:
        while announced := await announce_users(database, after):
            count, after = count + len(announced), announced[-1]
    finally:
        await database.close()
    return count


def main() -> None:
    """The command."""
    count = asyncio.run(announce(load_or_exit(SETTINGS)))
    print(f"{count} accounts were published.")  # noqa: T201


if __name__ == "__main__":
    main()
