"""What all routes that move a booking on have in common."""

from collections.abc import Callable
from typing import Any

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.types import Guard

from services.booking.errors import InvalidTransition
from shared.idempotency import idempotent
from shared.openapi import errors
from shared.problems import NotFound, Problem


def transition(
    verb: str,
    who: Guard,
    *,
    summary: str,
    tag: str = "booking",
    status_code: int = 200,
    refusals: tuple[type[Problem], ...] = (),
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """Makes a handler `POST /bookings/{booking_id}/{verb}`, open to `who`, idempotent by key. It
    may raise NotFound, InvalidTransition and `refusals`; 202 says that the other side of the matter
    is still under way.
    """

    def route(handler: Callable[..., Any]) -> HTTPRouteHandler:
        made = post(
            f"/bookings/{{booking_id:uuid}}/{verb}",
            guards=[who],
            status_code=status_code,
            responses=errors(NotFound, InvalidTransition, *refusals),
            tags=[tag],
            summary=summary,
        )
        return made(idempotent(handler))

    return route
