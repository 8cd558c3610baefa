"""Events of directory: consultants' profiles."""

from typing import ClassVar
from uuid import UUID

from shared.events.base import Event


class ProfileUpdated(Event, frozen=True, kw_only=True):
    """A consultant has published or changed their profile; `hourly_rate` is in minor units per
    hour.
    """

    TYPE: ClassVar[str] = "profile.updated.v1"
    PRODUCER: ClassVar[str] = "directory"
    CONSUMERS: ClassVar[tuple[str, ...]] = ("booking",)
    AGGREGATE_ID: ClassVar[str] = "consultant_id"
    consultant_id: UUID
    hourly_rate: int
    currency: str
