"""The web app's files, served from memory, and its pages."""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

import msgspec

from gateway.config import ClientConfig, web_manifest
from gateway.entity_tags import digest_of, entity_tag, is_known
from gateway.headers import Fields, of_page, web_policy
from gateway.negotiation import (
    BROTLI,
    GZIP,
    IDENTITY,
    VARY,
    accepts_identity,
    accepts_page,
    content_coding,
    page_language,
    prefers_page,
)
from gateway.pages import REDIRECTS, page_at
from gateway.request import Request
from gateway.responses import Response
from gateway.site.brand import readable_fill
from gateway.site.build import Build
from gateway.site.catalogue import Catalogue
from gateway.site.icons import BRAND_ICON, icons
from gateway.site.legal import LegalPages
from gateway.site.picture import picture
from gateway.site.site import Rendered, Site
from gateway.site.sitemap import Sitemap, robots
from shared.problems import NotFound

# Files with a hash of their content in their name never change.
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.\w+$")
_ENCODINGS = ((BROTLI, ".br"), (GZIP, ".gz"))
MAX_KEPT_SIZE = 8 << 20
WORTH_PACKING = 1400
# When to ask again for a page whose data cannot be had now, in seconds.
PAGE_RETRY_SECONDS = b"2"
_PART = re.compile(r"/sitemaps/(\d{1,4})\.xml")
_PICTURE = re.compile(r"/experts/([^/]+)/share\.png")
# Defined here because the system's tables differ or lack some of them.
_KINDS = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".map": "application/json",
}

