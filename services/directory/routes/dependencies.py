"""Dependencies that handlers declare as parameters, in addition to those of shared.dependencies."""

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from obstore.store import ObjectStore

from services.directory.search.limiter import SearchLimiter
from services.directory.settings import DirectorySettings
from shared.dependencies import from_state

Settings = NamedDependency[DirectorySettings]
Limiter = NamedDependency[SearchLimiter]
# Not validated: its class depends on a setting.
Photos = SkipValidation[ObjectStore]

DEPENDENCIES = {
    # where photos are kept
    "photos": from_state("photos"),
    # limits elaborate searches
    "limiter": from_state("limiter"),
}
