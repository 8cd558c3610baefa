"""What the directory answers in tests of the public pages."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from gateway.site.addresses import expert_path
from gateway.tests.conftest import ReceivedRequest, Service, reply

INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8" />
<meta name="description" content="The app." />
<link rel="icon" href="/favicon.svg" type="image/svg+xml" />
<title>App</title></head><body><div id="root"></div>
<noscript>This page needs JavaScript.</noscript></body></html>"""
GRACE = UUID("019a4a5e-2c00-7c31-9d5e-3f1a2b4c5d6e")
CARD: dict[str, Any] = {
    "consultant_id": str(GRACE),
    "first_name": "Grace",
    "last_name": "Hopper",
    "headline": "Compilers </script><b>& more",
    "expertise_tags": ["compilers", "navy"],
    "languages": ["en"],
    "hourly_rate": 15000,
    "currency": "eur",
    "average_rating": 4.83,
    "rating_count": 12,
    "verified": True,
    "next_available_at": "2026-12-01T09:00:00Z",
    "created_at": "2026-11-22T18:20:00Z",
    "updated_at": "2026-11-22T18:20:00.123456Z",
}
PROFILE = {**CARD, "bio": "First paragraph.\n\nSecond <i>one</i>."}
RATING = {
    "score": 5,
    "comment": "Clear.",
    "seeker_first_name": "Ada",
    "created_at": "2026-11-22T18:20:00Z",
    "reply": {"body": "Thanks, <Ada>.", "created_at": "2026-11-23T18:20:00Z"},
}
ADDRESS = expert_path(GRACE, "Grace", "Hopper")
SITE = "https://market.example"


class Directory:
    """What the directory answers, by address."""

    def __init__(self, service: Service) -> None:
        self.answers: dict[str, Any] = {
            "/consultants?limit=24&sort=relevance": {"items": [CARD], "next_cursor": None},
            f"/consultants/{GRACE}/profile": PROFILE,
            f"/consultants/{GRACE}/ratings?limit=10": {"items": [RATING], "next_cursor": None},
            "/internal/consultants/starts?every=49000": [str(GRACE)],
        }
        service.answer = self.answer

    async def answer(self, received: ReceivedRequest, writer: Any) -> None:
        found = self.answers.get(received.target)
        status = 200 if found is not None else 404
        writer.write(reply(status, json.dumps(found or {}).encode()))
