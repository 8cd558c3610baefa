"""The public pages: which data each shows, what it says of itself, and which codes it answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from gateway.config import ClientConfig
from gateway.site.addresses import expert_path, id_in
from gateway.site.build import Build
from gateway.site.catalogue import Catalogue
from gateway.site.document import Frame, Head
from gateway.site.facts import facts_of_expert, item_list, website_facts
from gateway.site.texts import Texts, texts_in
from shared.languages import DEFAULT, Language
from shared.problems import Problem

FIRST_SCREEN = "/consultants?limit=24&sort=relevance"
EXPERT_SCREEN = "src/app/routes/expert.tsx"
_LONGEST_DESCRIPTION = 200


class Rendered(msgspec.Struct, frozen=True):
    """A page, or where it is now (`location`)."""

    status: int
    body: bytes = b""
    location: str | None = None


class Site:
    """Renders the pages into the built app. If the directory cannot be reached, the app is sent
    without data and reports the error itself; an expert's page then has status 503.
    """

    def __init__(
        self, build: Build, catalogue: Catalogue, public_url: str, config: ClientConfig
    ) -> None:
        self._frame = Frame(build, config)
        self._catalogue = catalogue
        self._url = public_url.rstrip("/")
        self._brand = config.brand.name
        self._free_seconds = max(config.free_period_seconds, 0)
        # Pages that list the first experts, with the response that they were made from.
        self._lists: dict[tuple[str, Language], tuple[Any, Rendered]] = {}

    def description(self, language: Language = DEFAULT) -> str:
        """What the marketplace offers, in a sentence."""
        t = texts_in(language)
        if not self._free_seconds:
            return t("Book an hour with an expert and pay only for time that helps.")
        return t(
            "Book an hour with an expert and pay only for time that helps: "
            "sessions of up to {time} are free.",
            time=t.duration(self._free_seconds),
        )

    async def home(self, language: Language = DEFAULT) -> Rendered:
        """`/`: what this is, and the experts that the app shows first."""
        website = website_facts(self._brand, self._url)
        t = texts_in(language)
        title = t("{brand}: sessions with experts", brand=self._brand)
        return await self._list(t, title, self.description(language), f"{self._url}/", [website])

    async def find(self, language: Language = DEFAULT) -> Rendered:
        """`/find`: the directory."""
        t = texts_in(language)
        title = f"{t('Find an expert')} · {self._brand}"
        about = t("Experts of many fields with their prices, ratings and next free times.")
        return await self._list(t, title, about, f"{self._url}/find", [])

    async def _list(
        self, t: Texts, title: str, description: str, url: str, facts: list[dict[str, Any]]
    ) -> Rendered:
        answer = await self._asked(FIRST_SCREEN)
        made_from, page = self._lists.get((url, t.language), (None, None))
        if page is not None and answer is made_from:
            return page
        cards = [self._shown(card, t) for card in (answer or {}).get("items", ())]
        if cards:
            facts = [*facts, item_list(cards)]
        head = Head(
            title=title,
            description=description,
            canonical=url,
            image=f"{self._url}/share.png",
            facts=facts,
            data={FIRST_SCREEN: answer} if answer else {},
        )
        more = bool(answer and answer.get("next_cursor"))
        body = self._frame.page(
            head,
            t,
            "list.html",
            promise=self._promise(t),
            experts=cards,
            more=more,
            known=bool(answer),
        )
        page = Rendered(200, body)
        self._lists[url, t.language] = answer, page
        return page

    def _promise(self, t: Texts) -> str:
        """What the app says above the list, in the same words."""
        condition = (
            t(
                "Sessions of up to {time} are free. "
                "Your card is charged only if the session lasts longer.",
                time=t.duration(self._free_seconds),
            )
            if self._free_seconds
            else t("Your card is charged only if the session takes place.")
        )
        return f"{t('Book an hour with an expert.')} {condition}"

    async def expert(self, segment: str, query: str, language: Language = DEFAULT) -> Rendered:
        """`/experts/{slug}-{short id}`; other spellings lead there, and those who left are gone."""
        consultant_id, t = id_in(segment), texts_in(language)
        if consultant_id is None:
            return self.missing(language)
        path = f"/consultants/{consultant_id}/profile"
        try:
            profile = await self._catalogue.at(path)
            if profile is None:
                gone = await self._catalogue.is_gone(consultant_id)
                return self.missing(language, 410 if gone else 404)
        except Problem:
            # A search engine that gets 200 without a profile forgets the page.
            return Rendered(503, self.app(language))
        expert = self._shown(profile, t)
        if expert["path"] != f"/experts/{segment}":
            return Rendered(301, location=expert["path"] + (f"?{query}" if query else ""))
        ratings_path = f"/consultants/{consultant_id}/ratings?{urlencode({'limit': 10})}"
        ratings = await self._asked(ratings_path)
        data = {path: profile, **({ratings_path: ratings} if ratings else {})}
        head = Head(
            title=f"{expert['name']}: {profile['headline']} · {self._brand}",
            description=_shortened(profile["bio"] or profile["headline"]),
            canonical=expert["url"],
            kind="profile",
            image=f"{expert['url']}/share.png",
            facts=facts_of_expert(profile, expert),
            data=data,
        )
        return Rendered(
            200,
            self._frame.page(
                head,
                t,
                "expert.html",
                EXPERT_SCREEN,
                expert=expert,
                bio=profile["bio"],
                ratings=(ratings or {}).get("items", ()),
                free=t.duration(self._free_seconds) if self._free_seconds else "",
            ),
        )

    async def profile(self, segment: str) -> dict[str, Any] | None:
        """The profile at an expert's address. Raises Unavailable."""
        consultant_id = id_in(segment)
        if consultant_id is None:
            return None
        profile: dict[str, Any] | None = await self._catalogue.at(
            f"/consultants/{consultant_id}/profile"
        )
        return profile

    def missing(self, language: Language = DEFAULT, status: int = 404) -> Rendered:
        """The app, which shows that the page does not exist."""
        return Rendered(status, self.app(language, "Not found"))

    def app(self, language: Language = DEFAULT, title: str = "") -> bytes:
        """The app without data, not to be indexed."""
        t = texts_in(language)
        head = Head(
            title=f"{t(title)} · {self._brand}" if title else self._brand,
            description=t("{brand}: sessions with experts.", brand=self._brand),
            canonical=self._url,
            indexed=False,
        )
        return self._frame.page(head, t)

    async def _asked(self, path: str) -> Any | None:
        try:
            return await self._catalogue.at(path)
        except Problem:
            return None

    def _shown(self, card: dict[str, Any], t: Texts) -> dict[str, Any]:
        """What templates show of a card or profile."""
        first, last = card["first_name"], card["last_name"]
        path = expert_path(UUID(card["consultant_id"]), first, last)
        return {
            "path": path,
            "url": self._url + path,
            "name": f"{first} {last}".strip(),
            "names": (first, last),
            "photo_url": card.get("photo_url"),
            "verified": card.get("verified", False),
            "headline": card["headline"],
            "price": t.price(card["hourly_rate"], card["currency"]),
            "rating": card["average_rating"],
            "rating_count": card["rating_count"],
            "tags": card["expertise_tags"],
        }


def _shortened(text: str) -> str:
    """The beginning of `text` on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST_DESCRIPTION:
        return line
    return line[:_LONGEST_DESCRIPTION].rpartition(" ")[0] + "…"
