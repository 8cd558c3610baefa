"""Calendar feeds in responses."""

import msgspec


class CalendarFeed(msgspec.Struct, frozen=True):
    """The address from which calendar programs read my bookings."""

    url: str
