"""The addresses of the web app's pages, as in its router (a test compares them)."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from gateway.routes import ROUTES

Kind = Literal["home", "find", "expert", "legal", "public", "private"]


class PageAddress(msgspec.Struct, frozen=True):
    """One page. `{id}` etc. match one segment. A `private` page requires signing in and is not
    indexed; a `legal` page is not a screen of the app but a document of its own.
    """

    path: str
    kind: Kind = "private"


PAGES: tuple[PageAddress, ...] = (
    PageAddress("/", "home"),
    PageAddress("/find", "find"),
    PageAddress("/experts/{id}", "expert"),
    PageAddress("/terms", "legal"),
    PageAddress("/privacy", "legal"),
    PageAddress("/imprint", "legal"),
    PageAddress("/contact", "legal"),
    PageAddress("/login", "public"),
    PageAddress("/register", "public"),
    PageAddress("/forgot-password", "public"),
    PageAddress("/reset-password", "public"),
    PageAddress("/verify-email", "public"),
    PageAddress("/dashboard"),
    PageAddress("/booking/{id}"),
    PageAddress("/session/{id}"),
    PageAddress("/account"),
    PageAddress("/settings/payment"),
    PageAddress("/settings/notifications"),
    PageAddress("/favourites"),
    PageAddress("/history"),
    PageAddress("/receipts/{id}"),
    PageAddress("/statements/{year}"),
    PageAddress("/profile"),
    PageAddress("/availability"),
    PageAddress("/availability/hours"),
    PageAddress("/availability/calendars"),
    PageAddress("/payouts"),
)
# Pages for addresses of the API, and for former addresses.
REDIRECTS = {"/consultants": "/find", "/index.html": "/"}
# Addresses of the API that are, or redirect to, a page too: the request decides which is served.
SHARED_WITH_PAGES = frozenset(
    {*REDIRECTS, *(page.path for page in PAGES)} & {route.path for route in ROUTES}
)

_PREFIXES_OF_DIRECTORY = ("/experts/", "/sitemap")

_SEGMENT = re.compile(r"\{\w+\}")
_PATTERNS = tuple((re.compile(_SEGMENT.sub("[^/]+", page.path)), page) for page in PAGES)


def page_at(path: str) -> PageAddress | None:
    """The page at a path, ignoring a trailing slash."""
    if len(path) > 1:
        path = path.rstrip("/") or "/"
    return next((page for pattern, page in _PATTERNS if pattern.fullmatch(path)), None)


def asks_directory(path: str) -> bool:
    """Whether serving the path costs the directory a request: the page is seldom cached."""
    return path.startswith(_PREFIXES_OF_DIRECTORY)
