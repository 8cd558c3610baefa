"""The settings of the marketplace."""

from __future__ import annotations

from typing import Any

SCHEMAS: dict[str, Any] = {
    "ClientConfig": {
        "brand": {"name": "Consultant Connect", "color": "#0f6b60", "logo_url": None},
        "currencies": [
            {"code": "eur", "exponent": 2, "minimum": 50, "maximum": 99_999_999, "step": 1}
        ],
        "locales": ["en", "de", "ar"],
        "free_period_seconds": 600,
        "commission_bps": 1500,
        "cancel_free_seconds": 86400,
        "late_cancel_bps": 5000,
        "minimum_slot_seconds": 900,
        "start_early_seconds": 900,
        "auto_end_after_seconds": 900,
        "stripe_publishable_key": "pk_test_51SVx2kQ4mD8nTz3f",
        "stripe_js_url": None,
        "features": {"sandbox": False, "verified_email_required": False},
    },
}
