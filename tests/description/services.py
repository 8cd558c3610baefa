"""The services under test, with a seeker and a consultant known to them."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable

from shared.auth import User
from shared.events import UserRegistered
from shared.ids import new_id
from shared.testing import ServiceHarness

Services = Callable[[str], Awaitable[ServiceHarness]]

SEEKER = User(new_id(), "seeker", "Ada", "Byron")
CONSULTANT = User(new_id(), "consultant", "Grace", "Hopper")
# An id that no resource and no user has.
UNKNOWN_ID = "01930000-0000-7000-8000-000000000000"
PASSWORD = "correct horse battery staple"
SETTINGS = {
    "signing_key_secret": base64.urlsafe_b64encode(bytes(32)).decode(),
    "bcrypt_rounds": "4",
    "login_attempts_per_minute": "10000000",
    "stripe_secret_key": "sk_test_none",
    "stripe_publishable_key": "pk_test_none",
    "stripe_webhook_secret": "whsec_none",
}


def registered(user: User) -> UserRegistered:
    return UserRegistered(
        user_id=user.id,
        role=user.role,
        first_name=user.first_name,
        last_name=user.last_name,
        email=f"{user.role}@example.org",
    )
