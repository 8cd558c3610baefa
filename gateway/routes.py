"""The whole API: one row per operation. What is not here does not exist for a client.

A path parameter is a UUID, but for `{token}` and `{file}`. `who` is the least that a caller must
be; whose booking it is, the service decides. `body`: `json` is application/json only; `image` is
image/jpeg, image/png or image/webp; `raw` is passed as it comes (a signature covers the bytes);
`none` takes no input.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

Who = Literal["anyone", "signed_in", "seeker", "consultant"]
Body = Literal["none", "json", "raw", "image"]

LARGEST_BODY = 1 << 20
LARGEST_IMAGE = 2 << 20
IMAGES = (b"image/jpeg", b"image/png", b"image/webp")


class Route(msgspec.Struct, frozen=True):
    """One operation. `limited` is whether it counts against the caller's rate limit; `stream`
    whether the answer goes on for as long as both ends want.
    """

    method: str
    path: str
    upstream: str
    who: Who
    body: Body = "none"
    limited: bool = True
    stream: bool = False

    @property
    def largest_body(self) -> int:
        """How many bytes a request's body may have."""
        return LARGEST_IMAGE if self.body == "image" else LARGEST_BODY


# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("POST",   "/users/register",                                    "identity", "anyone", "json"),
    Route("POST",   "/users/login",                                       "identity", "anyone", "json"),
    Route("POST",   "/users/refresh",                                     "identity", "anyone", "json"),
    Route("POST",   "/users/logout",                                      "identity", "signed_in", "none"),
    Route("GET",    "/users/me",                                          "identity", "signed_in"),
    Route("PATCH",  "/users/me",                                          "identity", "signed_in", "json"),
    Route("POST",   "/users/me/password",                                 "identity", "signed_in", "json"),
    Route("GET",    "/users/me/sessions",                                 "identity", "signed_in"),
    Route("DELETE", "/users/me/sessions/{session_id}",                    "identity", "signed_in"),
    Route("POST",   "/users/verify-email",                                "identity", "anyone", "json"),
    Route("POST",   "/users/me/verification-email",                       "identity", "signed_in", "none"),
    Route("POST",   "/users/password-reset",                              "identity", "anyone", "json"),
    Route("POST",   "/users/password-reset/confirm",                      "identity", "anyone", "json"),
    Route("POST",   "/users/me/email",                                    "identity", "signed_in", "json"),
    Route("GET",    "/.well-known/jwks.json",                             "identity", "anyone"),

    Route("PUT",    "/consultants/me/profile",                            "directory", "consultant", "json"),
    Route("GET",    "/consultants/{consultant_id}/profile",               "directory", "anyone"),
    Route("GET",    "/consultants",                                       "directory", "anyone"),
    Route("GET",    "/consultants/{consultant_id}/ratings",               "directory", "anyone"),
    Route("PUT",    "/consultants/me/photo",                           "directory",
        "consultant", "image"),
    Route("DELETE", "/consultants/me/photo",                           "directory",
        "consultant"),
    Route("GET",    "/photos/{file}",                                     "directory", "anyone"),
    Route("GET",    "/consultants/me/favourites",                         "directory", "seeker"),
    Route("PUT",    "/consultants/{consultant_id}/favourite",          "directory",     "seeker",
    "none"),
    Route("DELETE", "/consultants/{consultant_id}/favourite",             "directory", "seeker"),

    Route("POST",   "/consultants/me/availability",                    "booking",
          "consultant", "json"),
    Route("GET",    "/consultants/me/availability",                    "booking",
          "consultant"),
    Route("DELETE", "/consultants/me/availability/{slot_id}",          "booking",
          "consultant"),
    Route("GET",    "/consultants/me/availability/rules",              "booking",
          "consultant"),
    Route("PUT",    "/consultants/me/availability/rules",              "booking",
          "consultant", "json"),
    Route("DELETE", "/consultants/me/availability/rules",              "booking",
          "consultant"),
    Route("GET",    "/consultants/me/availability/explain",            "booking",
          "consultant"),
    Route("POST",   "/consultants/me/calendars",                       "booking",
          "consultant", "json"),
    Route("GET",    "/consultants/me/calendars",                       "booking",
          "consultant"),
    Route("DELETE", "/consultants/me/calendars/{calendar_id}",         "booking",
          "consultant"),
    Route("POST",   "/consultants/me/calendars/{calendar_id}/refresh", "booking",
          "consultant", "none"),
    Route("POST",   "/consultants/{consultant_id}/waitlist",           "booking",       "seeker",
    "json"),
    Route("GET",    "/consultants/me/waitlist",                           "booking", "seeker"),
    Route("GET",    "/consultants/{consultant_id}/waitlist",              "booking", "seeker"),
    Route("DELETE", "/consultants/{consultant_id}/waitlist",              "booking", "seeker"),
    Route("GET",    "/consultants/{consultant_id}/availability",          "booking", "anyone"),
    Route("POST",   "/bookings",                                       "booking",       "seeker",
    "json"),
    Route("GET",    "/bookings/me",                                    "booking",
          "signed_in"),
    Route("GET",    "/bookings/{booking_id}",                          "booking",
          "signed_in"),
    Route("GET",    "/bookings/{booking_id}/timeline",                 "booking",
          "signed_in"),
    Route("GET",    "/bookings/{booking_id}/cancellation",             "booking",
          "signed_in"),
    Route("POST",   "/bookings/{booking_id}/accept",                   "booking",
          "consultant", "none"),
    Route("POST",   "/bookings/{booking_id}/decline",                  "booking",
          "consultant", "json"),
    Route("POST",   "/bookings/{booking_id}/cancel",                   "booking",
          "signed_in", "json"),
    Route("POST",   "/bookings/{booking_id}/retry-payment",            "booking",       "seeker",
    "none"),
    Route("POST",   "/bookings/{booking_id}/start",                    "booking",
          "signed_in", "none"),
    Route("POST",   "/bookings/{booking_id}/end",                      "booking",
          "signed_in", "none"),
    Route("POST",   "/bookings/{booking_id}/rating",                   "booking",       "seeker",
    "json"),
    Route("POST",   "/bookings/{booking_id}/rating/reply",             "booking",
          "consultant", "json"),
    Route("POST",   "/bookings/{booking_id}/reschedule",               "booking",
          "signed_in", "json"),
    Route("POST",   "/bookings/{booking_id}/reschedule/accept",        "booking",
          "signed_in", "none"),
    Route("POST",   "/bookings/{booking_id}/reschedule/decline",       "booking",
          "signed_in", "none"),
    Route("POST",   "/bookings/{booking_id}/reschedule/withdraw",      "booking",
          "signed_in", "none"),
    Route("GET",    "/bookings/{booking_id}/messages",                 "booking",
          "signed_in"),
    Route("POST",   "/bookings/{booking_id}/messages",                 "booking",
          "signed_in", "json"),
    Route("POST",   "/bookings/{booking_id}/messages/read",            "booking",
          "signed_in", "json"),
    Route("GET",    "/bookings/{booking_id}/call",                     "booking",
          "signed_in"),
    Route("GET",    "/bookings/{booking_id}/presence",                 "booking",
          "signed_in"),
    Route("POST",   "/bookings/{booking_id}/presence",                 "booking",
          "signed_in", "json"),
    Route("POST",   "/bookings/{booking_id}/signals",                  "booking",
          "signed_in", "json"),
    Route("GET",    "/bookings/{booking_id}/calendar.ics",             "booking",
          "signed_in"),
    Route("POST",   "/calendar/feed",                                  "booking",
          "signed_in", "none"),
    Route("DELETE", "/calendar/feed",                                  "booking",
          "signed_in"),
    Route("GET",    "/calendar/{token}.ics",                              "booking", "anyone"),

    Route("POST",   "/payments/setup-intent",                          "payments",      "seeker",
    "none"),
    Route("GET",    "/payments/payment-method",                           "payments", "seeker"),
    Route("DELETE", "/payments/payment-method",                           "payments", "seeker"),
    Route("POST",   "/payments/connect-account",                       "payments",
         "consultant", "none"),
    Route("GET",    "/payments/connect-account",                       "payments",
         "consultant"),
    Route("GET",    "/payments/history",                                  "payments", "seeker"),
    Route("GET",    "/payments/payouts",                               "payments",
         "consultant"),
    Route("GET",    "/payments/summary",                               "payments",
         "signed_in"),
    Route("GET",    "/payments/{booking_id}/authentication",              "payments", "seeker"),
    Route("POST",   "/payments/{booking_id}/refund",                   "payments",
         "consultant", "json"),
    Route("GET",    "/payments/{booking_id}/receipt",                  "payments",
         "signed_in"),
    Route("GET",    "/payments/{booking_id}/receipt.pdf",              "payments",
         "signed_in"),
    Route("GET",    "/payments/statement",                             "payments",
         "signed_in"),
    Route("GET",    "/payments/statement.csv",                         "payments",
         "signed_in"),
    # Stripe is not a user: its many calls from few addresses are not counted.
    Route("POST",   "/webhooks/stripe",                                "payments",      "anyone",
    "raw", limited=False),

    Route("GET",    "/events",                                         "notifications",
    "signed_in", stream=True),
    Route("GET",    "/notifications",                                  "notifications",
    "signed_in"),
    Route("GET",    "/notifications/summary",                          "notifications",
    "signed_in"),
    Route("POST",   "/notifications/read",                             "notifications",
    "signed_in", "json"),
    Route("GET",    "/notifications/preferences",                      "notifications",
    "signed_in"),
    Route("PUT",    "/notifications/preferences",                      "notifications",
    "signed_in", "json"),
    Route("POST",   "/notifications/unsubscribe",                      "notifications", "anyone",
    "json"),
    Route("GET",    "/unsubscribe",                                       "notifications", "anyone"),
    # What mail programs send for their own button (RFC 8058): a form.
    Route("POST",   "/unsubscribe",                                    "notifications", "anyone",
    "raw"),
)
# fmt: on

