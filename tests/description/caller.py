"""Calls one operation, and compares the response with the description."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from gateway.routes import Route
from shared.field_codes import BEYOND_SCHEMAS
from shared.testing import ServiceHarness, token_for
from tests.description.bodies import valid_body
from tests.description.document import operation_of
from tests.description.services import CONSULTANT, PASSWORD, SEEKER, UNKNOWN_ID

# These end the caller's session, or are limited to three calls an hour: each call is by a new user.
ONCE_EACH = ("/users/me/password", "/users/me/email")


class Caller:
    """Calls one operation as a user who is allowed to."""

    def __init__(self, route: Route, service: ServiceHarness) -> None:
        self.route, self.service = route, service
        self.documented = operation_of(route)["responses"]
        self._token = ""

    async def ask(self, query: Any = (), body: Any = None) -> httpx.Response:
        headers = {}
        if self.route.who != "anyone":
            headers["authorization"] = f"Bearer {await self._access_token()}"
        if body is not None:
            headers["content-type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        return await self.service.http.request(
            self.route.method, self._path(), params=query, headers=headers, content=content
        )

    async def _access_token(self) -> str:
        if self.service.name != "identity":
            return token_for(CONSULTANT if self.route.who == "consultant" else SEEKER)
        if not self._token or self.route.path in ONCE_EACH:
            schema = {"$ref": "#/components/schemas/NewUser"}
            person = {**valid_body(schema), "password": PASSWORD, "refresh": "body"}
            answer = await self.service.post("/users/register", json=person)
            self._token = answer.json()["access_token"]
        return self._token

    def _path(self) -> str:
        known = {"consultant_id": str(CONSULTANT.id)}
        return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], UNKNOWN_ID), self.route.path)

    def judge(self, answer: httpx.Response, *, allowed: bool, name: str) -> str | None:
        """The difference between the response and the description, or None."""
        problem = answer.json() if answer.status_code >= 400 else {}
        errors = problem.get("errors", [])
        if not allowed:
            named = [e["field"] for e in errors]
            # `slots` is also named by an error about `slots[0]`
            if answer.status_code == 400 and any(field.startswith(name) for field in named):
                return None
            return f"is forbidden, and the answer is {answer.status_code} {problem}"
        if answer.status_code < 400:
            return None
        codes = self.documented.get(str(answer.status_code), {}).get("x-problem-codes", ())
        beyond = all(error.get("code") in BEYOND_SCHEMAS for error in errors)
        if answer.status_code not in (429, 503) and problem["code"] in codes and beyond:
            return None
        return f"is allowed, and the answer is {answer.status_code} {problem}"
