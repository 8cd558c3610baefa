"""Accounts and sessions of identity."""

from __future__ import annotations

from typing import Any

from gateway.examples.story import ADA, SESSION, TOKEN

PASSWORD = "correct horse battery staple"  # noqa: S105  # nosec B105
USER = {
    "id": ADA,
    "email": "ada@example.org",
    "email_verified": True,
    "first_name": "Ada",
    "last_name": "Byron",
    "role": "seeker",
    "is_active": True,
    "time_zone": "Europe/Berlin",
    "language": "en",
    "created_at": "2026-11-22T18:02:31Z",
    "updated_at": "2026-11-22T18:03:05Z",
}

SCHEMAS: dict[str, Any] = {
    "User": USER,
    "Session": {
        "user": USER,
        "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMTlhNGE1ZSJ9.c2lnbmF0dXJl",  # nosec B105
        "token_type": "bearer",  # nosec B105
        "expires_in": 900,
        "refresh_token": "r1.8vYk3mQxN0w2Zt6bHs4LdQ",  # nosec B105
    },
    "NewUser": {
        "email": "ada@example.org",
        "password": PASSWORD,
        "first_name": "Ada",
        "last_name": "Byron",
        "role": "seeker",
    },
    "NewSession": {"email": "ada@example.org", "password": PASSWORD},
    "RefreshSession": {"refresh_token": "r1.8vYk3mQxN0w2Zt6bHs4LdQ"},  # nosec B105
    "ChangeUser": {"time_zone": "Europe/Berlin", "language": "en"},
    "ChangePassword": {
        "current_password": PASSWORD,
        "new_password": "a much longer horse and a staple",  # nosec B105
    },
    "ChangeEmail": {"new_email": "ada.byron@example.org", "current_password": PASSWORD},
    "VerifyEmail": {"token": TOKEN},
    "RequestPasswordReset": {"email": "ada@example.org"},
    "ResetPassword": {"token": TOKEN, "new_password": "a much longer horse and a staple"},  # nosec B105
    "SignIn": {
        "id": SESSION,
        "current": True,
        "created_at": "2026-11-22T18:02:31Z",
        "last_used_at": "2026-11-23T07:55:12Z",
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    },
    "PublicKeys": {
        "keys": [
            {
                "kty": "EC",
                "crv": "P-256",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                "kid": "2026-11-01",
                "alg": "ES256",
                "use": "sig",
            }
        ]
    },
}
# Where an operation answers with something else.
OPERATIONS: dict[str, Any] = {
    "POST /users/register": SCHEMAS["Session"]
    | {"user": USER | {"email_verified": False, "updated_at": USER["created_at"]}},
}
