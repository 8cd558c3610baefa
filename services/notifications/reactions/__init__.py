"""Reactions of notifications to other services' events: they maintain projections of users and
bookings, and notify the recipients given by the table in `domain/kinds.py`.
"""

from __future__ import annotations

from services.notifications.reactions.accounts import ACCOUNTS
from services.notifications.reactions.booking_activity import BOOKING_ACTIVITY
from services.notifications.reactions.bookings import BOOKINGS
from shared.inbox import Reactions

REACTIONS: Reactions = (*ACCOUNTS, *BOOKINGS, *BOOKING_ACTIVITY)
