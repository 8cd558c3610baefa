"""Headers that the gateway adds to every response, and those that it does not forward."""

from __future__ import annotations

from urllib.parse import urlsplit

Fields = list[tuple[bytes, bytes]]

# Headers about the connection or the client's identity: replaced by the gateway's own, or dropped.
NOT_PASSED_ON = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"trailer",
     b"upgrade", b"expect", b"host", b"content-length", b"transfer-encoding", b"authorization",
     b"content-type", b"x-request-id", b"traceparent", b"forwarded", b"x-forwarded-for",
     b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"x-real-ip")
)  # fmt: skip

_ALWAYS: Fields = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"server", b"consultant-connect"),
]
# The app's own pages use camera and microphone for sessions.
_PAGE_PERMISSIONS = (
    b"permissions-policy",
    b"camera=(self), display-capture=(self), geolocation=(), microphone=(self), payment=(self),"
    b" usb=()",
)
_NO_PERMISSIONS = (
    b"permissions-policy",
    b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
)
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
CONTENT_POLICY = b"content-security-policy"
_API_POLICY = (CONTENT_POLICY, b"default-src 'none'; frame-ancestors 'none'")

JSON = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")
API: Fields = [*_ALWAYS, _NO_PERMISSIONS, _API_POLICY]
API_HTTPS: Fields = [*API, _STRICT_TRANSPORT]


def of_page(policy: str, *, https: bool) -> Fields:
    """The security headers of a page with the Content-Security-Policy `policy`."""
    return [
        *_ALWAYS,
        _PAGE_PERMISSIONS,
        (CONTENT_POLICY, policy.encode()),
        *([_STRICT_TRANSPORT] if https else []),
    ]


def web_policy(stripe_js_url: str = "") -> str:
    """The web app's Content-Security-Policy: allows the app itself and Stripe's script, or that of
    the sandbox at `stripe_js_url`.
    """
    sandbox = ""
    if stripe_js_url:
        parts = urlsplit(stripe_js_url)
        sandbox = f" {parts.scheme}://{parts.netloc}"
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' https://js.stripe.com{sandbox}",
            f"connect-src 'self' https://api.stripe.com{sandbox}",
            f"frame-src https://js.stripe.com https://hooks.stripe.com{sandbox}",
            # Mantine sets element styles (positions of pop-ups, chart sizes); scripts stay strict.
            "style-src 'self' 'unsafe-inline'",
            # photos before they are sent; a marketplace's logo may be elsewhere
            "img-src 'self' blob: data: https:",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


DOCS_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; base-uri 'none';"
    " frame-ancestors 'none'"
)
