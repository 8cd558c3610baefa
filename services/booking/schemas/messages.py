"""Messages in requests."""

from typing import Annotated
from uuid import UUID

import msgspec

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
