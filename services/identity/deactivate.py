"""`python -m services.identity.deactivate EMAIL`: deactivates an account: nobody can log in to it,
its sessions are revoked, and the other services are notified.
"""

import asyncio

import typer

from services.identity.commands.accounts import deactivate_user
from services.identity.settings import IdentitySettings
from shared.operators import operator_database
from shared.settings import load_or_exit


async def deactivate(settings: IdentitySettings, email: str) -> bool:
    """Deactivates the account; False if there is no open account with that address."""
    async with (
        operator_database(settings.database_url, "identity") as database,
        database.transaction() as db,
    ):
        return await deactivate_user(db, email) is not None


def main(email: str) -> None:
    """Deactivates the account with this address, for ever. Exit status 1 when there is no open
    account with that address.
    """
    if not asyncio.run(deactivate(load_or_exit(IdentitySettings), email)):
        raise SystemExit(f"There is no open account with the address {email}.")
    print(f"The account {email} is closed and its sessions are revoked.")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
