"""/bookings/{id}/rating: the seeker rates a session, the consultant replies"""

from uuid import UUID

from litestar.params import FromPath, JSONBody

from services.booking.commands.ratings import rate_session, reply_to_rating
from services.booking.errors import AlreadyRated, AlreadyReplied
from services.booking.routes.actions import booking_action
from services.booking.schemas.ratings import (
    NewRating,
    NewReply,
    Rating,
    Reply,
    rating_schema,
    reply_schema,
)
from shared.auth import consultant, seeker
from shared.dependencies import AuthenticatedRequest, Db


@booking_action(
    "/bookings/{booking_id:uuid}/rating",
    seeker,
    summary="Rate the session",
    tag="session",
    status_code=201,
    refusals=(AlreadyRated,),
)
async def rate(
    request: AuthenticatedRequest, db: Db, booking_id: FromPath[UUID], data: JSONBody[NewRating]
) -> Rating:
    """From 1 to 5, once, after a completed session. It is shown on the consultant's page with the
    seeker's first name.
    """
    rating = await rate_session(
        db, booking_id=booking_id, by=request.user, score=data.score, comment=data.comment
    )
    return rating_schema(rating)


@booking_action(
    "/bookings/{booking_id:uuid}/rating/reply",
    consultant,
    summary="Reply to the rating",
    tag="session",
    status_code=201,
    refusals=(AlreadyReplied,),
)
async def reply(
    request: AuthenticatedRequest, db: Db, booking_id: FromPath[UUID], data: JSONBody[NewReply]
) -> Reply:
    """Possible once. It is shown below the rating, on the consultant's page."""
    given = await reply_to_rating(db, booking_id=booking_id, by=request.user, body=data.body)
    return reply_schema(given)


HANDLERS = (rate, reply)