_ID = re.compile(
    r"/[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?=/|$)"
)
# Path parameters that are no ids: a secret, or a file's name.
_NAME = re.compile(r"(?<=/)[A-Za-z0-9_-]{16,256}(?=\.ics$)|(?<=^/photos/)[A-Za-z0-9._-]{1,200}$")
_PARAMETER = re.compile(r"\{\w+\}")


class Path:
    """What one path takes: its operations by method (GET answers HEAD too), and `allow`, the Allow
    header.
    """

    def __init__(self, routes: list[Route]) -> None:
        self.by_method = {route.method: route for route in routes}
        if "GET" in self.by_method:
            self.by_method["HEAD"] = self.by_method["GET"]
        self.allow = ", ".join(sorted([*self.by_method, "OPTIONS"])).encode()


class Table:
    """ROUTES, ready to be asked."""

    def __init__(self, routes: tuple[Route, ...] = ROUTES) -> None:
        paths: dict[str, list[Route]] = {}
        for route in routes:
            paths.setdefault(_PARAMETER.sub("*", route.path), []).append(route)
        made = {path: Path(group) for path, group in paths.items()}
        self._literal = {path: found for path, found in made.items() if "*" not in path}
        self._folded = {path: found for path, found in made.items() if "*" in path}

    def find(self, path: str) -> Path | None:
        """The row for a request's path, or None. Ids are folded to one sign first, so that a
        look-up in a dict does.
        """
        found = self._literal.get(path)
        if found is None and "*" not in path:
            folded = _ID.sub("/*", path) if len(path) > 36 else path
            found = self._folded.get(folded) or self._folded.get(_NAME.sub("*", path))
        return found
