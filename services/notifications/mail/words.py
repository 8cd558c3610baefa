"""The text of a kind for one reader: title, paragraphs and one action, from its template. The
notification list and both forms of the mail use the same text.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from uuid import UUID

import jinja2
import msgspec

from services.notifications.domain import formats
from services.notifications.domain.kind import Channel, Kind
from services.notifications.domain.kinds import KINDS, MAILED
from services.notifications.domain.model import Facts, Person

LONGEST_TITLE = 150
LONGEST_BODY = 400
UNKNOWN_PARTY = "the other party"
TEMPLATE_FOLDER = files("services.notifications.mail").joinpath("templates")
# Plain text: the layout escapes what becomes HTML.
_PLAIN = jinja2.Environment(  # nosec B701
    loader=jinja2.FunctionLoader(lambda name: TEMPLATE_FOLDER.joinpath(name).read_text()),
    autoescape=False,  # noqa: S701
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Words(msgspec.Struct):
    """A message to one reader. `action` is the label of the link."""

    title: str
    paragraphs: list[str]
    action: str

    @property
    def body(self) -> str:
        """The text shown in the list."""
        return formats.one_line(self.paragraphs[0], LONGEST_BODY) if self.paragraphs else ""


def words(kind: Kind, facts: Facts, reader: Person, other: Person | None, brand: str) -> Words:
    """The text of `kind` for this reader."""
    zone = reader.time_zone
    event = msgspec.convert(facts.event, kind.event, strict=False) if facts.event else None
    given = {
        "event": event,
        "reader": facts.reader,
        "me": formats.one_line(reader.first_name, 80) or "there",
        "other": (other.name if other is not None else "") or UNKNOWN_PARTY,
        "when": formats.span(facts.start, facts.end, zone) if facts.start and facts.end else "",
        "messages": facts.messages,
        "brand": brand,
        "instant": functools.partial(formats.instant, zone=zone),
        "span": functools.partial(formats.span, zone=zone),
        "money": formats.money,
        "duration": formats.duration,
    }
    template = _PLAIN.get_template(f"kinds/{kind.name}.j2")
    body = _block(template, "body", given)
    paragraphs = [part.strip() for part in body.split("\n\n")]
    return Words(
        title=formats.one_line(_block(template, "title", given), LONGEST_TITLE),
        paragraphs=[part for part in paragraphs if part],
        action=formats.one_line(_block(template, "action", given)),
    )


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
