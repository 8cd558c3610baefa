"""What handlers declare as parameters, beside `db` and `reader`."""

from __future__ import annotations

from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.params import SkipValidation
from obstore.store import ObjectStore

from services.directory.settings import DirectorySettings

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


DEPENDENCIES = {
    "photos": Provide(provide_photos, sync_to_thread=False),
    "settings": Provide(provide_settings, sync_to_thread=False),
}
