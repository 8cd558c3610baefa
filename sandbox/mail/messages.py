"""Parsing of a mail: headers, text, HTML, links and attachments. Pure."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from html.parser import HTMLParser

import msgspec

_URL = re.compile(r"https?://[^\s<>\"']+")


class Attachment(msgspec.Struct):
    """A part other than the mail's own text. `content` is text for text parts, otherwise base64."""

    filename: str | None
    content_type: str
    content: str


class Envelope(msgspec.Struct):
    """How a mail was received: its id, the SMTP addresses, and when."""

    id: str
    at: datetime
    sender: str
    recipients: list[str]


class Message(msgspec.Struct, rename={"sender": "from"}):
    """A mail for API clients. `links` are those in the HTML, followed by further ones in
    the text.
    """

    id: str
    to: str
    sender: str
    subject: str
    at: datetime
    headers: dict[str, str]
    text: str
    html: str
    links: list[str]
    attachments: list[Attachment]


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def read(envelope: Envelope, source: bytes) -> Message:
    """The mail in a source. Malformed parts are shown as well as possible."""
    mail = message_from_bytes(source, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    text, html = _body(mail, "plain"), _body(mail, "html")
    return Message(
        id=envelope.id,
        to=", ".join(envelope.recipients),
        sender=_header(mail, "from") or envelope.sender,
        subject=_header(mail, "subject"),
        at=envelope.at,
        headers=_headers(mail),
        text=text,
        html=html,
        links=links_in(html, text),
        attachments=[_attachment(part) for part in mail.iter_attachments()],
    )


def links_in(html: str, text: str) -> list[str]:
    """All URLs, each once."""
    parser = _Links()
    parser.feed(html)
    plain = [url.rstrip(".,;:!?)]") for url in _URL.findall(text)]
    return list(dict.fromkeys([*parser.found, *plain]))


def _header(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, ""))


def _headers(mail: EmailMessage) -> dict[str, str]:
    """Headers by name; multiple values are joined by line breaks."""
    collected: dict[str, list[str]] = {}
    for name, value in mail.items():
        collected.setdefault(name, []).append(str(value))
    return {name: "\n".join(values) for name, values in collected.items()}


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return _text(part) if part is not None else ""


def _text(part: MIMEPart) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:  # an unknown character set
        return content.decode("utf-8", "replace")


def _attachment(part: MIMEPart) -> Attachment:
    kind = part.get_content_type()
    if part.get_content_maintype() == "text":
        return Attachment(part.get_filename(), kind, _text(part))
    content = part.get_payload(decode=True)
    whole = content if isinstance(content, bytes) else part.as_bytes()
    return Attachment(part.get_filename(), kind, base64.b64encode(whole).decode())
