"""The composition root of directory: the only module that imports all others."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from litestar import Litestar
from obstore.store import LocalStore, ObjectStore, from_url

from services.directory.jobs import scheduled_jobs
from services.directory.reactions import REACTIONS
from services.directory.routes import ROUTES
from services.directory.search.limiter import SearchLimiter, max_running
from services.directory.settings import DirectorySettings
from shared.auth import Verifier
from shared.service import Service, build_application
from shared.settings import load_or_exit

SETTINGS = DirectorySettings


def photo_store(settings: DirectorySettings) -> ObjectStore:
    """The object store for photos; a local directory is created if missing. An empty AWS_ variable
    counts as absent, like any other setting, and is removed: the library would take it as given.
    """
    if settings.photo_store.startswith("file://"):
        folder = Path(unquote(urlsplit(settings.photo_store).path))
        return LocalStore(folder, mkdir=True)
    for variable, value in tuple(os.environ.items()):
        if variable.startswith("AWS_") and not value:
            del os.environ[variable]
    return from_url(settings.photo_store)


def build(settings: DirectorySettings, *, verifier: Verifier | None = None) -> Litestar:
    """The service with these settings."""
    service = Service("directory", settings, REACTIONS)
    photos = photo_store(settings)
    service.schedule(*scheduled_jobs(settings, service.database, photos))
    # A search is planned in 0.4 ms and executed in 0.2, and the plan never depends on the input:
    # plan once per connection.
    service.database.plan_once()
    # Ten times the slowest search at 100,000 consultants; a longer one would block others.
    service.database.reader.settings["statement_timeout"] = "10s"
    return build_application(
        service,
        ROUTES,
        provide={
            "photos": photos,
            "limiter": SearchLimiter(max_running(settings.database_pool_size)),
        },
        verifier=verifier,
    )


def app() -> Litestar:
    """The service configured from the environment; exits with one line if the settings are
    invalid.
    """
    return build(load_or_exit(SETTINGS))
