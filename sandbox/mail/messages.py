"""What is in a mail: its headers, text, HTML, links and attachments. Pure."""

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
    """A part that is not the mail's own text. `content` is text where the part is, base64
    otherwise.
    """

    filename: str | None
    content_type: str
    content: str


class Envelope(msgspec.Struct):
    """How a mail came: its id here, the SMTP addresses, and when."""

    id: str
    at: datetime
    sender: str
    recipients: list[str]


class Message(msgspec.Struct, rename={"sender": "from"}):
    """A mail as programs read it. `links` are those of the HTML, then further ones of the text."""

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
    """The mail with that source. What is malformed in it is shown as well as it can be."""
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
    """Every address that can be followed, each once."""
    parser = _Links()
    parser.feed(html)
    plain = [url.rstrip(".,;:!?)]") for url in _URL.findall(text)]
    return list(dict.fromkeys([*parser.found, *plain]))


def _header(mail: EmailMessage, name: str) -> str:
    return str(mail.get(name, ""))


def _headers(mail: EmailMessage) -> dict[str, str]:
    """By name; what occurs more than once is on lines of its own."""
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
    except LookupError:  # a character set that Python has never heard of
        return content.decode("utf-8", "replace")


def _attachment(part: MIMEPart) -> Attachment:
    kind = part.get_content_type()
    if part.get_content_maintype() == "text":
        return Attachment(part.get_filename(), kind, _text(part))
    content = part.get_payload(decode=True)
    whole = content if isinstance(content, bytes) else part.as_bytes()
    return Attachment(part.get_filename(), kind, base64.b64encode(whole).decode())
