"""Helpers for the tests of sessions."""

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

COOKIE = "refresh_token_8000"  # derived from PUBLIC_URL's port
GRACE = timedelta(seconds=10)


def cookie_of(answer: Any) -> Any:
    return SimpleCookie(answer.headers["set-cookie"])[COOKIE]


def refused(answer: Any, code: str = "unauthenticated") -> bool:
    return (answer.status_code, answer.json()["code"]) == (
        401,
        code,
    ) and "www-authenticate" in answer.headers
