"""`python -m services.identity.rotate_keys [--revoke-others]`: creates a new signing key now, ahead
of schedule.

It is published at once and signs ten minutes later (SIGNING_KEY_LEAD_SECONDS). The old key stays
published until its last token has expired, so users notice nothing. `--revoke-others` is for a
leaked key: the new key signs at once, and tokens signed by the others are rejected as soon as the
verifiers fetch the keys again (after half a minute); clients then refresh and continue.
"""

import asyncio
from typing import Annotated

import typer

from services.identity.commands.signing_keys import Keyring
from services.identity.settings import IdentitySettings
from shared.operators import operator_database
from shared.settings import load_or_exit


async def rotate(settings: IdentitySettings, *, revoke_others: bool) -> str:
    """Returns the new key's id."""
    async with operator_database(settings.database_url, "identity") as database:
        return await Keyring(settings, database).rotate(revoke_others=revoke_others)


def main(
    *,
    revoke_others: Annotated[
        bool, typer.Option("--revoke-others", help="for a leaked key: tokens of others end at once")
    ] = False,
) -> None:
    """Creates a new signing key now, ahead of schedule; users notice nothing."""
    kid = asyncio.run(rotate(load_or_exit(IdentitySettings), revoke_others=revoke_others))
    print(f"The new signing key is {kid}.")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
