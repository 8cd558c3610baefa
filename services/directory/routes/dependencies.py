"""Dependencies that handlers declare as parameters, in addition to those of shared.dependencies."""

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from obstore.store import ObjectStore

from services.directory.search.limiter import SearchLimiter
from services.directory.settings import DirectorySettings

Settings = NamedDependency[DirectorySettings]
# Limits elaborate searches.
Limiter = NamedDependency[SearchLimiter]
# Where photos are kept. Not validated: its class depends on a setting.
Photos = SkipValidation[ObjectStore]
