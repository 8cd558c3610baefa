"""What handlers declare as parameters, beside `db` and `reader`."""

from __future__ import annotations

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation
from obstore.store import ObjectStore

from services.directory.settings import DirectorySettings
from shared.db import Database

Pool = NamedDependency[Database]
Settings = NamedDependency[DirectorySettings]
# Not validated: it is one of several classes, by setting.
Photos = SkipValidation[ObjectStore]


def provide_photos(state: State) -> ObjectStore:
    """`photos`: where photos are kept."""
    store: ObjectStore = state.photos
    return store


def provide_settings(state: State) -> DirectorySettings:
    """`settings`: what the operator has set."""
    settings: DirectorySettings = state.settings
    return settings


def provide_pool(state: State) -> Database:
    """`pool`: for the command that opens its transactions itself."""
    database: Database = state.service.database
    return database


DEPENDENCIES = {
    "pool": Provide(provide_pool, sync_to_thread=False),
    "photos": Provide(provide_photos, sync_to_thread=False),
    "settings": Provide(provide_settings, sync_to_thread=False),
}
