"""Composition root of directory: the only file that knows every other."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from litestar import Litestar
from obstore.store import LocalStore, ObjectStore, from_url

from services.directory.jobs import jobs_of
from services.directory.reactions import REACTIONS
from services.directory.routes import ROUTES
from services.directory.settings import DirectorySettings
from shared.auth import Verifier
from shared.db import Database
from shared.service import build_service
from shared.settings import load_or_exit

SETTINGS = DirectorySettings


def photo_store(settings: DirectorySettings) -> ObjectStore:
    """Where photos are kept; a folder is made if it is missing."""
    if settings.photo_store.startswith("file://"):
        folder = Path(unquote(urlsplit(settings.photo_store).path))
        return LocalStore(folder, mkdir=True)
    return from_url(settings.photo_store)


def build(settings: DirectorySettings, *, verifier: Verifier | None = None) -> Litestar:
    """The service with these settings."""

    def database() -> Database:
        found: Database = application.state.service.database
        return found

    photos = photo_store(settings)
    application = build_service(
        "directory",
        settings,
        ROUTES,
        REACTIONS,
        jobs_of(settings, database, photos),
        state={"photos": photos},
        verifier=verifier,
    )
    # A search is planned in 0.4 ms and run in 0.2, and the plan never depends on what was typed:
    # plan it once per connection.
    reader = application.state.service.database.reader
    reader.settings["plan_cache_mode"] = "force_generic_plan"
    # Ten times what the slowest search takes at 100,000 consultants; more would hold others up.
    reader.settings["statement_timeout"] = "10s"
    return application


def app() -> Litestar:
    """The service with the environment's settings; ends the process with one line when they are
    wrong.
    """
    return build(load_or_exit(DirectorySettings))
