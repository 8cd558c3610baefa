"""What handlers declare as parameters, beside those of shared.dependencies."""

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from obstore.store import ObjectStore

from services.directory.search.turns import SearchTurns
from services.directory.settings import DirectorySettings
from shared.dependencies import from_state

Settings = NamedDependency[DirectorySettings]
Turns = NamedDependency[SearchTurns]
# Not validated: its class depends on a setting.
Photos = SkipValidation[ObjectStore]

DEPENDENCIES = {
    # where photos are kept
    "photos": from_state("photos"),
    # of elaborate searches
    "turns": from_state("turns"),
}
