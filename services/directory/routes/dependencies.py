"""What handlers declare as parameters, beside `db` and `reader`."""

from __future__ import annotations

from litestar.datastructures import State
from litestar.di import Provide
from litestar.params import SkipValidation
from obstore.store import ObjectStore

# Not validated: it is one of several classes, by setting.
Photos = SkipValidation[ObjectStore]


def provide_photos(state: State) -> ObjectStore:
    """`photos`: where photos are kept."""
    store: ObjectStore = state.photos
    return store


DEPENDENCIES = {"photos": Provide(provide_photos, sync_to_thread=False)}
