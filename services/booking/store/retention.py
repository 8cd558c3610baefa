"""Rows that are deleted some time after they are of use. Bookings and their timelines are kept as
the parties' record.
"""

from datetime import timedelta

from services.booking.tables import availability_slots, busy_conflicts, withdrawn_times
from shared.pruning import Retention

A_DAY = timedelta(days=1)

RETENTIONS = (
    # For how long consultants can see their past slots. Bookings have their own times.
    Retention(availability_slots, availability_slots.c.end_time, timedelta(days=90)),
    Retention(withdrawn_times, withdrawn_times.c.end_time, A_DAY),
    Retention(busy_conflicts, busy_conflicts.c.scheduled_end, A_DAY),
)
