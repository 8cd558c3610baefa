"""Payment history, totals, authentication with the bank, and refunds."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from services.payments.commands import authentication, refunds
from services.payments.errors import (
    NothingToAuthenticate,
    NotRefundable,
    PaymentDisputedAlready,
    RefundTooLarge,
    StripeRefused,
    StripeUnavailable,
)
from services.payments.queries.lists import history_of
from services.payments.queries.totals import earnings_of, spending_of
from services.payments.routes.dependencies import StripeClient
from services.payments.routes.stripe_answers import stripe_answers
from services.payments.schemas.payments import (
    Authentication,
    Earnings,
    HistoryItem,
    NewRefund,
    Refund,
    Spending,
    earnings_schema,
    history_item_schema,
    refund_schema,
    spending_schema,
)
from shared.auth import consultant, seeker, signed_in
from shared.clock import utc_or_none
from shared.dependencies import AuthenticatedRequest, Db, Reader
from shared.fields import Instant
from shared.idempotency import idempotent
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import NotFound
from shared.query import IN_ORDER


@get("/payments/history", guards=[seeker], tags=["payments"], summary="List my payments")
async def history(
    request: AuthenticatedRequest, reader: Reader, limit: Limit = 20, cursor: Cursor = None
) -> Page[HistoryItem]:
    """Payments from the first authorisation on, newest first: held, charged, owed or released."""
    found = await history_of(reader, request.user.id, limit, cursor)
    return found.map(history_item_schema)


@get(
    "/payments/summary",
    guards=[signed_in],
    tags=["payments"],
    summary="Show my totals per month",
    opt={IN_ORDER: [("from", "to")]},
)
async def summary(
    request: AuthenticatedRequest,
    reader: Reader,
    from_: Annotated[
        Instant | None, QueryParameter(name="from", description="Captured at this time or later.")
    ] = None,
    to: Annotated[Instant | None, QueryParameter(description="Captured before this time.")] = None,
) -> Spending | Earnings:
    """A seeker's spending, a consultant's earnings."""
    since, until = utc_or_none(from_, "from"), utc_or_none(to, "to")
    if request.user.role == "consultant":
        return earnings_schema(await earnings_of(reader, request.user.id, since, until))
    return spending_schema(await spending_of(reader, request.user.id, since, until))


@get(
    "/payments/{booking_id:uuid}/authentication",
    guards=[seeker],
    responses=errors(NotFound, NothingToAuthenticate, StripeUnavailable, StripeRefused),
    tags=["payments"],
    summary="Authenticate with the bank",
)
async def authenticate(
    request: AuthenticatedRequest, booking_id: FromPath[UUID], reader: Reader, stripe: StripeClient
) -> Authentication:
    """The secret with which the browser has the cardholder authenticate, after `payment_failure` =
    `authentication_required`.
    """
    with stripe_answers():
        secret = await authentication.secret_for(reader, stripe, booking_id, request.user.id)
    return Authentication(secret)


@post(
    "/payments/{booking_id:uuid}/refund",
    guards=[consultant],
    status_code=202,
    responses=errors(NotFound, NotRefundable, RefundTooLarge, PaymentDisputedAlready),
    tags=["payments"],
    summary="Refund a booking",
)
@idempotent
async def refund(
    request: AuthenticatedRequest, booking_id: FromPath[UUID], data: JSONBody[NewRefund], db: Db
) -> Refund:
    """Returns all or part of a captured payment of one's own booking; the consultant's share goes
    back in proportion.
    """
    made = await refunds.request_refund(db, booking_id, request.user.id, data.amount, data.reason)
    return refund_schema(made)


HANDLERS = (history, summary, authenticate, refund)
