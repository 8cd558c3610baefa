"""Content negotiation (RFC 9110 §12): whether a page or the API's response is wanted at an address
that has both, the language of a page, and the content coding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.request import Request
from shared.languages import DEFAULT, Language, is_language, preferred_language

IDENTITY, GZIP, BROTLI = b"identity", b"gzip", b"br"
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
# The quality of identity if the client does not name it: acceptable, but after all codings that it
# names.
_UNNAMED_IDENTITY = 0.0001

VARY = (b"vary", b"Accept, Sec-Fetch-Mode")
_CHOSEN_LANGUAGE = re.compile(r"(?:^|[;,]\s*)language=([a-z]{2})(?=$|[;,\s])")
_HTML = ("text/html", "text/*", "*/*")
_JSON = ("application/json", "application/*", "*/*")


def prefers_page(request: Request) -> bool:
    """Whether a page is preferred to data: the request is a browser's navigation, or accepts HTML
    before JSON.
    """
    if request.fetch_mode is not None and request.fetch_mode.lower() == b"navigate":
        return True
    accepted = _ranges(request.accept)
    return _quality(accepted, _HTML) > _quality(accepted, _JSON)


def accepts_page(request: Request) -> bool:
    """Whether a page is acceptable, as it is for `*/*` or without an Accept header."""
    if request.fetch_mode is not None and request.fetch_mode.lower() == b"navigate":
        return True
    return _quality(_ranges(request.accept), _HTML) > 0


def page_language(request: Request) -> Language:
    """The language that was chosen in the web app, which keeps it in a cookie; else the one that
    the browser prefers, and English for clients that name none of ours.
    """
    chosen = _CHOSEN_LANGUAGE.search(request.header(b"cookie"))
    if chosen is not None and is_language(chosen[1]):
        return chosen[1]
    return preferred_language(request.header(b"accept-language")) or DEFAULT


def content_coding(request: Request, offered: Sequence[bytes]) -> bytes:
    """The coding that the client prefers among `offered` (best first); IDENTITY if it accepts none
    of them, even if it excludes identity: any response is better than none.
    """
    weights = _coding_weights(request.accept_encoding)
    best = max(offered, key=lambda coding: _coding_quality(weights, coding), default=IDENTITY)
    return best if _coding_quality(weights, best) > 0 else IDENTITY


def accepts_identity(request: Request) -> bool:
    """Whether a response without content coding is acceptable."""
    return _coding_quality(_coding_weights(request.accept_encoding), IDENTITY) > 0


def _coding_weights(accepted: bytes | None) -> dict[str, float]:
    if accepted is None:  # anything is acceptable, but such clients may not support any coding
        return {}
    weights = _weights(accepted)
    if "x-gzip" in weights:
        weights.setdefault("gzip", weights["x-gzip"])
    return weights


def _coding_quality(weights: dict[str, float], coding: bytes) -> float:
    unnamed = _UNNAMED_IDENTITY if coding == IDENTITY else 0.0
    return weights.get(coding.decode(), weights.get("*", unnamed))


def _ranges(accept: bytes | None) -> dict[str, float]:
    """The media ranges of an Accept header with their quality; `*/*` if there is none."""
    if accept is None or not accept.strip():
        return {"*/*": 1.0}
    return _weights(accept)


def _weights(header: bytes) -> dict[str, float]:
    """The alternatives in a header and their quality; 0 if it is malformed."""
    found = {}
    for part in header.decode("latin-1").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                quality = float(parameter[2:]) if _WEIGHT.fullmatch(parameter[2:]) else 0.0
        found[name] = quality
    return found


def _quality(ranges: dict[str, float], names: tuple[str, ...]) -> float:
    """The quality of the most specific range among `names`."""
    return next((ranges[name] for name in names if name in ranges), 0.0)
