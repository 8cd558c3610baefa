"""Waitlist entries in requests and responses."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from services.booking.domain.waitlist import WaitlistEntry as DomainWaitlistEntry
from services.booking.domain.waitlist import wait_time_errors
from services.booking.queries.waitlist import WaitlistPlace
from services.booking.schemas.bookings import Person
from services.booking.settings import BookingSettings
from shared.clock import now
from shared.fields import Instant, RequestBody
from shared.rules import ValidFields


class NewWaitlistEntry(RequestBody, frozen=True, rename={"from_": "from"}):
    """The period for which a seeker waits for slots."""

    from_: Instant
    to: Instant

    @staticmethod
    def command_errors(fields: ValidFields, settings: BookingSettings) -> Iterable[tuple[str, str]]:
        """Errors of the combination of times, and compared with the current time."""
        return wait_time_errors(fields.get("from"), fields.get("to"), now())


class WaitlistEntry(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """An entry on a waitlist; `told_at` is when the seeker was last notified of a free slot."""

    id: UUID
    consultant_id: UUID
    from_: datetime
    to: datetime
    created_at: datetime
    told_at: datetime | None


class MyWaitlistEntry(WaitlistEntry, frozen=True):
    """An entry with the consultant's name."""

    consultant: Person


def my_waitlist_entry_schema(place: WaitlistPlace) -> MyWaitlistEntry:
    """An entry in the list of a seeker's entries."""
    whose = Person(place.entry.consultant_id, place.first_name, place.last_name)
    entry = msgspec.structs.asdict(waitlist_entry_schema(place.entry))
    return MyWaitlistEntry(**entry, consultant=whose)


def waitlist_entry_schema(entry: DomainWaitlistEntry) -> WaitlistEntry:
    """An entry as seen by its seeker."""
    return WaitlistEntry(
        id=entry.id,
        consultant_id=entry.consultant_id,
        from_=entry.from_time,
        to=entry.to_time,
        created_at=entry.created_at,
        told_at=entry.told_at,
    )
