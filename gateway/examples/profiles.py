"""Profiles, cards, photos and ratings of the directory."""

from __future__ import annotations

from typing import Any

from gateway.examples.story import GRACE, PHOTO, RATING, REPLY, START

CARD = {
    "consultant_id": GRACE,
    "first_name": "Grace",
    "last_name": "Hopper",
    "headline": "PostgreSQL performance, explained",
    "expertise_tags": ["postgresql", "performance"],
    "languages": ["en", "de"],
    "hourly_rate": 6000,
    "currency": "eur",
    "average_rating": 4.83,
    "rating_count": 12,
    "next_available_at": START,
    "photo_url": PHOTO.format(256),
    "verified": True,
    "created_at": "2026-03-02T10:15:00Z",
    "updated_at": "2026-11-20T07:41:19Z",
}
BIO = "Fifteen years of databases: modelling, tuning, and calm migrations of large tables."

SCHEMAS: dict[str, Any] = {
    "Card": CARD,
    "Profile": CARD | {"bio": BIO},
    "SaveProfile": {
        "headline": CARD["headline"],
        "bio": BIO,
        "expertise_tags": ["postgresql", "performance"],
        "hourly_rate": 6000,
        "currency": "eur",
        "languages": ["en", "de"],
    },
    "ConsultantRating": RATING | {"seeker_first_name": "Ada", "reply": REPLY},
    "Photo": {
        "photo_url": PHOTO.format(640),
        "sizes": {str(side): PHOTO.format(side) for side in (96, 256, 640)},
    },
}
