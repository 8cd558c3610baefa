"""Access tokens, which anybody can verify and nobody can revoke."""

import secrets
from typing import NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from services.identity.domain.model import IssuedSession
from services.identity.domain.tokens import ACCESS_SECONDS
from shared.auth import AUDIENCE, ISSUER
from shared.clock import now

ALGORITHM = "ES256"


class Signer(NamedTuple):
    """A private key and the id under which its public key is published."""

    kid: str
    key: EllipticCurvePrivateKey


def access_token(signer: Signer, session: IssuedSession) -> str:
    """A signed token, valid for ACCESS_SECONDS, that identifies the session's user."""
    issued = int(now().timestamp())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(session.user.id),
        "role": session.user.role,
        "given_name": session.user.first_name,
        "family_name": session.user.last_name,
        "sid": str(session.session_id),
        "iat": issued,
        "exp": issued + ACCESS_SECONDS,
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, signer.key, algorithm=ALGORITHM, headers={"kid": signer.kid})
