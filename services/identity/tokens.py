"""Access tokens, which anybody can verify and nobody can call back, and refresh tokens, which only
we know and can.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from services.identity.schemas import UserView
from shared.auth import AUDIENCE, ISSUER
from shared.clock import now

ALGORITHM = "ES256"
ACCESS_SECONDS = 900
# Counted from the last refresh: who comes once a month stays signed in.
REFRESH_LIFE = timedelta(days=30)


class Signer(NamedTuple):
    """A private key with the id under which its public half is published."""

    kid: str
    key: EllipticCurvePrivateKey


def access_token(signer: Signer, user: UserView, session_id: UUID) -> str:
    """A signed statement, good for ACCESS_SECONDS, of who `user` is; `session_id` is the refresh
    family it came with.
    """
    issued = int(now().timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user.id),
        "role": user.role,
        "given_name": user.first_name,
        "family_name": user.last_name,
        "sid": str(session_id),
        "iat": issued,
        "exp": issued + ACCESS_SECONDS,
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, signer.key, algorithm=ALGORITHM, headers={"kid": signer.kid})


def new_refresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def fingerprint(refresh_token: str) -> bytes:
    """What is stored of a refresh token."""
    return hashlib.sha256(refresh_token.encode()).digest()
