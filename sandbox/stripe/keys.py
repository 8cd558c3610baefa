"""API keys: which are accepted, and how they are sent."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import NamedTuple

from sandbox.stripe.errors import unauthorized
from sandbox.stripe.rows import Body

TEST_KEY = re.compile(r"(sk|rk|pk)_test_\w+")


class Keys(NamedTuple):
    """The configured keys; without any, every test key is accepted."""

    secret: str | None = None
    publishable: str | None = None

    def of(self, headers: Mapping[str, str], params: Body) -> str:
        """The key of a request. Raises 401."""
        key = credentials(headers) or params.get("key")
        if not isinstance(key, str) or not key:
            raise unauthorized(
                "You did not provide an API key. You need to provide your API key in the "
                "Authorization header, "
                "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
            )
        expected = self.publishable if key.startswith("pk_") else self.secret
        if not TEST_KEY.fullmatch(key) or (expected and key != expected):
            raise unauthorized(f"Invalid API Key provided: {key[:8]}****")
        return key


def credentials(headers: Mapping[str, str]) -> str:
    """The key in the Authorization header: Bearer, or Basic with the key as user."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().split(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
