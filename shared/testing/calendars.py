"""Calendar files read as a calendar program reads them: by `ical`, which shares no code with
`icalendar`, the library that writes them.
"""

from __future__ import annotations

import re

from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

MAX_LINE_LENGTH = 75  # octets, without the line break (RFC 5545, section 3.1)
_LINE = re.compile(
    r'[A-Za-z0-9-]+(;[A-Za-z0-9-]+=("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^",;:\x00-\x08\x0a-\x1f\x7f]*)'
    r'(,("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^",;:\x00-\x08\x0a-\x1f\x7f]*))*)*'
    r":[^\x00-\x08\x0a-\x1f\x7f]*"
)


def content_lines(content: bytes) -> list[str]:
    """The unfolded content lines, after a check of their form: CRLF, at most 75 octets, no
    character torn apart by folding, no control characters.
    """
    assert content.endswith(b"\r\n")
    folded = content.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, folded)) <= MAX_LINE_LENGTH
    text = "\r\n".join(line.decode() for line in folded)
    lines = text.replace("\r\n ", "").split("\r\n")
    malformed = [line for line in lines if not _LINE.fullmatch(line)]
    assert not malformed, malformed
    return lines


def property_names(content: bytes) -> list[str]:
    """The names of all properties in order, BEGIN and END included."""
    return [re.split("[;:]", line, maxsplit=1)[0] for line in content_lines(content)]


def read_calendar(content: bytes) -> Calendar:
    """The only calendar of a file, whose lines are well-formed."""
    content_lines(content)
    return IcsCalendarStream.calendar_from_ics(content.decode())
