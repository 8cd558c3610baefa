"""Checks that a request has the kind of body that its operation accepts."""

from __future__ import annotations

from gateway.request import Request
from gateway.request_body import too_large
from gateway.routes import FORMS, IMAGES, Route
from shared.problems import UnsupportedMediaType

_KINDS = {
    "image": (IMAGES, "image/jpeg, image/png or image/webp"),
    "form": (FORMS, "application/x-www-form-urlencoded or multipart/form-data"),
}


def check_body(request: Request, route: Route) -> None:
    """Raises TooLarge or UnsupportedMediaType for a body that the operation does not accept."""
    if request.content_length > route.max_body_size:
        raise too_large(route.max_body_size)
    if (request.content_encoding or b"identity").strip().lower() != b"identity":
        raise UnsupportedMediaType("The body must not be compressed.")
    kind, _, parameters = (request.content_type or b"").lower().partition(b";")
    if route.body == "raw":
        return
    if route.body in _KINDS:
        kinds, words = _KINDS[route.body]
        if kind.strip() not in kinds:
            raise UnsupportedMediaType(f"The body must be {words}.")
        return
    charset = parameters.partition(b"charset=")[2].partition(b";")[0].strip(b' "')
    if kind.strip() != b"application/json" or charset not in (b"", b"utf-8", b"utf8"):
        raise UnsupportedMediaType
