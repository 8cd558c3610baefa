"""Scheduled jobs: delete photos that are no longer shown, and re-index profiles when the rules for
splitting words have changed since they were saved.
"""

from __future__ import annotations

from obstore.store import ObjectStore

from services.directory.commands.photos import (
    delete_photos_of_closed_accounts,
    delete_unnamed_photos,
)
from services.directory.commands.profiles import reindex_profiles
from services.directory.settings import DirectorySettings
from shared.db import Database
from shared.jobs import Job

A_DAY_SECONDS = 86_400.0
AN_HOUR_SECONDS = 3_600.0


def scheduled_jobs(
    settings: DirectorySettings, database: Database, photos: ObjectStore
) -> list[Job]:
    """They run in every replica: if two run at once, the second finds nothing to do."""
    return [
        Job(
            "delete-photos-of-closed-accounts",
            lambda: delete_photos_of_closed_accounts(database, photos),
            every=settings.sweep_every_seconds,
        ),
        Job("purge-photos", lambda: delete_unnamed_photos(database, photos), every=A_DAY_SECONDS),
        Job("reindex-profiles", lambda: reindex_profiles(database), every=AN_HOUR_SECONDS),
    ]
