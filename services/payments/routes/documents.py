"""Receipts and statements."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, ParamSpec
from uuid import UUID

from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, QueryParameter

from services.payments.documents.receipt_pdf import receipt_pdf
from services.payments.documents.statement_csv import statement_csv
from services.payments.documents.statement_pdf import statement_pdf
from services.payments.domain import read_models
from services.payments.domain.printed import receipt_number
from services.payments.errors import NoReceipt
from services.payments.queries.documents import receipt_of, statement_of
from services.payments.routes.dependencies import Settings
from services.payments.schemas.documents import Receipt, Statement, receipt_schema, statement_schema
from shared.auth import signed_in
from shared.clock import now
from shared.dependencies import AuthenticatedRequest, Reader
from shared.openapi import errors

P = ParamSpec("P")
# One document at a time: a font for Chinese, Japanese and Korean takes 60 MB while it is read.
WRITER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="documents")
Year = Annotated[
    int | None,
    QueryParameter(ge=2000, le=2099, description="A year in UTC; the current one if absent."),
]


def _document(description: str, media_type: str) -> ResponseSpec:
    return ResponseSpec(
        bytes, description=description, media_type=media_type, generate_examples=False
    )


@get(
    "/payments/{booking_id:uuid}/receipt",
    guards=[signed_in],
    responses=errors(NoReceipt),
    tags=["payments"],
    summary="Show the content of a booking's receipt",
)
async def receipt_details(
    request: AuthenticatedRequest, booking_id: FromPath[UUID], reader: Reader, settings: Settings
) -> Receipt:
    """Available to both parties once the payment was captured, for a printable page."""
    return receipt_schema(await _receipt_of(reader, booking_id, request), settings)


async def _receipt_of(
    reader: Reader, booking_id: UUID, request: AuthenticatedRequest
) -> read_models.Receipt:
    found = await receipt_of(reader, booking_id, request.user.id)
    if found is None:
        raise NoReceipt
    return found


@get(
    "/payments/{booking_id:uuid}/receipt.pdf",
    guards=[signed_in],
    media_type="application/pdf",
    responses={
        200: _document("The receipt", "application/pdf"),
        **errors(NoReceipt),
    },
    tags=["payments"],
    summary="Download a booking's receipt",
)
async def receipt(
    request: AuthenticatedRequest, booking_id: FromPath[UUID], reader: Reader, settings: Settings
) -> Response[bytes]:
    """Available to both parties once the payment was captured. Receipts of one consultant are
    numbered in the order of capture, without gaps.
    """
    found = await _receipt_of(reader, booking_id, request)
    number = receipt_number(found.number, settings.receipt_number_prefix)
    # Each consultant's receipts are numbered from one: the date tells apart what a seeker saves.
    name = f"receipt-{found.captured_at:%Y-%m-%d}-{number.replace('/', '-')}.pdf"
    return Response(
        await _written(receipt_pdf, found, settings),
        media_type="application/pdf",
        headers=_file(name),
    )


async def _statement_of(
    reader: Reader, request: AuthenticatedRequest, year: int | None
) -> read_models.Statement:
    return await statement_of(reader, request.user.id, request.user.role, year or now().year)


@get(
    "/payments/statement",
    guards=[signed_in],
    tags=["payments"],
    summary="Show the content of a year's statement",
)
async def statement_details(
    request: AuthenticatedRequest, reader: Reader, settings: Settings, year: Year = None
) -> Statement:
    """The caller's payments or earnings of the year with totals, for a printable page."""
    return statement_schema(await _statement_of(reader, request, year), settings)


@get(
    "/payments/statement.csv",
    guards=[signed_in],
    media_type="text/csv",
    responses={200: _document("The statement", "text/csv")},
    tags=["payments"],
    summary="Download a year's statement as CSV",
)
async def statement_table(
    request: AuthenticatedRequest, reader: Reader, settings: Settings, year: Year = None
) -> Response[bytes]:
    """The caller's payments or earnings of the year: a row per captured payment, oldest first."""
    found = await _statement_of(reader, request, year)
    return Response(
        statement_csv(found.lines, settings),
        media_type="text/csv",
        headers=_file(f"statement-{found.year}.csv"),
    )


@get(
    "/payments/statement.pdf",
    guards=[signed_in],
    media_type="application/pdf",
    responses={200: _document("The statement", "application/pdf")},
    tags=["payments"],
    summary="Download a year's statement as PDF",
)
async def statement(
    request: AuthenticatedRequest, reader: Reader, settings: Settings, year: Year = None
) -> Response[bytes]:
    """The caller's payments or earnings of the year: a row per captured payment, oldest first, the
    totals of each currency, and the issuer.
    """
    found = await _statement_of(reader, request, year)
    return Response(
        await _written(statement_pdf, found, settings),
        media_type="application/pdf",
        headers=_file(f"statement-{found.year}.pdf"),
    )


async def _written(write: Callable[P, bytes], *what: P.args, **more: P.kwargs) -> bytes:
    """A PDF, generated in a thread, one at a time."""
    call = functools.partial(write, *what, **more)
    return await asyncio.get_running_loop().run_in_executor(WRITER, call)


def _file(name: str) -> dict[str, str]:
    """The headers of a private file that is to be saved under that name."""
    return {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }


HANDLERS = (receipt_details, receipt, statement_details, statement_table, statement)
