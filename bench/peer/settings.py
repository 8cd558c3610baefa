"""The peer's settings, from the environment."""

from __future__ import annotations

import os


class Settings:
    """URLs, the Stripe stand-in and the rules of the marketplace."""

    database_url = os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1/peer")
    pool_size = int(os.environ.get("DATABASE_POOL_SIZE", "20"))
    jwt_secret = os.environ.get("JWT_SECRET", "only-for-benchmarks-on-this-machine")
    bcrypt_rounds = int(os.environ.get("BCRYPT_ROUNDS", "12"))
    stripe_api_base = os.environ.get("STRIPE_API_BASE", "http://127.0.0.1:12111")
    stripe_secret_key = os.environ.get("STRIPE_SECRET_KEY", "sk_test_peer")
    free_period_seconds = int(os.environ.get("FREE_PERIOD_SECONDS", "600"))
    commission_bps = int(os.environ.get("COMMISSION_BPS", "1500"))
    start_early_seconds = int(os.environ.get("START_EARLY_SECONDS", "900"))
    respond_within_seconds = int(os.environ.get("RESPOND_WITHIN_SECONDS", "172800"))


settings = Settings()
