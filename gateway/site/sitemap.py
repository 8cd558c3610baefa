"""`/robots.txt` and `/sitemap.xml`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID
from xml.sax.saxutils import escape  # nosec B406 # it only writes XML

from gateway.site.addresses import expert_path
from gateway.site.catalogue import Catalogue

# A sitemap has at most 50,000 addresses; ours leave room for the pages that are no expert's.
EXPERTS_PER_MAP = 49_000
BATCH = 5_000
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
# Private pages state themselves that they are not indexed; these paths have nothing for robots.
_DISALLOWED = ("/users/", "/bookings", "/payments/", "/consultants", "/notifications", "/events")


def robots(public_url: str) -> bytes:
    """What robots may request."""
    lines = [f"Disallow: {path}" for path in _DISALLOWED]
    site = public_url.rstrip("/")
    return "\n".join(["User-agent: *", *lines, "", f"Sitemap: {site}/sitemap.xml", ""]).encode()


class Sitemap:
    """The public pages with the time of their last change, as they are read from the directory."""

    def __init__(self, catalogue: Catalogue, public_url: str) -> None:
        self._catalogue = catalogue
        self._url = public_url.rstrip("/")

    async def root(self) -> AsyncIterator[bytes]:
        """One map where it holds all, otherwise the index of several. Raises Unavailable."""
        starts = await self._starts()
        if len(starts) <= 1:
            return self._map(0, starts)
        return _once(self._index(len(starts)))

    async def part(self, number: int) -> AsyncIterator[bytes] | None:
        """The map with that number, None when there is none. Raises Unavailable."""
        starts = await self._starts()
        return self._map(number, starts) if 0 <= number < max(len(starts), 1) else None

    async def _starts(self) -> list[UUID]:
        path = f"/internal/consultants/starts?every={EXPERTS_PER_MAP}"
        return [UUID(text) for text in await self._catalogue.at(path) or ()]

    def _index(self, count: int) -> bytes:
        maps = "".join(
            f"<sitemap><loc>{escape(self._url)}/sitemaps/{number}.xml</loc></sitemap>\n"
            for number in range(count)
        )
        return f"{_XML}<sitemapindex {_SPACE}>\n{maps}</sitemapindex>\n".encode()

    async def _map(self, number: int, starts: list[UUID]) -> AsyncIterator[bytes]:
        yield f"{_XML}<urlset {_SPACE}>\n".encode()
        if number == 0:
            for path in ("/", "/find"):
                yield f"<url><loc>{escape(self._url + path)}</loc></url>\n".encode()
        if starts:
            async for rows in self._experts(number, starts):
                yield rows
        yield b"</urlset>\n"

    async def _experts(self, number: int, starts: list[UUID]) -> AsyncIterator[bytes]:
        after = UUID(int=starts[number].int - 1)
        end = starts[number + 1] if number + 1 < len(starts) else None
        while batch := await self._catalogue.listed(after, BATCH):
            rows = [row for row in batch if end is None or UUID(row["consultant_id"]) < end]
            yield "".join(map(self._row, rows)).encode()
            after = UUID(batch[-1]["consultant_id"])
            if len(rows) < BATCH:
                return

    def _row(self, expert: dict[str, str]) -> str:
        path = expert_path(UUID(expert["consultant_id"]), expert["first_name"], expert["last_name"])
        changed = expert["updated_at"][:19] + "Z"
        return f"<url><loc>{escape(self._url + path)}</loc><lastmod>{changed}</lastmod></url>\n"


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
