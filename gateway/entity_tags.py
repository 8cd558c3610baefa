"""Entity tags of what the gateway serves itself, and requests that are conditional on them
(RFC 9110 §8.8.3, §13.1.2).
"""

from __future__ import annotations

import hashlib
import re

from gateway.negotiation import IDENTITY
from gateway.request import Request

_TAG = re.compile(rb'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def digest_of(body: bytes) -> bytes:
    """What the tags of a document in all its codings begin with."""
    return hashlib.sha256(body).hexdigest()[:20].encode()


def entity_tag(digest: bytes, coding: bytes) -> bytes:
    """The strong tag of a document in one coding: its bytes differ from those in another."""
    return b'"%b"' % (digest if coding == IDENTITY else digest + b"-" + coding)


def is_known(request: Request, tag: bytes) -> bool:
    """Whether the client has the representation with this tag, so that 304 is enough. The
    comparison is weak, as for all reads.
    """
    known = request.if_none_match
    if known is None:
        return False
    return known == b"*" or tag in _TAG.findall(known)
