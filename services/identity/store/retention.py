"""Rows that are deleted when they have expired."""

from datetime import timedelta

from services.identity.domain.tokens import REFRESH_LIFE
from services.identity.tables import (
    email_tokens,
    login_attempts,
    refresh_families,
    refresh_tokens,
    signing_keys,
)
from shared.pruning import Retention

RETENTIONS = (
    Retention(refresh_families, refresh_families.c.expires_at),
    # A session that keeps being refreshed is kept, but its refresh tokens older than the maximum
    # idle time of a session have expired, used or not.
    Retention(refresh_tokens, refresh_tokens.c.created_at, REFRESH_LIFE),
    Retention(email_tokens, email_tokens.c.expires_at),
    # An hour is the longest time in which attempts are counted. Guessing makes many of these.
    Retention(login_attempts, login_attempts.c.started_at, timedelta(hours=1), every=60.0),
    # Retired once the last token that it signed has expired. There are never more than a few.
    Retention(signing_keys, signing_keys.c.retires_at),
)
