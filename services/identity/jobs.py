"""Scheduled jobs: send password resets, renew keys."""

from services.identity.commands.recovery import send_resets
from services.identity.commands.signing_keys import Keyring
from services.identity.settings import IdentitySettings
from shared.db import Database
from shared.jobs import Job
from shared.signals import WakeSignal


def scheduled_jobs(
    settings: IdentitySettings, database: Database, keyring: Keyring, resets: WakeSignal[[]]
) -> list[Job]:
    """They run in every replica. `resets` is called for each reset that is requested."""
    every = settings.sweep_every_seconds
    return [
        Job("send-resets", lambda: send_resets(database), every=every, woken_by=resets),
        Job("keep-keys-fresh", keyring.keep_fresh, every=every),
    ]
