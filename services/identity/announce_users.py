"""`python -m services.identity.announce_users`: publishes every open account anew.

For services that have begun to keep something of an account which earlier events have told them in
vain, such as whether its address is verified. Accounts that did not change stay as they are; it can
be repeated, and stopped at any moment.
"""

import asyncio
from uuid import UUID

from services.identity.commands.accounts import announce_users
from services.identity.settings import SETTINGS, IdentitySettings
from shared.db import Database
from shared.settings import load_or_exit


async def announce(settings: IdentitySettings) -> int:
    """The number of accounts."""
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
    print(f"{count} accounts are announced.")  # noqa: T201


if __name__ == "__main__":
    main()
