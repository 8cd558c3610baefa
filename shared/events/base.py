"""What every event is."""

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened. TYPE is the wire name and routing key, PRODUCER its publisher,
    CONSUMERS the services that react; AGGREGATE_ID names the field of the aggregate within which
    order is kept.
    """

    TYPE: ClassVar[str]
    PRODUCER: ClassVar[str]
    CONSUMERS: ClassVar[tuple[str, ...]]
    AGGREGATE_ID: ClassVar[str]
