"""`python -m services.payments.announce_payout_accounts`: publishes every payout account again.

For services that have begun to store a property of payout accounts, such as whether they can
receive, and ignored it in earlier events. Accounts are not changed; the command can be repeated and
interrupted at any time.
"""

import asyncio

import typer

from services.payments.commands.announcements import announce_payout_accounts
from services.payments.settings import PaymentsSettings
from shared.counts import counted
from shared.republishing import publish_all
from shared.settings import load_or_exit


async def announce(settings: PaymentsSettings) -> int:
    """Publishes all payout accounts and returns their number."""
    return await publish_all(settings.database_url, "payments", announce_payout_accounts)


def main() -> None:
    """Publishes every payout account again. It can be repeated, and interrupted at any time."""
    count = asyncio.run(announce(load_or_exit(PaymentsSettings)))
    print(f"Published {counted(count, 'payout account')}.")  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
