"""/bookings/{id}/messages"""

from uuid import UUID

from litestar import get
from litestar.params import FromPath, JSONBody

from services.booking.commands.messages import post_message, read_messages
from services.booking.queries.messages import messages_for
from services.booking.routes.actions import booking_action
from services.booking.schemas.messages import Message, NewMessage, ReadMessages, message_schema
from shared.auth import signed_in
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import NotFound


@get(
    "/bookings/{booking_id:uuid}/messages",
    guards=[signed_in],
    responses=errors(NotFound),
    tags=["messages"],
    summary="List the messages of a booking",
)
async def messages(
    request: AuthenticatedRequest,
    reader: Reader,
    booking_id: FromPath[UUID],
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Message]:
    """Messages between its parties, oldest first, in plain text."""
    found = await messages_for(reader, booking_id, request.user, limit, cursor)
    return found.map(message_schema)


@booking_action(
    "/bookings/{booking_id:uuid}/messages",
    signed_in,
    summary="Send a message to the other party",
    tag="messages",
    status_code=201,
)
async def send(
    request: AuthenticatedRequest,
    db: Db,
    booking_id: FromPath[UUID],
    data: JSONBody[NewMessage],
) -> Message:
    """Possible from the request until 30 days after the scheduled end. The other party is notified
    at once, and by mail if they have not read it within a few minutes.
    """
    posted = await post_message(db, booking_id=booking_id, by=request.user, body=data.body)
    return message_schema(posted)


@booking_action(
    "/bookings/{booking_id:uuid}/messages/read",
    signed_in,
    summary="Mark messages as read",
    tag="messages",
    status_code=204,
)
async def mark(
    request: AuthenticatedRequest,
    db: Db,
    booking_id: FromPath[UUID],
    data: JSONBody[ReadMessages],
) -> None:
    """Marks all messages of the other party as read, up to and including this one."""
    await read_messages(db, booking_id=booking_id, by=request.user, up_to=data.up_to)


HANDLERS = (messages, send, mark)
