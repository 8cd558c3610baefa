"""The HTTP API of directory."""

from litestar import Router

from services.directory.routes import consultants, favourites, internal, photos
from services.directory.routes.dependencies import DEPENDENCIES

HANDLERS = (*consultants.HANDLERS, *favourites.HANDLERS, *photos.HANDLERS, *internal.INTERNAL)
ROUTES = (Router("/", route_handlers=HANDLERS, dependencies=DEPENDENCIES),)
