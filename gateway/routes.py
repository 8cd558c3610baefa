"""The routing table: one row per operation. Clients can reach nothing else.

Path parameters are UUIDs, except `{token}` and `{file}`. `who` is the required role of the caller;
the service checks ownership. `body`: `json` is application/json only; `image` is image/jpeg,
image/png or image/webp; `form` is one of the two media types of HTML's forms; `raw` is forwarded
unchanged (a signature covers the bytes); `none` means no input.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Who = Literal["anyone", "signed_in", "seeker", "consultant"]
Body = Literal["none", "json", "raw", "form", "image"]

MAX_BODY_SIZE = 1 << 20
MAX_IMAGE_SIZE = 2 << 20
IMAGES = (b"image/jpeg", b"image/png", b"image/webp")
FORMS = (b"application/x-www-form-urlencoded", b"multipart/form-data")


class Route(msgspec.Struct, frozen=True):
    """One operation. `limited` is whether it counts against the caller's rate limit; `stream`
    whether the response is endless.
    """

    method: str
    path: str
    upstream: str
    who: Who
    body: Body = "none"
    limited: bool = True
    stream: bool = False

    @property
    def max_body_size(self) -> int:
        """The maximum size of a request's body in bytes."""
        return MAX_IMAGE_SIZE if self.body == "image" else MAX_BODY_SIZE


def _routes(upstream: str, *rows: tuple[str, str, Who] | tuple[str, str, Who, Body]) -> list[Route]:
    """The rows of one service: method, path, who and, where there is one, the body."""
    return [
        Route(row[0], row[1], upstream, row[2], row[3] if len(row) == 4 else "none") for row in rows
    ]


# fmt: off
ROUTES: tuple[Route, ...] = (
    *_routes(
        "identity",
        ("POST",   "/users/register",                                  "anyone", "json"),
        ("POST",   "/users/login",                                     "anyone", "json"),
        ("POST",   "/users/refresh",                                   "anyone", "json"),
        ("POST",   "/users/logout",                                    "signed_in", "none"),
        ("GET",    "/users/me",                                        "signed_in"),
        ("PATCH",  "/users/me",                                        "signed_in", "json"),
        ("POST",   "/users/me/password",                               "signed_in", "json"),
        ("GET",    "/users/me/sessions",                               "signed_in"),
        ("DELETE", "/users/me/sessions/{session_id}",                  "signed_in"),
        ("POST",   "/users/verify-email",                              "anyone", "json"),
        ("POST",   "/users/me/verification-email",                     "signed_in", "none"),
        ("POST",   "/users/password-reset",                            "anyone", "json"),
        ("POST",   "/users/password-reset/confirm",                    "anyone", "json"),
        ("POST",   "/users/me/email",                                  "signed_in", "json"),
        ("GET",    "/.well-known/jwks.json",                           "anyone"),
    ),
    *_routes(
        "directory",
        ("PUT",    "/consultants/me/profile",                          "consultant", "json"),
        ("GET",    "/consultants/{consultant_id}/profile",             "anyone"),
        ("GET",    "/consultants",                                     "anyone"),
        ("GET",    "/consultants/{consultant_id}/ratings",             "anyone"),
        ("PUT",    "/consultants/me/photo",                            "consultant", "image"),
        ("DELETE", "/consultants/me/photo",                            "consultant"),
        ("GET",    "/photos/{file}",                                   "anyone"),
        ("GET",    "/consultants/me/favourites",                       "seeker"),
        ("PUT",    "/consultants/{consultant_id}/favourite",           "seeker", "none"),
        ("DELETE", "/consultants/{consultant_id}/favourite",           "seeker"),
    ),
    *_routes(
        "booking",
        ("POST",   "/consultants/me/availability",                     "consultant", "json"),
        ("GET",    "/consultants/me/availability",                     "consultant"),
        ("DELETE", "/consultants/me/availability/{slot_id}",           "consultant"),
        ("GET",    "/consultants/me/availability/rules",               "consultant"),
        ("PUT",    "/consultants/me/availability/rules",               "consultant", "json"),
        ("DELETE", "/consultants/me/availability/rules",               "consultant"),
        ("GET",    "/consultants/me/availability/explain",             "consultant"),
        ("POST",   "/consultants/me/calendars",                        "consultant", "json"),
        ("GET",    "/consultants/me/calendars",                        "consultant"),
        ("DELETE", "/consultants/me/calendars/{calendar_id}",          "consultant"),
        ("POST",   "/consultants/me/calendars/{calendar_id}/refresh",  "consultant", "none"),
        ("POST",   "/consultants/{consultant_id}/waitlist",            "seeker", "json"),
        ("GET",    "/consultants/me/waitlist",                         "seeker"),
        ("GET",    "/consultants/{consultant_id}/waitlist",            "seeker"),
        ("DELETE", "/consultants/{consultant_id}/waitlist",            "seeker"),
        ("GET",    "/consultants/{consultant_id}/availability",        "anyone"),
        ("POST",   "/bookings",                                        "seeker", "json"),
        ("GET",    "/bookings/me",                                     "signed_in"),
        ("GET",    "/bookings/{booking_id}",                           "signed_in"),
        ("GET",    "/bookings/{booking_id}/timeline",                  "signed_in"),
        ("GET",    "/bookings/{booking_id}/cancellation",              "signed_in"),
        ("POST",   "/bookings/{booking_id}/accept",                    "consultant", "none"),
        ("POST",   "/bookings/{booking_id}/decline",                   "consultant", "json"),
        ("POST",   "/bookings/{booking_id}/cancel",                    "signed_in", "json"),
        ("POST",   "/bookings/{booking_id}/retry-payment",             "seeker", "none"),
        ("POST",   "/bookings/{booking_id}/start",                     "signed_in", "none"),
        ("POST",   "/bookings/{booking_id}/end",                       "signed_in", "none"),
        ("POST",   "/bookings/{booking_id}/rating",                    "seeker", "json"),
        ("POST",   "/bookings/{booking_id}/rating/reply",              "consultant", "json"),
        ("POST",   "/bookings/{booking_id}/reschedule",                "signed_in", "json"),
        ("POST",   "/bookings/{booking_id}/reschedule/accept",         "signed_in", "none"),
        ("POST",   "/bookings/{booking_id}/reschedule/decline",        "signed_in", "none"),
        ("POST",   "/bookings/{booking_id}/reschedule/withdraw",       "signed_in", "none"),
        ("GET",    "/bookings/{booking_id}/messages",                  "signed_in"),
        ("POST",   "/bookings/{booking_id}/messages",                  "signed_in", "json"),
        ("POST",   "/bookings/{booking_id}/messages/read",             "signed_in", "json"),
        ("GET",    "/bookings/{booking_id}/call",                      "signed_in"),
        ("GET",    "/bookings/{booking_id}/presence",                  "signed_in"),
        ("POST",   "/bookings/{booking_id}/presence",                  "signed_in", "json"),
        ("POST",   "/bookings/{booking_id}/signals",                   "signed_in", "json"),
        ("GET",    "/bookings/{booking_id}/calendar.ics",              "signed_in"),
        ("POST",   "/calendar/feed",                                   "signed_in", "none"),
        ("DELETE", "/calendar/feed",                                   "signed_in"),
        ("GET",    "/calendar/{token}.ics",                            "anyone"),
    ),
    *_routes(
        "payments",
        ("POST",   "/payments/setup-intent",                           "seeker", "none"),
        ("GET",    "/payments/payment-method",                         "seeker"),
        ("DELETE", "/payments/payment-method",                         "seeker"),
        ("POST",   "/payments/connect-account",                        "consultant", "none"),
        ("GET",    "/payments/connect-account",                        "consultant"),
        ("GET",    "/payments/history",                                "seeker"),
        ("GET",    "/payments/payouts",                                "consultant"),
        ("GET",    "/payments/summary",                                "signed_in"),
        ("GET",    "/payments/{booking_id}/authentication",            "seeker"),
        ("POST",   "/payments/{booking_id}/refund",                    "consultant", "json"),
        ("GET",    "/payments/{booking_id}/receipt",                   "signed_in"),
        ("GET",    "/payments/{booking_id}/receipt.pdf",               "signed_in"),
        ("GET",    "/payments/statement",                              "signed_in"),
        ("GET",    "/payments/statement.csv",                          "signed_in"),
        ("GET",    "/payments/statement.pdf",                          "signed_in"),
    ),
    # Stripe's many requests from few addresses are not rate-limited.
    Route("POST", "/webhooks/stripe", "payments", "anyone", "raw", limited=False),
    *_routes(
        "notifications",
        ("GET",    "/notifications",                                   "signed_in"),
        ("GET",    "/notifications/summary",                           "signed_in"),
        ("POST",   "/notifications/read",                              "signed_in", "json"),
        ("GET",    "/notifications/preferences",                       "signed_in"),
        ("PUT",    "/notifications/preferences",                       "signed_in", "json"),
        ("POST",   "/notifications/unsubscribe",                       "anyone", "json"),
        ("GET",    "/unsubscribe",                                     "anyone"),
        # Sent by mail programs' unsubscribe buttons (RFC 8058).
        ("POST",   "/unsubscribe",                                     "anyone", "form"),
    ),
    Route("GET", "/events", "notifications", "signed_in", stream=True),
)
# fmt: on

