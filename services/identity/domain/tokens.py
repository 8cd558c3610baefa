"""How long tokens are valid."""

from datetime import timedelta

ACCESS_SECONDS = 900
# Counted from the last refresh: a user who comes once a month stays signed in.
REFRESH_LIFE = timedelta(days=30)
VERIFICATION_LIFE = timedelta(hours=24)
RESET_LIFE = timedelta(hours=1)
