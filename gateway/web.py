"""The web app's files, from memory; every address that is none of the API's is the web app's to
show.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from pathlib import Path

import msgspec

from gateway.config import ClientConfig
from gateway.gateway_app import Answer
from gateway.headers import Fields, of_page, web_policy
from gateway.request import Request
from shared.problems import NotFound

# Built file names carry a hash of their content: they never change.
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.\w+$")
_ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))
LARGEST_KEPT = 8 << 20
# Said here, for the machine's own tables differ or lack them.
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
<p><a href="/docs">The API</a></p></main></body></html>
"""


class File(msgspec.Struct, frozen=True):
    """One file as it is sent: its plain body, its compressed ones, and the fields that describe
    it.
    """

    body: bytes
    packed: dict[bytes, bytes]
    etag: bytes
    headers: Fields


class Web:
    """The folder `root`, read once at the start: a new build is a new start."""

    def __init__(
        self,
        root: Path,
        stripe_js_url: str = "",
        config: ClientConfig | None = None,
    ) -> None:
        self._policy = web_policy(stripe_js_url)
        self._files: dict[str, File] = {}
        if root.is_dir():
            for path in sorted(root.rglob("*")):
                if (
                    path.is_file()
                    and path.suffix not in (".br", ".gz")
                    and path.stat().st_size <= LARGEST_KEPT
                ):
                    self._files["/" + path.relative_to(root).as_posix()] = _read(
                        path, path.relative_to(root).parts
                    )
        if config is not None:
            body = msgspec.json.encode(config)
            self._files["/config"] = _file(body, {}, "application/json", hashed=False)
            # the address that builds of the app before this one ask
            self._files["/config.json"] = self._files["/config"]
        self._index = self._files.get("/index.html") or _file(
            _NO_APP, {}, "text/html", hashed=False
        )

    async def __call__(self, request: Request) -> Answer:
        """The file at the path, or the app itself for whoever wants to see a page. Raises
        NotFound.
        """
        file = self._files.get(request.path)
        if file is None:
            if b"text/html" not in (request.accept or b""):
                raise NotFound
            file = self._index
        return self._answer(request, file)

    def _answer(self, request: Request, file: File) -> Answer:
        headers = [*file.headers, *of_page(self._policy, https=request.https)]
        if request.if_none_match is not None and file.etag in request.if_none_match:
            return Answer(304, headers, is_page=True)
        accepted = request.accept_encoding or b""
        for encoding, body in file.packed.items():
            if encoding in accepted:
                return Answer(200, [*headers, (b"content-encoding", encoding)], body, is_page=True)
        return Answer(200, headers, file.body, is_page=True)


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
    etag = b'"%b"' % hashlib.sha256(body).hexdigest()[:20].encode()
    headers = [
        (b"content-type", kind.encode()),
        (b"etag", etag),
        (b"cache-control", b"public, max-age=31536000, immutable" if hashed else b"no-cache"),
    ]
    if packed:
        headers.append((b"vary", b"Accept-Encoding"))
    return File(body, packed, etag, headers)
