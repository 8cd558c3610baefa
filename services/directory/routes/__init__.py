"""The HTTP API of directory."""

from services.directory.routes import consultants, favourites, internal, photos

ROUTES = (*consultants.HANDLERS, *favourites.HANDLERS, *photos.HANDLERS, *internal.HANDLERS)
