"""The payout account and payouts. No transaction is open while Stripe is called."""

import contextlib

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec

from services.payments.commands import accounts
from services.payments.errors import (
    EmailNotVerified,
    NoPayoutAccount,
    StripeRefused,
    StripeUnavailable,
)
from services.payments.queries.accounts import account_of
from services.payments.queries.lists import payouts_of
from services.payments.routes.dependencies import Cipher, Settings, StripeClient
from services.payments.routes.idempotency import call_once
from services.payments.routes.stripe_answers import stripe_answers
from services.payments.schemas.payouts import (
    PayoutAccount,
    PayoutItem,
    PayoutOnboarding,
    payout_account_schema,
    payout_item_schema,
    payout_onboarding_schema,
)
from services.payments.stripe_api import StripeProblem
from shared.auth import consultant
from shared.dependencies import AuthenticatedRequest, Pool, Reader
from shared.openapi import errors
from shared.paging import Cursor, Limit, Page


@post(
    "/payments/connect-account",
    guards=[consultant],
    status_code=201,
    responses={
        200: ResponseSpec(
            PayoutOnboarding,
            description="The account existed already; a fresh link",
            generate_examples=False,
        ),
        **errors(EmailNotVerified, StripeUnavailable, StripeRefused),
    },
    tags=["payouts"],
    summary="Open or complete the payout account",
)
async def connect_account(
    request: AuthenticatedRequest,
    pool: Pool,
    stripe: StripeClient,
    settings: Settings,
    cipher: Cipher,
) -> Response[PayoutOnboarding]:
    """201 the first time, 200 after; always with a fresh single-use link into Stripe's
    onboarding.
    """

    async def connect() -> Response[PayoutOnboarding]:
        with stripe_answers():
            made = await accounts.connect(pool, stripe, settings, request.user)
        return Response(payout_onboarding_schema(made), status_code=201 if made.created else 200)

    return await call_once(request, pool, cipher, connect)


@get(
    "/payments/connect-account",
    guards=[consultant],
    responses=errors(NoPayoutAccount),
    tags=["payouts"],
    summary="Show my payout account",
)
async def connect_status(
    request: AuthenticatedRequest, reader: Reader, pool: Pool, stripe: StripeClient
) -> PayoutAccount:
    """Read at Stripe while the account is not active, so that the result of onboarding is shown at
    once.
    """
    account = await account_of(reader, request.user.id)
    if account is None:
        raise NoPayoutAccount
    if account.status != "active":
        with contextlib.suppress(StripeProblem):
            account = await accounts.refresh(pool, stripe, request.user.id, account.id)
    return payout_account_schema(account)


@get("/payments/payouts", guards=[consultant], tags=["payouts"], summary="List my payouts")
async def payouts(
    request: AuthenticatedRequest, reader: Reader, limit: Limit = 20, cursor: Cursor = None
) -> Page[PayoutItem]:
    """The consultant's share of each booking as it is after refunds and disputes, newest first."""
    found = await payouts_of(reader, request.user.id, limit, cursor)
    return found.map(payout_item_schema)


HANDLERS = (connect_account, connect_status, payouts)
