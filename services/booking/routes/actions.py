"""The common part of all handlers with which a party acts on one of their bookings."""

from collections.abc import Callable
from typing import Any

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.types import Guard

from services.booking.errors import InvalidTransition
from shared.idempotency import idempotent
from shared.openapi import errors
from shared.problems import AccountClosed, NotFound, Problem


def booking_action(
    path: str,
    who: Guard,
    *,
    summary: str,
    tag: str = "booking",
    status_code: int = 200,
    refusals: tuple[type[Problem], ...] = (),
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """Decorator for handlers of `POST {path}`, open to `who`, which honour `Idempotency-Key`. They
    may raise AccountClosed, NotFound, InvalidTransition and `refusals`; the status is 202 if
    something is still in progress.
    """

    def route(handler: Callable[..., Any]) -> HTTPRouteHandler:
        made = post(
            path,
            guards=[who],
            status_code=status_code,
            responses=errors(AccountClosed, NotFound, InvalidTransition, *refusals),
            tags=[tag],
            summary=summary,
        )
        return made(idempotent(handler))

    return route
