"""Settings of identity."""

import base64
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta

from shared.settings import Natural, Positive, ServiceSettings

# The last of the 43 characters carries 4 bits only, hence the shorter list.
Secret = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]=?$",
        description="32 random bytes in URL-safe base64",
    ),
]
CookieName = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{1,64}$",
        description="a name of at most 64 letters, digits, - and _",
    ),
]


class IdentitySettings(ServiceSettings, frozen=True, kw_only=True):
    """`signing_key_secret` is 32 random bytes in URL-safe base64: it encrypts the private keys in
    the database, and is the key of the fingerprints of requests that contain a password.
    `bcrypt_rounds` is the cost, as a power of two.
    """

    signing_key_secret: Secret
    bcrypt_rounds: Annotated[int, Meta(ge=4, le=20)] = 12
    login_attempts_per_minute: Positive = 10
    # How long a spent refresh token may be used again, while its successor has not been used.
    refresh_grace_seconds: Natural = 10
    # The refresh cookie's name; None: derived from PUBLIC_URL, so that two stacks on one host do
    # not overwrite each other's cookie (browsers do not distinguish ports).
    refresh_cookie: CookieName | None = None
    signing_key_days: Positive = 30
    # How long a new key is published before it signs: longer than caches on the way keep the keys
    # (300 s).
    signing_key_lead_seconds: Natural = 600

    @property
    def secret(self) -> bytes:
        """The 32 bytes of `signing_key_secret`."""
        return base64.urlsafe_b64decode(self.signing_key_secret.rstrip("=") + "=")

    @property
    def refresh_grace(self) -> timedelta:
        """`refresh_grace_seconds` as a duration."""
        return timedelta(seconds=self.refresh_grace_seconds)

    @property
    def cookie(self) -> str:
        """The refresh cookie's name."""
        if self.refresh_cookie is not None:
            return self.refresh_cookie
        port = urlsplit(self.public_url).port
        return "refresh_token" if port is None else f"refresh_token_{port}"
