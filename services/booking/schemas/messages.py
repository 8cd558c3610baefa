"""Messages in requests and responses."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from services.booking.domain.messages import Message as DomainMessage
from services.booking.domain.model import Actor
from shared.fields import RequestBody, VisibleParagraphs

MessageBody = Annotated[
    VisibleParagraphs,
    msgspec.Meta(min_length=1, max_length=4000, examples=["I have attached the plans above."]),
]


class NewMessage(RequestBody, frozen=True):
    """A message to the other party."""

    body: MessageBody


class ReadMessages(RequestBody, frozen=True):
    """The last message that was read."""

    up_to: UUID


class Message(msgspec.Struct, frozen=True):
    """A message from one party to the other, in plain text."""

    id: UUID
    booking_id: UUID
    author: Actor
    body: str
    created_at: datetime
    read_at: datetime | None


def message_schema(message: DomainMessage) -> Message:
    """A message as a response."""
    return Message(
        id=message.id,
        booking_id=message.booking_id,
        author=message.author,
        body=message.body,
        created_at=message.created_at,
        read_at=message.read_at,
    )
