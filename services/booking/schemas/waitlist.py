"""Entries of the waitlist as clients send and get them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from services.booking.domain.waitlist import WaitlistEntry as DomainEntry
from services.booking.domain.waitlist import wait_time_errors
from services.booking.queries.waitlist import WaitlistPlace
from services.booking.schemas import Request
from services.booking.schemas.bookings import Person
from shared.clock import now
from shared.fields import Instant
from shared.rules import ValidFields


class NewWaitlistEntry(Request, frozen=True, rename={"from_": "from"}):
    """The time for which a seeker waits: slots that lie within it."""

    from_: Instant
    to: Instant

    @staticmethod
    def command_errors(fields: ValidFields) -> Iterable[tuple[str, str]]:
        """What is wrong with the two together, and by the clock."""
        return wait_time_errors(fields.get("from"), fields.get("to"), now())


class WaitlistEntry(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """For which time I wait; `told_at` is when I was last notified of a free one."""

    id: UUID
    consultant_id: UUID
    from_: datetime
    to: datetime
    created_at: datetime
    told_at: datetime | None


class MyWaitlistEntry(WaitlistEntry, frozen=True):
    """The same, with the consultant's name."""

    consultant: Person


def place_schema(place: WaitlistPlace) -> MyWaitlistEntry:
    """An entry in the list of all that its seeker waits for."""
    whose = Person(place.entry.consultant_id, place.first_name, place.last_name)
    entry = msgspec.structs.asdict(waitlist_schema(place.entry))
    return MyWaitlistEntry(**entry, consultant=whose)


def waitlist_schema(entry: DomainEntry) -> WaitlistEntry:
    """An entry as its seeker sees it."""
    return WaitlistEntry(
        id=entry.id,
        consultant_id=entry.consultant_id,
        from_=entry.from_time,
        to=entry.to_time,
        created_at=entry.created_at,
        told_at=entry.told_at,
    )
