"""The HTTP edge. Where Stripe is called, no transaction is open."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.openapi.datastructures import ResponseSpec

from services.payments import queries
from services.payments.commands import accounts, authentication, cards, refunds
from services.payments.domain.views import HistoryItem, PaymentMethod, PayoutItem
from services.payments.errors import (
    NoPaymentMethod,
    NoPayoutAccount,
    NothingToAuthenticate,
    NotRefundable,
    PaymentDisputedAlready,
    RefundTooLarge,
    StripeRefused,
    StripeUnavailable,
)
from services.payments.routes.idempotency import idempotent_call
from services.payments.routes.webhook import receive
from services.payments.schemas import (
    Authentication,
    ConnectAccount,
    ConnectStatus,
    Earnings,
    Refund,
    RefundRequest,
    SetupIntent,
    Spending,
)
from services.payments.stripe_api import Refused, StripeProblem
from shared import clock
from shared.auth import consultant, seeker, signed_in
from shared.fields import Instant
from shared.idempotency import idempotent
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page
from shared.problems import FieldError, NotFound, ValidationFailed
from shared.service import Db, FromPath, JSONBody, QueryParameter, Reader
from shared.telemetry import log

AnyRequest = Request[Any, Any, Any]
# A card's event is usually here within a second; after that we look ourselves.
EVENT_USUALLY_WITHIN = timedelta(seconds=3)


@contextlib.contextmanager
def stripe_answers() -> Iterator[None]:
    """Tells the client what Stripe's trouble is to them: try again, or it is our fault."""
    try:
        yield
    except Refused as refused:
        log.error("Stripe refused a request", reason=str(refused))
        raise StripeRefused from refused
    except StripeProblem as problem:
        raise StripeUnavailable from problem


@post(
    "/payments/setup-intent",
    guards=[seeker],
    status_code=201,
    responses=errors(StripeUnavailable, StripeRefused),
    tags=["payments"],
    summary="Begin saving a card",
)
@idempotent_call
async def start_setup(request: AnyRequest) -> Response[SetupIntent]:
    """A SetupIntent that the browser confirms with Stripe; the card is on file once Stripe says
    so.
    """
    state = request.app.state
    with stripe_answers():
        made = await cards.start_setup(state.service.database, state.stripe, request.user)
    key = state.settings.stripe_publishable_key
    return Response(SetupIntent(made.id, made.client_secret, key), status_code=201)


@get(
    "/payments/payment-method",
    guards=[seeker],
    responses=errors(NoPaymentMethod),
    tags=["payments"],
    summary="The card on file",
)
async def payment_method(request: AnyRequest, reader: Reader) -> PaymentMethod:
    card = await queries.card_of(reader, request.user.id)
    if card is None:
        card = await _look_at_stripe(request, reader)
    if card is None:
        raise NoPaymentMethod
    return card


async def _look_at_stripe(request: AnyRequest, reader: Any) -> PaymentMethod | None:
    """A card that was saved and not told of: its event may be late or lost."""
    before = clock.now() - EVENT_USUALLY_WITHIN
    setup_intent_id = await queries.open_setup_of(reader, request.user.id, before)
    if setup_intent_id is None:
        return None
    state = request.app.state
    with contextlib.suppress(StripeProblem):
        await cards.check_setup(state.service.database, state.stripe, setup_intent_id)
    return await queries.card_of(reader, request.user.id)


@delete(
    "/payments/payment-method",
    guards=[seeker],
    responses=errors(NoPaymentMethod),
    tags=["payments"],
    summary="Forget the card",
)
async def remove_payment_method(request: AnyRequest, db: Db) -> None:
    await cards.remove_card(db, request.user.id)


