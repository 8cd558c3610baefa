"""`python -m services.identity.deactivate EMAIL`: deactivates an account: nobody can log in to it,
its sessions are revoked, and the other services are notified; again, if it is closed already.
"""

import asyncio
import sys

from services.identity.commands.accounts import deactivate_user
from services.identity.settings import IdentitySettings
from shared.operators import operator_database
from shared.settings import load_or_exit


async def deactivate(settings: IdentitySettings, email: str) -> bool | None:
    """Deactivates the account. False if it is closed already, which is published again; None if
    there is no account with that address.
    """
    async with (
        operator_database(settings.database_url, "identity") as database,
        database.transaction() as db,
    ):
        return await deactivate_user(db, email)


def main() -> None:
    """The command. Exit status 1 when there is no account with that address."""
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python -m services.identity.deactivate EMAIL")
    is_closed_now = asyncio.run(deactivate(load_or_exit(IdentitySettings), sys.argv[1]))
    if is_closed_now is None:
        raise SystemExit(f"There is no account with the address {sys.argv[1]}.")
    if is_closed_now:
        print(f"The account {sys.argv[1]} is closed and its sessions are revoked.")  # noqa: T201
    else:
        print(f"The account {sys.argv[1]} was closed before: published again.")  # noqa: T201


if __name__ == "__main__":
    main()
