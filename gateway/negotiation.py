"""Whether a request wants a page or the API's answer: both may stand at one address."""

from __future__ import annotations

from gateway.request import Request

VARY = (b"vary", b"Accept, Sec-Fetch-Mode")
_HTML = ("text/html", "text/*", "*/*")
_JSON = ("application/json", "application/*", "*/*")


def prefers_page(request: Request) -> bool:
    """Whether a page is wanted rather than data: a browser follows a link, or HTML stands before
    JSON in what is accepted.
    """
    if request.fetch_mode is not None and request.fetch_mode.lower() == b"navigate":
        return True
    accepted = _ranges(request.accept)
    return _quality(accepted, _HTML) > _quality(accepted, _JSON)


def accepts_page(request: Request) -> bool:
    """Whether a page will do; `*/*`, and saying nothing, accept one."""
    if request.fetch_mode is not None and request.fetch_mode.lower() == b"navigate":
        return True
    return _quality(_ranges(request.accept), _HTML) > 0


def _ranges(accept: bytes | None) -> dict[str, float]:
    """The media ranges of an Accept header with their quality; all, when there is none."""
    if accept is None or not accept.strip():
        return {"*/*": 1.0}
    found = {}
    for part in accept.decode("latin-1").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = float(parameter[2:])
                except ValueError:
                    quality = 0.0
        found[name] = quality
    return found


def _quality(ranges: dict[str, float], names: tuple[str, ...]) -> float:
    """That of the most specific range among `names`."""
    return next((ranges[name] for name in names if name in ranges), 0.0)
