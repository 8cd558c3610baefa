"""The base class of all events."""

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened. TYPE is the wire name and routing key, PRODUCER the service that
    publishes it, CONSUMERS the services that react to it. AGGREGATE_ID names the field that
    identifies the aggregate within which events are numbered.
    """

    TYPE: ClassVar[str]
    PRODUCER: ClassVar[str]
    CONSUMERS: ClassVar[tuple[str, ...]]
    AGGREGATE_ID: ClassVar[str]
