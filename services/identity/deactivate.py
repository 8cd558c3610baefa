"""`python -m services.identity.deactivate EMAIL`: deactivates an account: nobody can log in to it,
its sessions are revoked, and the other services are notified; again, if it is closed already.
"""

import asyncio

import typer

from services.identity.commands.accounts import Deactivation, deactivate_user
from services.identity.settings import IdentitySettings
from shared.operators import operator_database
from shared.settings import load_or_exit


async def deactivate(settings: IdentitySettings, email: str) -> Deactivation:
    """Deactivates the account with that address."""
    async with (
        operator_database(settings.database_url, "identity") as database,
        database.transaction() as db,
    ):
        return await deactivate_user(db, email)


def main(email: str) -> None:
    """Deactivates the account with this address, for ever; publishes it again if it is deactivated
    already. Exit status 1 when there is no account with that address.
    """
    match asyncio.run(deactivate(load_or_exit(IdentitySettings), email)):
        case Deactivation.UNKNOWN:
            raise SystemExit(f"There is no account with the address {email}.")
        case Deactivation.CLOSED:
            print(f"The account {email} is closed and its sessions are revoked.")  # noqa: T201
        case Deactivation.CLOSED_BEFORE:
            print(f"The account {email} was closed before: published again.")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
