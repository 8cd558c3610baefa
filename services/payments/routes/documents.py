"""What a party keeps for their books: receipts and statements."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from services.payments import queries
from services.payments.errors import NoReceipt
from services.payments.routes.dependencies import Settings
from services.payments.routes.receipt_pdf import receipt_number, receipt_pdf
from services.payments.routes.statement_csv import statement_csv
from shared.auth import signed_in
from shared.clock import now
from shared.dependencies import Reader
from shared.openapi import errors

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "private, no-store"}


@get(
    "/payments/{booking_id:uuid}/receipt.pdf",
    guards=[signed_in],
    media_type="application/pdf",
    responses={
        200: ResponseSpec(
            bytes, description="The receipt", media_type="application/pdf", generate_examples=False
        ),
        **errors(NoReceipt),
    },
    tags=["payments"],
    summary="The receipt of a booking",
)
async def receipt(
    request: AnyRequest, booking_id: FromPath[UUID], reader: Reader, settings: Settings
) -> Response[bytes]:
    """For both parties, once money was captured. Receipts of one consultant are numbered in the
    order of capture, without gaps.
    """
    found = await queries.receipt_of(reader, booking_id, request.user.id)
    if found is None:
        raise NoReceipt
    name = f"receipt-{receipt_number(found, settings).replace('/', '-')}.pdf"
    return Response(
        await asyncio.to_thread(receipt_pdf, found, settings),
        media_type="application/pdf",
        headers={**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'},
    )


@get(
    "/payments/statement.csv",
    guards=[signed_in],
    media_type="text/csv",
    responses={
        200: ResponseSpec(
            bytes, description="The statement", media_type="text/csv", generate_examples=False
        )
    },
    tags=["payments"],
    summary="A year's payments",
)
async def statement(
    request: AnyRequest,
    reader: Reader,
    year: Annotated[
        int | None,
        QueryParameter(ge=2000, le=2099, description="A year in UTC; the current one if absent."),
    ] = None,
) -> Response[bytes]:
    """What the caller paid, or earned, that year: a row per captured payment, oldest first."""
    chosen = year or now().year
    since, until = datetime(chosen, 1, 1, tzinfo=UTC), datetime(chosen + 1, 1, 1, tzinfo=UTC)
    lines = await queries.statement_of(reader, request.user.id, request.user.role, since, until)
    name = f"statement-{chosen}.csv"
    return Response(
        statement_csv(lines),
        media_type="text/csv",
        headers={**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'},
    )
