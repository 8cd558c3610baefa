"""Events as they come in: delivered by Stripe, or found in its list."""

from __future__ import annotations

from datetime import timedelta

from services.payments.domain.model import StripeEventState
from services.payments.signals import stripe_events_due
from services.payments.store import stripe_events as stripe_events_store
from services.payments.stripe_api.events import StripeEvent
from services.payments.webhook.handlers import reason_to_ignore
from shared.clock import now
from shared.db import Database

# The event of our own step is handled later, when there is nearly always nothing left to do, so
# that it does not compete with the step.
ECHO_PAUSE = timedelta(seconds=20)


async def store_event(
    database: Database, event: StripeEvent, body: bytes, *, livemode: bool
) -> bool:
    """Stores an event once, and wakes the job that handles it; one that is ignored is stored for
    operators. `livemode` is our keys'. Returns whether the event was new.
    """
    at = now()
    is_handled = reason_to_ignore(event, livemode=livemode) is None
    is_new = await stripe_events_store.add(
        database,
        event,
        body,
        state=StripeEventState.PENDING if is_handled else StripeEventState.IGNORED,
        at=at,
        due=at + ECHO_PAUSE if event.echo else at,
    )
    if is_handled and is_new and not event.echo:
        stripe_events_due.wake()
    return is_new
