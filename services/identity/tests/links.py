"""Helpers for following links in mails."""

from typing import Any

from services.identity import deactivate
from services.identity.commands.recovery import send_resets
from services.identity.settings import IdentitySettings
from services.identity.tests.conftest import PASSWORD, SECRET
from shared.events import (
    PasswordResetRequested,
)
from shared.settings import load

NEW = "another horse battery staple"


async def last(identity: Any, kind: Any) -> Any:
    return (await identity.harness.emitted(kind))[-1]


async def verify(identity: Any, token: str) -> Any:
    return await identity.harness.post("/users/verify-email", json={"token": token})


async def ask_reset(identity: Any, email: str = "ada@example.org") -> Any:
    return await identity.harness.post("/users/password-reset", json={"email": email})


async def reset(identity: Any, token: str, password: str = NEW) -> Any:
    body = {"token": token, "new_password": password}
    return await identity.harness.post("/users/password-reset/confirm", json=body)


async def reset_token(identity: Any, email: str = "ada@example.org") -> str:
    assert (await ask_reset(identity, email)).status_code == 202
    await send_resets(identity.harness.database)
    token: str = (await last(identity, PasswordResetRequested)).token
    return token


def invalid(answer: Any) -> bool:
    return (answer.status_code, answer.json()["code"]) == (400, "invalid_token")


async def change_email(
    identity: Any, session: Any, new: str, password: str = PASSWORD, **options: Any
) -> Any:
    body = {"new_email": new, "current_password": password}
    return await identity.call("POST", "/users/me/email", session, json=body, **options)


async def close_account(identity: Any, email: str) -> None:
    environment = {
        "DATABASE_URL": identity.harness.database.url,
        "AMQP_URL": "amqp://x",
        "SIGNING_KEY_SECRET": SECRET,
    }
    assert await deactivate.deactivate(load(IdentitySettings, environment), email) == "closed"
