"""What notifications does when others tell: it keeps who there is and what is booked, and tells
whom it concerns. The table of `domain/kinds.py` says who that is.
"""

from __future__ import annotations

from services.notifications.reactions.about import ABOUT
from services.notifications.reactions.accounts import ACCOUNTS
from services.notifications.reactions.bookings import BOOKINGS
from shared.inbox import Reactions

REACTIONS: Reactions = (*ACCOUNTS, *BOOKINGS, *ABOUT)