_NO_APP = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Consultant Connect</title></head>
<body><main><h1>Consultant Connect</h1>
<p>This is the gateway of an expert marketplace. The web app has not been built here.</p>
<p><a href="/docs">The API</a></p></main><div id="root"></div></body></html>
"""


class File(msgspec.Struct, frozen=True):
    """One file as it is sent: its body, compressed variants of it, the entity tags of all of them
    by coding, and its headers.
    """

    body: bytes
    packed: dict[bytes, bytes]
    tags: dict[bytes, bytes]
    headers: Fields


class Web:
    """The files in `root`, read once at the start: a new build requires a restart. `config` is part
    of the pages, `catalogue` has the data of the public ones, and `legal` the operator's texts.
    """

    def __init__(
        self,
        root: Path,
        config: ClientConfig,
        catalogue: Catalogue,
        public_url: str,
        legal: Path,
    ) -> None:
        self._policy = web_policy(config.stripe_js_url or "")
        self._files = _read_all(root)
        self._files["/robots.txt"] = _file(robots(public_url), {}, "text/plain", hashed=False)
        self._files["/manifest.webmanifest"] = _file(
            web_manifest(config), {}, _KINDS[".webmanifest"], hashed=False
        )
        for path, content in icons(config.brand).items():
            kind = _KINDS[".svg"] if path.endswith(".svg") else "image/png"
            self._files[path] = _file(content, {}, kind, hashed=False)
        if "/favicon.svg" in self._files:
            self._files[BRAND_ICON] = self._files["/favicon.svg"]
        index = self._files.pop("/index.html", None)
        self._brand, self._color = config.brand.name, readable_fill(config.brand.color)
        page = index.body if index is not None else _NO_APP
        build = Build(page.decode(), {path: file.body for path, file in self._files.items()})
        self._site = Site(build, catalogue, public_url, config)
        self._sitemap = Sitemap(catalogue, public_url)
        self._legal = LegalPages(legal, config.brand.name, config.brand.color)

    async def __call__(self, request: Request) -> Response:
        """The file at the path, or the page for clients that accept one. Raises NotFound."""
        file = self._files.get(request.path)
        if file is not None:
            return self._answer(request, file)
        special = await self._special(request.path)
        if special is not None:
            return special
        if not (prefers_page(request) or (accepts_page(request) and page_at(request.path))):
            raise NotFound(headers={"Vary": VARY[1].decode()})
        return self._rendered(request, await self._page(request))

    def has(self, path: str) -> bool:
        """Whether something is served at this path: a file, a page, or a generated response."""
        made = (_PART.fullmatch(path), _PICTURE.fullmatch(path))
        return path in (*self._files, "/sitemap.xml", "/share.png") or any((page_at(path), *made))

    async def _special(self, path: str) -> Response | None:
        """The response for a path that is generated per request and is not a page."""
        if path == "/sitemap.xml":
            return self._streamed(await self._sitemap.root())
        number = _PART.fullmatch(path)
        if number is not None:
            parts = await self._sitemap.part(int(number[1]))
            return self._streamed(parts) if parts is not None else None
        if path == "/share.png":
            return await self._picture(self._brand, self._site.description(), "")
        expert = _PICTURE.fullmatch(path)
        if expert is None:
            return None
        profile = await self._site.profile(expert[1])
        if profile is None:
            return None
        name = f"{profile['first_name']} {profile['last_name']}".strip()
        return await self._picture(name, profile["headline"], self._brand)

    async def _picture(self, name: str, headline: str, brand: str) -> Response:
        """The preview image of links to a page."""
        drawn = await picture(name, headline, brand, self._color)
        headers = [(b"content-type", b"image/png"), (b"cache-control", b"public, max-age=86400")]
        return Response(200, headers, drawn)

    def _streamed(self, parts: AsyncIterator[bytes]) -> Response:
        headers = [
            (b"content-type", b"application/xml; charset=utf-8"),
            (b"cache-control", b"public, max-age=3600"),
        ]
        return Response(200, headers, parts=parts)

    async def _page(self, request: Request) -> Rendered:
        moved = REDIRECTS.get(request.path)
        if moved is not None:
            return Rendered(302, location=moved)
        page, language = page_at(request.path), page_language(request)
        if page is None:
            return self._site.missing(language)
        if page.kind == "legal":
            text = self._legal.at(request.path)
            return Rendered(200, text) if text is not None else self._site.missing(language)
        if page.kind == "home":
            return await self._site.home(language)
        if page.kind == "find":
            return await self._site.find(language)
        if page.kind == "expert":
            segment = request.path.rstrip("/").rpartition("/")[2]
            return await self._site.expert(segment, request.query, language)
        return Rendered(200, self._site.app(language))

    def _rendered(self, request: Request, page: Rendered) -> Response:
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"no-cache"),
            (VARY[0], VARY[1] + b", Accept-Language, Cookie, Accept-Encoding"),
            *of_page(self._policy, https=request.https),
        ]
        if page.location is not None:
            headers.append((b"location", page.location.encode()))
        if page.status == 503:
            headers.append((b"retry-after", PAGE_RETRY_SECONDS))
        body = page.body
        worth_it = len(body) > WORTH_PACKING or (body and not accepts_identity(request))
        coding = content_coding(request, (GZIP, IDENTITY)) if worth_it else IDENTITY
        if page.status == 200:
            tag = entity_tag(digest_of(body), coding)
            headers.append((b"etag", tag))
            if is_known(request, tag):
                return Response(304, headers, is_page=True)
        if coding == GZIP:
            body = _gzipped(body)
            headers.append((b"content-encoding", GZIP))
        return Response(page.status, headers, body, is_page=True)

    def _answer(self, request: Request, file: File) -> Response:
        coding = content_coding(request, (*file.packed, IDENTITY))
        tag = file.tags[coding]
        headers = [*file.headers, (b"etag", tag), *of_page(self._policy, https=request.https)]
        if is_known(request, tag):
            return Response(304, headers, is_page=True)
        if coding == IDENTITY:
            return Response(200, headers, file.body, is_page=True)
        headers.append((b"content-encoding", coding))
        return Response(200, headers, file.packed[coding], is_page=True)


@lru_cache(64)
def _gzipped(body: bytes) -> bytes:
    """A compressed page, cached because many clients request the same one."""
    return gzip.compress(body, 6, mtime=0)


def _read_all(root: Path) -> dict[str, File]:
    found = {}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        is_packed = path.suffix in (".br", ".gz")
        if path.is_file() and not is_packed and path.stat().st_size <= MAX_KEPT_SIZE:
            relative = path.relative_to(root)
            found["/" + relative.as_posix()] = _read(path, relative.parts)
    return found


def _read(path: Path, parts: tuple[str, ...]) -> File:
    packed = {}
    for encoding, suffix in _ENCODINGS:
        sibling = path.with_name(path.name + suffix)
        if sibling.is_file():
            packed[encoding] = sibling.read_bytes()
    kind = (
        _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    )
    hashed = "assets" in parts[:-1] and _HASHED.search(path.name) is not None
    return _file(path.read_bytes(), packed, kind, hashed=hashed)


def _file(body: bytes, packed: dict[bytes, bytes], kind: str, *, hashed: bool) -> File:
    if kind.startswith("text/") or kind in ("image/svg+xml", "application/json"):
        kind += "; charset=utf-8"
    digest = digest_of(body)
    tags = {coding: entity_tag(digest, coding) for coding in (*packed, IDENTITY)}
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", b"public, max-age=31536000, immutable" if hashed else b"no-cache"),
    ]
    if packed:
        headers.append((b"vary", b"Accept-Encoding"))
    return File(body, packed, tags, headers)