@post(
    "/payments/connect-account",
    guards=[consultant],
    status_code=201,
    responses={
        200: ResponseSpec(
            ConnectAccount,
            description="The account was there; a fresh link",
            generate_examples=False,
        ),
        **errors(StripeUnavailable, StripeRefused),
    },
    tags=["payouts"],
    summary="Open or complete the payout account",
)
@idempotent_call
async def connect_account(request: AnyRequest) -> Response[ConnectAccount]:
    """201 the first time, 200 after; always with a fresh single-use link into Stripe's
    onboarding.
    """
    state = request.app.state
    with stripe_answers():
        made = await accounts.connect(
            state.service.database, state.stripe, state.settings, request.user
        )
    body = ConnectAccount(made.account.id, made.account.status, made.link.url, made.link.expires_at)
    return Response(body, status_code=201 if made.created else 200)


@get(
    "/payments/connect-account",
    guards=[consultant],
    responses=errors(NoPayoutAccount),
    tags=["payouts"],
    summary="The payout account",
)
async def connect_status(request: AnyRequest, reader: Reader) -> ConnectStatus:
    """Read anew at Stripe while the account is not active, so that onboarding shows at once."""
    account = await queries.account_of(reader, request.user.id)
    if account is None:
        raise NoPayoutAccount
    if account.status != "active":
        state = request.app.state
        with contextlib.suppress(StripeProblem):
            account = await accounts.refresh(
                state.service.database, state.stripe, request.user.id, account.id
            )
    return ConnectStatus(account.id, account.status, account.requirements)


@get("/payments/history", guards=[seeker], tags=["payments"], summary="What I paid")
async def history(
    request: AnyRequest, reader: Reader, limit: Limit = 20, cursor: Cursor = None
) -> Page[HistoryItem]:
    return await queries.history_of(reader, request.user.id, limit, cursor)


@get("/payments/payouts", guards=[consultant], tags=["payouts"], summary="What I earned")
async def payouts(
    request: AnyRequest, reader: Reader, limit: Limit = 20, cursor: Cursor = None
) -> Page[PayoutItem]:
    return await queries.payouts_of(reader, request.user.id, limit, cursor)


@get("/payments/summary", guards=[signed_in], tags=["payments"], summary="Totals per month")
async def summary(
    request: AnyRequest,
    reader: Reader,
    from_: Annotated[
        Instant | None, QueryParameter(name="from", description="Captured at or after.")
    ] = None,
    to: Annotated[Instant | None, QueryParameter(description="Captured before.")] = None,
) -> Spending | Earnings:
    """A seeker's spending, a consultant's earnings."""
    since = clock.utc(from_, "from") if from_ is not None else None
    until = clock.utc(to, "to") if to is not None else None
    if since is not None and until is not None and since >= until:
        raise ValidationFailed([FieldError("to", "must be after from")])
    if request.user.role == "consultant":
        return Earnings(await queries.earnings_of(reader, request.user.id, since, until))
    return Spending(await queries.spending_of(reader, request.user.id, since, until))


@get(
    "/payments/{booking_id:uuid}/authentication",
    guards=[seeker],
    responses=errors(NotFound, NothingToAuthenticate, StripeUnavailable, StripeRefused),
    tags=["payments"],
    summary="Confirm with the bank",
)
async def authenticate(
    request: AnyRequest, booking_id: FromPath[UUID], reader: Reader
) -> Authentication:
    """The secret with which the browser has the cardholder authenticate, after `payment_failure` =
    `authentication_required`.
    """
    with stripe_answers():
        secret = await authentication.secret_for(
            reader, request.app.state.stripe, booking_id, request.user.id
        )
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
    request: AnyRequest, booking_id: FromPath[UUID], data: JSONBody[RefundRequest], db: Db
) -> Refund:
    """Returns all or part of a captured payment of one's own booking; the consultant's share goes
    back in proportion.
    """
    row = await refunds.request_refund(db, booking_id, request.user.id, data.amount, data.reason)
    return Refund(row.id, row.booking_id, row.amount, row.reason, row.state, row.created_at)


ROUTES = [
    start_setup,
    payment_method,
    remove_payment_method,
    connect_account,
    connect_status,
    history,
    payouts,
    summary,
    authenticate,
    refund,
    receive,
]