_ID = re.compile(
    r"/[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?=/|$)"
)
# Path parameters that are not ids: a secret, or a file name.
_NAME = re.compile(r"(?<=/)[A-Za-z0-9_-]{16,256}(?=\.ics$)|(?<=^/photos/)[A-Za-z0-9._-]{1,200}$")
_PARAMETER = re.compile(r"\{\w+\}")


class Path:
    """The operations of one path by method (GET also handles HEAD), and `allow`, the Allow
    header.
    """

    def __init__(self, routes: list[Route]) -> None:
        self.by_method = {route.method: route for route in routes}
        if "GET" in self.by_method:
            self.by_method["HEAD"] = self.by_method["GET"]
        self.allow = ", ".join(sorted([*self.by_method, "OPTIONS"])).encode()


class RouteTable:
    """An index of ROUTES for look-ups by path."""

    def __init__(self, routes: tuple[Route, ...] = ROUTES) -> None:
        paths: dict[str, list[Route]] = {}
        for route in routes:
            paths.setdefault(_PARAMETER.sub("*", route.path), []).append(route)
        made = {path: Path(group) for path, group in paths.items()}
        self._literal = {path: found for path, found in made.items() if "*" not in path}
        self._folded = {path: found for path, found in made.items() if "*" in path}

    def find(self, path: str) -> Path | None:
        """The row for a request's path, or None. Ids are replaced by a placeholder first, so that a
        dict look-up is enough.
        """
        found = self._literal.get(path)
        if found is None and "*" not in path:
            folded = _ID.sub("/*", path) if len(path) > 36 else path
            found = self._folded.get(folded) or self._folded.get(_NAME.sub("*", path))
        return found
