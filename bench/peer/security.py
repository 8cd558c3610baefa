"""Passwords and access tokens."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import bcrypt
import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bench.peer.models import User, now
from bench.peer.settings import settings

LIFETIME = timedelta(minutes=15)
_bearer = HTTPBearer(auto_error=False)


async def hash_password(password: str) -> str:
    """Runs bcrypt in a thread: it takes a fifth of a second of one core."""
    salt = bcrypt.gensalt(settings.bcrypt_rounds)
    return (await asyncio.to_thread(bcrypt.hashpw, password.encode(), salt)).decode()


def token_for(user: User) -> str:
    """An access token of that user."""
    claims = {"sub": str(user.id), "role": user.role, "exp": now() + LIFETIME}
    return jwt.encode(claims, settings.jwt_secret, algorithm="HS256")


class Caller:
    """The signed-in user."""

    def __init__(self, claims: dict[str, Any]) -> None:
        self.id, self.role = UUID(claims["sub"]), claims["role"]


def _caller(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    if credentials is None:
        raise HTTPException(401, "Sign in first.")
    try:
        return Caller(jwt.decode(credentials.credentials, settings.jwt_secret, ["HS256"]))
    except jwt.InvalidTokenError:
        raise HTTPException(401, "The token is not valid.") from None


SignedIn = Annotated[Caller, Depends(_caller)]
