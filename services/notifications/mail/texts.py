"""The text of a kind for one reader, in their language: title, paragraphs and one action, from its
template. The notification list and both forms of the mail use the same text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

import jinja2
import msgspec

from services.notifications.domain.kinds import KINDS, MAILED
from services.notifications.domain.lines import one_line
from services.notifications.domain.model import Category, Channel, Facts, Kind, Person
from services.notifications.mail.category_names import CATEGORY_NAMES
from services.notifications.mail.devices import device_name
from services.notifications.mail.formats import Formats
from shared.languages import RIGHT_TO_LEFT, Language

MAX_TITLE_LENGTH = 150
MAX_BODY_LENGTH = 400
# As the subject of a sentence, and after a preposition ("with …"), where languages decline it.
UNKNOWN_PARTY: Mapping[Language, tuple[str, str]] = {
    "en": ("the other party", "the other party"),
    "de": ("Ihr Gegenüber", "Ihrem Gegenüber"),
    "ar": ("الطرف الآخر", "الطرف الآخر"),
}
TEMPLATE_FOLDER = files("services.notifications.mail").joinpath("templates")
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
_ISOLATES = str.maketrans("", "", FIRST_STRONG_ISOLATE + POP_ISOLATE)


def _isolate(value: object) -> object:
    """Keeps a name or a time from being torn apart by the right-to-left text around it (UAX #9)."""
    return (
        f"{FIRST_STRONG_ISOLATE}{value}{POP_ISOLATE}" if value and isinstance(value, str) else value
    )


# Plain text: the layout escapes what becomes HTML.
_LEFT_TO_RIGHT = jinja2.Environment(  # nosec B701
    loader=jinja2.FunctionLoader(lambda name: TEMPLATE_FOLDER.joinpath(name).read_text()),
    autoescape=False,  # noqa: S701
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_RIGHT_TO_LEFT = _LEFT_TO_RIGHT.overlay(finalize=_isolate)


class Words(msgspec.Struct):
    """A message to one reader. `action` is the label of the link."""

    title: str
    paragraphs: list[str]
    action: str

    @property
    def body(self) -> str:
        """The text shown in the list."""
        return one_line(self.paragraphs[0], MAX_BODY_LENGTH) if self.paragraphs else ""


class Footer(msgspec.Struct, frozen=True):
    """Why the reader gets a mail, and the label of its unsubscribe link."""

    reason: str
    unsubscribe: str


def words(
    kind: Kind, facts: Facts, reader: Person, other: Person | None, brand: str, at: datetime
) -> Words:
    """The text of `kind` for this reader, who is told `at`."""
    formats = Formats(reader.language, reader.time_zone)
    event = msgspec.convert(facts.event, kind.event, strict=False) if facts.event else None
    unknown, unknown_dative = UNKNOWN_PARTY[reader.language]
    name = other.name if other is not None else ""
    given = {
        "event": event,
        "reader": facts.reader,
        "me": one_line(reader.first_name, 80),
        "my_name": reader.name,
        "other": name or unknown,
        "other_dative": name or unknown_dative,
        "when": formats.span(facts.start, facts.end) if facts.start and facts.end else "",
        "is_ahead": facts.start is not None and facts.start > at,
        "messages": facts.messages,
        "brand": brand,
        "instant": formats.instant,
        "span": formats.span,
        "money": formats.money,
        "duration": formats.duration,
        "plural": formats.plural,
        "device": device_name,
    }
    template = _template(reader.language, f"kinds/{reader.language}/{kind.name}.j2")
    body = _block(template, "body", given)
    paragraphs = [part.strip() for part in body.split("\n\n")]
    title = _block(template, "title", given).translate(_ISOLATES)
    return Words(
        title=one_line(title, MAX_TITLE_LENGTH),
        paragraphs=[part for part in paragraphs if part],
        action=one_line(_block(template, "action", given)),
    )


def footer(language: Language, brand: str, category: Category | None) -> Footer:
    """The footer of a mail of this category, or of one that is always sent."""
    template = _template(language, f"footer/{language}.j2")
    given = {"brand": brand, "category": CATEGORY_NAMES[language][category] if category else ""}
    return Footer(_block(template, "reason", given), _block(template, "unsubscribe", given))


def _template(language: Language, name: str) -> jinja2.Template:
    environment = _RIGHT_TO_LEFT if language in RIGHT_TO_LEFT else _LEFT_TO_RIGHT
    return environment.get_template(name)


def _block(template: jinja2.Template, name: str, given: Mapping[str, Any]) -> str:
    context = template.new_context(dict(given))
    return "".join(template.blocks[name](context))


def path_of(kind: Kind, facts: Facts, booking_id: UUID | None) -> str:
    """The path in the web app where the reader sees the details or takes the required action."""
    return kind.link.format(
        booking_id=booking_id,
        consultant_id=facts.event.get("consultant_id"),
        token=facts.event.get("token"),
    )


TEMPLATES = sorted({kind.name for kind in KINDS if Channel.LIST in kind.channels} | set(MAILED))
