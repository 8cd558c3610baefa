"""Access tokens like those of identity, and a verifier that knows their key."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from shared.auth import AUDIENCE, ISSUER, User, Verifier

KEY = ec.generate_private_key(ec.SECP256R1())
KEY_ID = "test-key"


def token_for(
    user: User,
    *,
    seconds: int = 900,
    key: Any = KEY,
    kid: str = KEY_ID,
    algorithm: str = "ES256",
    **claims: Any,
) -> str:
    """An access token like those of identity; `claims` override its claims, to make invalid
    tokens.
    """
    at = int(time.time())
    body = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user.id),
        "role": user.role,
        "given_name": user.first_name,
        "family_name": user.last_name,
        "iat": at,
        "exp": at + seconds,
        "jti": secrets.token_hex(8),
        **claims,
    }
    return jwt.encode(body, key, algorithm=algorithm, headers={"kid": kid})


async def keys_for_tests(_: str) -> Any:
    """The JWKS against which the tests' tokens are verified."""
    numbers = jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return {"keys": [{**numbers, "kid": KEY_ID, "alg": "ES256", "use": "sig"}]}


def test_verifier() -> Verifier:
    """A verifier that knows the tests' key."""
    return Verifier("http://identity.invalid/.well-known/jwks.json", fetch=keys_for_tests)


test_verifier.__test__ = False  # type: ignore[attr-defined]
