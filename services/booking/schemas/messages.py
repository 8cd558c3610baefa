"""Messages in requests."""

from typing import Annotated
from uuid import UUID

import msgspec

from services.booking.schemas import Request
from shared.fields import VisibleParagraphs

MessageBody = Annotated[
    VisibleParagraphs,
    msgspec.Meta(min_length=1, max_length=4000, examples=["I have attached the plans above."]),
]


class NewMessage(Request, frozen=True):
    """A message to the other party."""

    body: MessageBody


class ReadMessages(Request, frozen=True):
    """The last message that was read."""

    up_to: UUID
