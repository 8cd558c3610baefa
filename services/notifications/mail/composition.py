"""Composes a mail: text and HTML from the same content, the calendar entry, and the headers for
threading and unsubscribing.
"""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from uuid import UUID

import css_inline
import jinja2
import msgspec

from services.notifications.domain.lines import one_line
from services.notifications.domain.model import Category, Facts, Kind, Person
from services.notifications.mail.headers import POLICY
from services.notifications.mail.invitations import Invitation, invitation_of
from services.notifications.mail.texts import TEMPLATE_FOLDER, UNKNOWN_PARTY, footer, path_of, words
from services.notifications.mail.unsubscribe_tokens import token_for
from shared.clock import now
from shared.icalendars import Entry, session_title
from shared.languages import RIGHT_TO_LEFT, Language

# Dark colours cannot be style attributes: that style sheet stays in the head.
_INLINER = css_inline.CSSInliner(
    keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
)


def _source(name: str) -> str:
    source = TEMPLATE_FOLDER.joinpath(name).read_text()
    # The styles are the same in every mail, so they are inlined once, in the template.
    return _INLINER.inline(source) if name.endswith(".html.j2") else source


_LOADER = jinja2.FunctionLoader(_source)
_HTML = jinja2.Environment(
    loader=_LOADER, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
)
_TEXT = jinja2.Environment(  # nosec B701 - plain text
    loader=_LOADER,
    autoescape=False,  # noqa: S701
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
)


class Branding(msgspec.Struct, frozen=True):
    """The sender: brand, its colour (`#rrggbb`), address, and the web app's URL."""

    brand: str
    mail_from: str
    public_url: str
    color: str = "#0f6b60"

    @property
    def address(self) -> str:
        """The sender's address alone."""
        return parseaddr(self.mail_from)[1]

    @property
    def domain(self) -> str:
        """The domain of the sender's address, for message ids."""
        return self.address.rpartition("@")[2] or "localhost"

    @property
    def ink(self) -> str:
        """Black or white, whichever has more contrast with the colour (WCAG's relative
        luminance).
        """
        channels = (int(self.color[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (
            one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels
        )
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


class Addressee(msgspec.Struct, frozen=True):
    """The recipient of a mail; the address is as mail servers take it."""

    user_id: UUID
    address: str
    person: Person
    unsubscribe_key: bytes


def compose_mail(
    branding: Branding,
    mail_id: UUID,
    kind: Kind,
    facts: Facts,
    to: Addressee,
    other: Person | None,
    booking_id: UUID | None,
) -> EmailMessage:
    """The complete mail."""
    said = words(kind, facts, to.person, other, branding.brand, now())
    link = branding.public_url.rstrip("/") + path_of(kind, facts, booking_id)
    message = EmailMessage(policy=POLICY)
    _address(message, branding, to)
    message["Subject"] = said.title
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{mail_id}@{branding.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if booking_id is not None:
        thread = f"<booking-{booking_id}@{branding.domain}>"
        message["In-Reply-To"] = message["References"] = thread
    unsubscribe = _unsubscribe(message, branding, kind.category, to)
    given = {
        "words": said,
        "link": link,
        "unsubscribe": unsubscribe,
        "footer": footer(to.person.language, branding.brand, kind.category),
        **_layout(branding, to.person.language),
    }
    message.set_content(_TEXT.get_template("layout.txt.j2").render(given))
    html = _HTML.get_template("layout.html.j2").render(given)
    message.add_alternative(html, subtype="html")
    # No entry for a booking that is not confirmed yet: if it is declined, the entry would remain.
    agreed = facts.event.get("status", "confirmed") == "confirmed"
    if kind.calendar is not None and agreed and facts.start and facts.end and booking_id:
        _attach(message, kind.calendar, branding, facts, to, other, booking_id)
    # Last, because EmailMessage moves earlier Content headers into the first part.
    message["Content-Language"] = to.person.language
    return message


def _layout(branding: Branding, language: Language) -> dict[str, str]:
    """The variables that the layouts need for every mail."""
    is_mirrored = language in RIGHT_TO_LEFT
    return {
        "brand": branding.brand,
        "color": branding.color,
        "ink": branding.ink,
        "language": language,
        "direction": "rtl" if is_mirrored else "ltr",
        "start": "right" if is_mirrored else "left",  # HTML's `align` has no start and end
    }


def _address(message: EmailMessage, branding: Branding, to: Addressee) -> None:
    name, address = parseaddr(branding.mail_from)
    message["From"] = Address(display_name=name or branding.brand, addr_spec=address)
    message["To"] = to.address


def _unsubscribe(
    message: EmailMessage, branding: Branding, category: Category | None, to: Addressee
) -> str | None:
    if category is None:
        return None
    token = token_for(to.user_id, category, to.unsubscribe_key)
    url = f"{branding.public_url.rstrip('/')}/unsubscribe?token={token}"
    message["List-Unsubscribe"] = f"<{url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return url


def _attach(
    message: EmailMessage,
    method: str,
    branding: Branding,
    facts: Facts,
    to: Addressee,
    other: Person | None,
    booking_id: UUID,
) -> None:
    assert facts.start is not None
    assert facts.end is not None
    name = (other.name if other is not None else "") or UNKNOWN_PARTY[to.person.language][1]
    at = now()
    entry = Entry(
        booking_id=booking_id,
        start=facts.start,
        end=facts.end,
        sequence=facts.calendar_sequence,
        status="CANCELLED" if method == "CANCEL" else "CONFIRMED",
        summary=session_title(one_line(name), to.person.language),
        url=f"{branding.public_url.rstrip('/')}/booking/{booking_id}",
        description=None,
        created_at=at,
        changed_at=at,
    )
    invitation = Invitation(method, entry, branding.address, branding.brand, to.address)
    message.add_attachment(
        invitation_of(invitation).decode(),
        subtype="calendar",
        filename="session.ics",
        params={"method": method},
        cte="base64",
    )
